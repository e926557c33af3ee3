"""What an act does in two or three words, read off its class; the one wording of trail, feed, buttons and forms."""

from __future__ import annotations

import re

from mlops_desk.catalogue import RULES
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.words import _

_WORD = re.compile(r"[A-Z][a-z0-9]*")


def verb_words(act: type[Act]) -> str:
    """Return what an act does in two or three words, as its class is called: “Sign gate”."""
    return _(class_words(act))


def class_words(act: type[Act]) -> str:
    """Return the words of an act's class as they stand in the catalogue, in English."""
    words = " ".join(_WORD.findall(act.__name__.removeprefix("Record"))).capitalize()
    return words.replace("kpi", "KPI")


def entry_words(kind: str) -> str:
    """Return what an entry did in words, its kind where this version knows no act of it."""
    act = RULES.acts.get(kind)
    return verb_words(act) if act is not None else kind
