"""Scripts that make the shipped data from their sources; nothing here is imported at run time."""
