"""What a cluster on AWS (EKS) is made of, decided from the spec and the catalogue's facts."""
