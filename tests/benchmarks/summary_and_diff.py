"""Load and summarise a run, and diff its samplers; print what each took as one JSON object.

``python summary_and_diff.py RUN``: a process of its own, so that its peak memory is that of the
work. Imports are timed apart.
"""

from __future__ import annotations

import itertools
import json
import resource
import sys
import time
from pathlib import Path


def main(run: Path) -> None:
    """Do it once; seconds are CPU time of the process, children and all threads included."""
    marks = [time.process_time()]
    import pandas  # noqa: F401

    from metrics import all_metrics
    from reports.diff.between import diff_axis
    from reports.run_folder import RunFolder
    from reports.summary import summarise

    all_metrics()
    marks.append(time.process_time())
    summary = summarise(RunFolder.open(run))
    marks.append(time.process_time())
    diff = diff_axis(summary, "sampler", "greedy")
    marks.append(time.process_time())
    took = [round(end - start, 2) for start, end in itertools.pairwise(marks)]
    told = dict(zip(("imports", "load and summary", "diff"), took, strict=True))
    told |= {
        "gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "rows": len(diff.rows),
        "scored": summary.scores.computed,
        "texts": int(summary.cases.samples.sum()),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
