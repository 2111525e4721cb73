"""What nominators read, in Swedish, from the tables alone."""
