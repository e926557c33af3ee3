"""What sending and fetching objects came to, in words for both faces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace.elsewhere import Outcome


class Words(NamedTuple):
    """What is said of objects that came where they should, and where nothing had to be moved."""

    moved: Callable[[int], str]
    nothing: str

    def of(self, outcomes: Sequence[Outcome]) -> str:
        """Return how many were moved, in a sentence."""
        count = len(moved(outcomes))
        return self.moved(count) if count else self.nothing


SENT = Words(
    lambda count: plural("Sent {n} object.", "Sent {n} objects.", count),
    _("Nothing was sent: what may leave lies there, or in the shared folder."),
)
FETCHED = Words(
    lambda count: plural("Fetched {n} object.", "Fetched {n} objects.", count),
    _("Nothing was fetched: what is to be had is here."),
)


def moved(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return those that were sent or fetched."""
    return [each for each in outcomes if each.done in ("sent", "fetched")]


def reasons(outcomes: Sequence[Outcome]) -> list[str]:
    """Return why each of the others is not where it should be."""
    return [f"{each.title}: {each.said}" if each.done == "absent" else each.said for each in outcomes if each.said]
