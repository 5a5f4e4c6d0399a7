"""How fast the command line and the preview are, against a floor that is measured in the same run: `make bench`."""
