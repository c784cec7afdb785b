"""The only part of versebench that imports keras; ``interface`` is what the rest sees of it."""
