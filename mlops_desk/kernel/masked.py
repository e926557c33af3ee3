"""A hidden value: that there is one, why it is not shown, and what may be told in its place; nothing of the value."""

from __future__ import annotations

import msgspec

from mlops_desk.kernel.words import _


class Masked(msgspec.Struct, frozen=True):
    """Stands in a cell for a value of a column whose class closes it.

    It holds no value, so that nothing made of a table can tell one: no copy, file, list of values, filter or spoken
    word. ``security`` is the class, empty where nobody has confirmed one; ``instead`` what everybody may read.
    """

    security: str
    instead: str = ""

    @property
    def words(self) -> str:
        """Why it is hidden, in words."""
        known = {"pii": _("Hidden: PII"), "sensitive": _("Hidden: sensitive")}
        return known.get(self.security) or _("Hidden: no class yet")

    def __str__(self) -> str:
        """Return what stands in the place of the value, everywhere."""
        return f"{self.instead} · {self.words}" if self.instead else self.words
