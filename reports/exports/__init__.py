"""A run in the formats of other tools. One file each: it takes a summary and returns text."""
