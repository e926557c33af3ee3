"""Periods of goals: the months, quarters, halves and years of the calendar, by day and by name."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal, NamedTuple

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

Length = Literal["month", "quarter", "half", "year"]
MONTHS: dict[Length, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_NAME = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|[Qq]([1-4])|[Hh]([12])))?")


class Period(NamedTuple):
    """A period, with both its days within it."""

    length: Length
    first: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.after.first - timedelta(days=1)

    @property
    def name(self) -> str:
        """How it is called: 2026-11, 2026-Q4, 2026-H2 or 2026."""
        part = (self.first.month - 1) // MONTHS[self.length] + 1
        words = {"month": f"-{part:02}", "quarter": f"-Q{part}", "half": f"-H{part}", "year": ""}
        return f"{self.first.year:04}{words[self.length]}"

    @property
    def after(self) -> Period:
        """The next period of the same length."""
        return _moved(self, 1)

    @property
    def before(self) -> Period:
        """The period of the same length before it."""
        return _moved(self, -1)

    def holds(self, first: date | None, last: date | None) -> bool:
        """Tell whether days from one to another touch the period; an end that is not said is open."""
        return (first is None or first <= self.last) and (last is None or last >= self.first)


def period_of(day: date, length: Length = "quarter") -> Period:
    """Return the period of a length that a day lies in."""
    months = MONTHS[length]
    return Period(length, date(day.year, (day.month - 1) // months * months + 1, 1))


def is_period(text: str) -> bool:
    """Tell whether a text is written as the name of a period."""
    return _NAME.fullmatch(text.strip()) is not None


def period_named(text: str) -> Period:
    """Return the period of a name such as 2026-Q4, 2026-11, 2026-H2 or 2026.

    Raises:
        DeskError: it names none.
    """
    found = _NAME.fullmatch(text.strip())
    if found is None or not 1 < int(found[1]) < 9999:
        raise DeskError(
            _("“{text}” is no period.", text=text), _("Periods: 2026-Q4, 2026-11, 2026-H2, 2026."), code="GOAL-150"
        )
    year, month, quarter, half = found.groups()
    if month:
        return Period("month", date(int(year), int(month), 1))
    if quarter:
        return Period("quarter", date(int(year), 3 * int(quarter) - 2, 1))
    return Period("half", date(int(year), 6 * int(half) - 5, 1)) if half else Period("year", date(int(year), 1, 1))


def _moved(period: Period, steps: int) -> Period:
    months = period.first.year * 12 + period.first.month - 1 + steps * MONTHS[period.length]
    return Period(period.length, date(months // 12, months % 12 + 1, 1))
