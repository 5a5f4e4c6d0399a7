"""How the simulated cloud answers as AWS: ids, replies, references, capacity, in AWS's own words."""
