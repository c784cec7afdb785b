"""What a column or metric is called, for somebody who read its title in a table."""

from __future__ import annotations

from collections.abc import Collection

from metrics import all_metrics, closest
from reports.columns import CASE_COLUMNS


def name_hint(title: str, known: Collection[str]) -> str | None:
    """Say which name to write in place of a title of the console's table.

    Args:
        title: what somebody wrote; case does not matter.
        known: the names that would do.

    Returns:
        A sentence's part; None where it is no title of one of them.
    """
    titles = {metric.title.casefold(): name for name, metric in all_metrics().items()}
    titles |= {column.title.casefold(): column.name for column in CASE_COLUMNS if column.title}
    name = titles.get(title.strip().casefold())
    return f"{title!r} is the title of {name}: write that" if name in known else None


def nearest(name: str, known: Collection[str]) -> str:
    """Say which column somebody may have meant, or where they all are."""
    near = closest(name, known)
    return f"did you mean {near}?" if near else "see docs/reports.md for the columns"


def there_are(name: str, known: Collection[str]) -> str:
    """List the names that would do, behind the one that somebody may have meant."""
    near = closest(name, known)
    return f"{f'Did you mean {near}? ' if near else ''}There are: {', '.join(known)}."
