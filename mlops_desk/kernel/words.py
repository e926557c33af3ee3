"""Sentences for people, translated through gettext: whole sentences with named values."""

from __future__ import annotations

import gettext
import os
from functools import cache
from typing import Any

from mlops_desk.kernel.assets import resource

DOMAIN = "mlops_desk"


@cache
def _catalogue() -> gettext.NullTranslations:
    """Return the catalogue of the person's language, as LANGUAGE, LC_ALL, LC_MESSAGES or LANG name it.

    A translator points MLOPS_DESK_LOCALE at a folder of catalogues to see one that is not shipped.
    """
    folder = os.environ.get("MLOPS_DESK_LOCALE") or resource("locale")
    return gettext.translation(DOMAIN, localedir=folder, fallback=True)


def language() -> str:
    """Return the language in which the desk speaks, such as ``pt_BR``; ``en`` where it was not translated."""
    return str(_catalogue().info().get("language") or "en")


def _(sentence: str, /, **values: Any) -> str:
    """Translate a sentence, then put the named values in.

    The sentence is a literal of ours; values may be anybody's text and are never
    used as a template themselves.
    """
    translated = _catalogue().gettext(sentence) if sentence else ""  # the empty one is the catalogue's own head
    return translated.format_map(values) if values else translated


def declared(sentence: str, /) -> str:
    """Return a sentence as it is, for a place that compares or keeps it; it is translated where it is shown."""
    return sentence


def plural(one: str, many: str, n: int, /, **values: Any) -> str:
    """Translate the form that fits the count ``n``, then put ``n`` and the values in."""
    return _catalogue().ngettext(one, many, n).format_map({"n": n, **values})
