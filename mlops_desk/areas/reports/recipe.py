"""What a report is made of: its parts in their order, its paper, its language, and the day it compares with.

A file carries its recipe, so that who holds it can have the report made again as it was.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal, get_args

import msgspec

from mlops_desk.kernel import words
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

PartName = Literal["goals", "kpis", "comparison", "charts", "movers", "gates", "risks", "sources", "appendix"]
Paper = Literal["a4", "letter"]
PARTS: tuple[PartName, ...] = get_args(PartName)
ON_ONE_PAGE: tuple[PartName, ...] = ("goals", "kpis")
STANDARD: tuple[PartName, ...] = tuple(each for each in PARTS if each != "comparison")
_DAYS_BEFORE = re.compile(r"(\d{1,4})d")


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How a report is made. How it stands and what is not known is in every report: there is no part to leave it out.

    ``compare`` is the earlier day that the values of the report's day are held against.
    """

    parts: tuple[PartName, ...] = STANDARD
    paper: Paper = "a4"
    language: str = words.WRITTEN_IN
    compare: date | None = None
    is_brief: bool = False

    def check(self, as_of: date) -> None:
        """Look whether the recipe can be followed here.

        Raises:
            DeskError: a part stands twice, the day to compare with is not before, or nobody translated the language.
        """
        if len(set(self.parts)) < len(self.parts):
            raise DeskError(
                _("A part of a report stands once."),
                _("Give each --part one time, in the order wished."),
                code="REPORT-130",
            )
        if self.is_brief and (self.parts != ON_ONE_PAGE or self.compare is not None):
            raise DeskError(
                _("The one-page report has its own parts and compares nothing."),
                _("Leave out --brief, or --part, --without and --compare."),
                code="REPORT-131",
            )
        if self.compare is not None and self.compare >= as_of:
            raise DeskError(
                _("{then} is not before {day}.", then=self.compare, day=as_of),
                _("Compare with an earlier day than the one the report is of."),
                code="REPORT-132",
            )
        if "comparison" in self.parts and self.compare is None:
            raise DeskError(
                _("A comparison needs the day to compare with."),
                _("Add --compare with a day, or days before such as 7d."),
                code="REPORT-134",
            )
        if self.language not in words.languages():
            raise DeskError(
                _("There are no words in “{language}” here.", language=self.language),
                _("Languages here: {languages}.", languages=", ".join(words.languages())),
                code="REPORT-135",
            )


def parts_of(
    wished: tuple[PartName, ...], without: tuple[PartName, ...], *, is_brief: bool, compares: bool
) -> tuple[PartName, ...]:
    """Return the parts in their order: those wished for, else all, less those that are left out.

    What is compared comes before all else where its place was not given.
    """
    if is_brief and not wished and not without:
        return ON_ONE_PAGE
    given: tuple[PartName, ...] = wished or (PARTS if compares else STANDARD)
    if compares and "comparison" not in given:
        given = ("comparison", *given)
    return tuple(each for each in given if each not in without)


def day_before(text: str, as_of: date) -> date | None:
    """Return the day that a text names: a day, or so many days before the day of the report; none for no text.

    Raises:
        DeskError: it names no day.
    """
    if not text.strip():
        return None
    days = _DAYS_BEFORE.fullmatch(text.strip())
    try:
        return as_of - timedelta(days=int(days.group(1))) if days else date.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise DeskError(
            _("“{text}” is no day.", text=text),
            _("Give a day such as 2026-06-30, or days before the report's day such as 7d."),
            code="REPORT-133",
        ) from None
