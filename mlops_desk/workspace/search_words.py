"""What people type to find something: words, and filters such as ``type:run before:2026-11-01``."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

LONGEST = 200
# What a filter is called, and an example of it.
FILTERS = {
    "type": "type:run",
    "state": "state:failed",
    "owner": "owner:@me",
    "class": "class:pii",
    "stage": "stage:train",
    "before": "before:2026-11-01",
}
EXACT, BEGINS, WORDS_BEGIN, HOLDS, IN_ORDER = range(5)  # how well a name fits, the best first
PARTED = "_-./:@·#"  # what stands between the words of a name, beside spaces
_PART = re.compile(rf'({"|".join(FILTERS)}):("[^"]*"|\S+)|\S+')
_TO_SPACES = str.maketrans(PARTED, " " * len(PARTED))


class Sought(msgspec.Struct, frozen=True, rename={"class_": "class"}):
    """What is sought: the words of a name, and filters; an empty one is any. ``class_`` is a security class."""

    text: str = ""
    type: str = ""
    state: str = ""
    owner: str = ""
    class_: str = ""
    stage: str = ""
    before: date | None = None

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, as they are typed."""
        names = {"class": "class_"}
        values = {name: getattr(self, names.get(name, name)) for name in FILTERS}
        return {name: str(value) for name, value in values.items() if value}

    def __bool__(self) -> bool:
        """Tell whether anything is sought."""
        return bool(self.text or self.filters)

    def __str__(self) -> str:
        """Return what may be typed to seek this."""
        parts = [f'{name}:"{value}"' if " " in value else f"{name}:{value}" for name, value in self.filters.items()]
        return " ".join([*parts, self.text]).strip()


def read(text: str) -> Sought:
    """Return what a text seeks; of several filters of one name the last one counts.

    Raises:
        DeskError: ``before`` is no day.
    """
    words, given = [], {}
    for found in _PART.finditer(text[:LONGEST]):
        value = " ".join((found[2] or "").replace('"', "").split())
        if found[1] and value:
            given[found[1]] = value
        elif not found[1]:
            words.append(found[0])
    before = _day(given.pop("before")) if "before" in given else None
    named = {f"{name}_" if name == "class" else name: value for name, value in given.items()}
    return Sought(" ".join(words), before=before, **named)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DeskError(
            _("“{text}” is not a day.", text=text),
            _("Write year, month and day: {example}.", example=FILTERS["before"]),
            code="FIND-101",
        ) from None


def folded(text: str) -> str:
    """Return a text without capitals and accents, as names are compared."""
    parts = unicodedata.normalize("NFD", text.lower())
    return unicodedata.normalize("NFC", "".join(each for each in parts if unicodedata.category(each) != "Mn"))


def fit(name: str, text: str) -> int | None:
    """Return how well a name fits a text: ``EXACT`` is best, None not at all; no text fits nothing."""
    name, text = folded(name), folded(" ".join(text.split()))
    words, spaced = text.split(), f" {name.translate(_TO_SPACES)}"
    if not words:
        return None
    if name == text:
        return EXACT
    if name.startswith(text):
        return BEGINS
    if all(f" {word}" in spaced for word in words):
        return WORDS_BEGIN
    if all(word in name for word in words):
        return HOLDS
    rest = iter(name)
    return IN_ORDER if all(each in rest for each in "".join(words)) else None
