"""What to measure: the scenario schema, its loader, and the shipped scenario files."""
