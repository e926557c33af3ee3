"""Small drawings that stand in cells, as data: a gauge, a trace, a step of a tree; each with words for all others."""

from __future__ import annotations

import msgspec

from mlops_desk.kernel.state import Level
from mlops_desk.kernel.words import _


class Gauge(msgspec.Struct, frozen=True, kw_only=True):
    """A value on the way from ``begin`` to ``target``, or held against the band from ``low`` to ``high``.

    All figures are in the unit; ``value`` is None where it is not known. ``level`` is that of the state it belongs to,
    which stands beside it in words.
    """

    value: float | None
    begin: float | None = None
    target: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    level: Level = "unknown"

    @property
    def ends(self) -> tuple[float, float] | None:
        """The values at the left and the right end; turned round where less is better. None without any aim."""
        if self.low is not None and self.high is not None:
            known = [each for each in (self.value, self.expected) if each is not None]
            edge = (self.high - self.low) / 2 or 1.0
            return min((self.low - edge, *known)), max((self.high + edge, *known))
        if self.target is None:
            return None
        begin = self.begin if self.begin is not None else self.value if self.value is not None else self.target
        known = [each for each in (self.value, self.target, begin) if each is not None]
        least, most = min(known), max(known)
        beyond = 0.08 * (most - least) or 1.0  # the aim is never the very end: a value may lie past it
        return (most, least - beyond) if begin > self.target else (least, most + beyond)

    def at(self, value: float) -> float:
        """Return where a value lies between the ends: 0.0 is left, 1.0 right; what lies beyond them stays outside.

        Raises:
            ValueError: there are no ends.
        """
        if self.ends is None:
            raise ValueError(self)
        left, right = self.ends
        return (value - left) / (right - left)

    @property
    def rank(self) -> float | None:
        """What to sort it by: how far the value is; None where that is not known."""
        return self.at(self.value) if self.value is not None and self.ends is not None else None

    @property
    def words(self) -> str:
        """Value, aim and what is expected today, in words."""
        parts = [self._said(self.value) if self.value is not None else _("value not known")]
        if self.low is not None and self.high is not None:
            parts.append(_("band {low} to {high}", low=_figure(self.low), high=_figure(self.high)))
        elif self.target is not None:
            parts.append(_("target {value}", value=_figure(self.target)))
        else:
            parts.append(_("no target"))
        if self.expected is not None and self.low is None:
            parts.append(_("expected today {value}", value=_figure(self.expected)))
        return ", ".join(parts)

    def _said(self, value: float) -> str:
        return f"{_figure(value)} {self.unit}".rstrip()

    def __str__(self) -> str:
        """Return the words."""
        return self.words


class Trace(msgspec.Struct, frozen=True):
    """The last values of a series, the oldest first: days as ordinals, and the values.

    ``gap_days`` is from how many days between two values on there is a gap, which stays one; ``target`` a line across.
    """

    days: tuple[int, ...]
    values: tuple[float, ...]
    gap_days: int
    target: float | None = None

    @property
    def rank(self) -> float | None:
        """What to sort it by: the change over all of it; None with fewer than two values."""
        return self.values[-1] - self.values[0] if len(self.values) > 1 else None

    @property
    def words(self) -> str:
        """First and last, least and most, and how many, in words."""
        if not self.values:
            return _("no value yet")
        if len(self.values) == 1:
            return _("one value, {value}", value=_figure(self.values[0]))
        return _(
            "{n} values, from {first} to {last}, least {low}, most {high}",
            n=len(self.values),
            first=_figure(self.values[0]),
            last=_figure(self.values[-1]),
            low=_figure(min(self.values)),
            high=_figure(max(self.values)),
        )

    def __str__(self) -> str:
        """Return the words."""
        return self.words


class Twig(msgspec.Struct, frozen=True):
    """What stands in the first column of a tree: a text, ``depth`` steps from the root.

    ``is_open`` says whether what is below it is shown; None where nothing is.
    """

    text: str
    depth: int = 0
    is_open: bool | None = None

    @property
    def rank(self) -> str:
        """What to sort it by."""
        return self.text.casefold()

    @property
    def words(self) -> str:
        """The text with its level, and whether it is open, for those who hear it."""
        told = _("{text}, level {n}", text=self.text, n=self.depth + 1)
        if self.is_open is None:
            return told
        return f"{told}, {_('open') if self.is_open else _('closed')}"

    def __str__(self) -> str:
        """Return the text alone."""
        return self.text


Figure = Gauge | Trace | Twig


def _figure(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
