"""The exit codes of every command: a contract that scripts and CI rely on."""

FINE = 0
WORSE = 1
"""A gate failed, or a diff found something worse."""
USAGE = 2
"""What was asked for cannot be done: command line, scenario, preset, output folder."""
NOTHING_COMPARED = 3
"""Nothing could be measured or compared: every case was skipped, or a gate met no value."""
CRASHED = 4
"""A case crashed or timed out; the others were measured."""
BROKEN = 70
"""A fault of versebench itself (sysexits' EX_SOFTWARE); its traceback is shown to be reported."""
INTERRUPTED = 130
"""Ctrl-C (128 + SIGINT, as shells have it)."""
