"""Records of a run, and every view of them: tables, CSV, Markdown."""
