"""The history: what was measured, run by run, and where it changed.

A finished run becomes one immutable JSON file in a folder (``kept``, ``recording``, ``files``).
Everything else is made from those files: a SQLite index that only saves time (``index``), series of
one case on one machine (``series``, ``fingerprints``), their steps (``steps``, ``trends``), views.
"""
