"""From indicators to an order of regions, and how far that order can be trusted."""
