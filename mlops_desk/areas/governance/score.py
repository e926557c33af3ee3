"""The production test score of a gate: how well the system is tested, by the weakest of its four parts.

Source: The ML Test Score, Breck and others, IEEE Big Data 2017: a test counts 0 where it is not done, 0.5 where it
was done by hand and the result is written, 1 where it runs by itself; the score is the lowest of the four sums.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import msgspec

from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.areas.governance.standing import ItemStanding

Part = Literal["D", "M", "I", "O"]
PARTS: dict[Part, str] = {"D": _("data"), "M": _("model"), "I": _("infrastructure"), "O": _("monitoring")}
MORE_THAN = 1.0
BY_ITSELF, BY_HAND = 1.0, 0.5


class ReadinessScore(msgspec.Struct, frozen=True):
    """The sums of the four parts, 0 to 7 each."""

    parts: dict[Part, float]

    @property
    def value(self) -> float:
        """The score: the lowest sum."""
        return min(self.parts.values())

    @property
    def is_enough(self) -> bool:
        """Tell whether every part is above what a release needs."""
        return self.value > MORE_THAN

    @property
    def sentence(self) -> str:
        """The score in words, with its parts."""
        parts = ", ".join(f"{_(PARTS[part])} {value:g}" for part, value in self.parts.items())
        return _(
            "test score {score} ({parts}); more than {limit} is needed",
            score=f"{self.value:g}",
            parts=parts,
            limit=f"{MORE_THAN:g}",
        )


def score_of(items: Iterable[ItemStanding]) -> ReadinessScore | None:
    """Return the score of the scored items of a gate; None where it has none."""
    scored = [each for each in items if each.item.severity == "S"]
    if not scored:
        return None
    return ReadinessScore({part: sum(_points(each) for each in scored if _part(each) == part) for part in PARTS})


def _part(standing: ItemStanding) -> str:
    """Return the letter of the part in the item's id: ``MLT-D1`` is of part D."""
    return standing.item.id.partition("-")[2][0]


def _points(standing: ItemStanding) -> float:
    """Return what an item counts; what people say does not apply, or passes by an exception, was not tested."""
    if standing.how == "computed":
        return BY_ITSELF
    is_done = standing.how == "people" and standing.answer is not None and standing.answer.choice == "yes"
    return BY_HAND if is_done else 0.0
