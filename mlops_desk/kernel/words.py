"""Sentences for people, translated through gettext: whole sentences with named values."""

from __future__ import annotations

import gettext
from functools import cache
from typing import Any

from mlops_desk.kernel.assets import resource

DOMAIN = "mlops_desk"


@cache
def _catalogue() -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, localedir=resource("locale"), fallback=True)


def _(sentence: str, /, **values: Any) -> str:
    """Translate a sentence, then put the named values in.

    The sentence is a literal of ours; values may be anybody's text and are never
    used as a template themselves.
    """
    translated = _catalogue().gettext(sentence)
    return translated.format_map(values) if values else translated


def plural(one: str, many: str, n: int, /, **values: Any) -> str:
    """Translate the form that fits the count ``n``, then put ``n`` and the values in."""
    return _catalogue().ngettext(one, many, n).format_map({"n": n, **values})
