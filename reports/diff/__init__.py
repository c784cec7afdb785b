"""What differs between two runs, or between the cases of one: verdicts with exact intervals.

``between`` makes a ``Diff`` from summaries; ``compare`` judges plain numbers; ``console``,
``markdown``, ``json_view`` and ``csv_file`` show it. docs/diff.md says what the verdicts mean.
"""
