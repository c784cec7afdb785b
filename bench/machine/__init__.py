"""Facts about the machine that runs: what it is, how it is right now, and what spoils numbers.

A probe that finds nothing gives None, with its reason in ``missing``; nothing is estimated, and
nothing of the machine is ever changed.
"""

from bench.machine.advice import device_warnings, launch_warnings, warnings
from bench.machine.facts import facts, volatile
from bench.machine.git import git_state

__all__ = ["device_warnings", "facts", "git_state", "launch_warnings", "volatile", "warnings"]
