"""``python -m bench`` is ``versebench``."""

from bench.cli import main

main()
