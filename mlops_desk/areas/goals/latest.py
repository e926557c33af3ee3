"""The newest readings of many KPIs, asked in one question however many readings there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from mlops_desk.kernel.rows import Rows

if TYPE_CHECKING:
    from mlops_desk.science.series import Reading

_FED = "SELECT kpi FROM key_result WHERE NOT archived"


def series_of_results(rows: Rows, day: date, most_days: int) -> Mapping[str, Sequence[Reading]]:
    """Return the readings of the newest so many days that have one, by the KPI of a key result, seen from a day."""
    from mlops_desk.science.series import Reading

    told = rows.sql(
        f'SELECT kpi, "on", value, recorded_at FROM check_in WHERE withdrawn = \'\' AND "on" <= ? AND kpi IN ({_FED})'  # noqa: S608
        ' QUALIFY dense_rank() OVER (PARTITION BY kpi ORDER BY "on" DESC) <= ?',
        day,
        most_days,
    )
    found: dict[str, list[Reading]] = defaultdict(list)
    for kpi, on, value, at in told:
        found[kpi].append(Reading(on, value, _seconds(at)))
    return found


def confidences(rows: Rows, day: date) -> Mapping[str, int]:
    """Return the confidence, 0 to 10, of the latest check-in that says one, by KPI, seen from a day."""
    told = rows.sql(
        "SELECT kpi, confidence FROM check_in WHERE withdrawn = '' AND \"on\" <= ? AND confidence IS NOT NULL"
        ' QUALIFY row_number() OVER (PARTITION BY kpi ORDER BY "on" DESC, recorded_at DESC, id DESC) = 1',
        day,
    )
    return {str(kpi): int(confidence) for kpi, confidence in told}


def last_values(rows: Rows, most: int) -> Mapping[str, Sequence[tuple[date, float]]]:
    """Return the newest so many days with the value told last for each, by KPI, the oldest first."""
    told = rows.sql(
        "SELECT kpi, \"on\", value FROM check_in WHERE withdrawn = ''"
        ' QUALIFY dense_rank() OVER (PARTITION BY kpi ORDER BY "on" DESC) <= ?'
        ' AND row_number() OVER (PARTITION BY kpi, "on" ORDER BY recorded_at DESC, id DESC) = 1'
        ' ORDER BY kpi, "on"',
        most,
    )
    found: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for kpi, on, value in told:
        found[kpi].append((on, value))
    return found


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
