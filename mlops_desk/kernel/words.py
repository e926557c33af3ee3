"""Sentences for people, translated through gettext: whole sentences with named values."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from mlops_desk.kernel.assets import resource

DOMAIN = "mlops_desk"
WRITTEN_IN = "en"  # the language of the sentences themselves: it needs no catalogue
_spoken: ContextVar[str] = ContextVar("spoken", default="")


def _catalogue() -> gettext.NullTranslations:
    """Return the catalogue of the language that is spoken here and now."""
    return _catalogue_of(_spoken.get())


@cache
def _catalogue_of(code: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; of the person's, as LANGUAGE, LC_ALL, LC_MESSAGES or LANG name it, for none.

    A translator points MLOPS_DESK_LOCALE at a folder of catalogues to see one that is not shipped.
    """
    if code == WRITTEN_IN:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, localedir=_folder(), languages=[code] if code else None, fallback=True)


def _folder() -> Path:
    return Path(os.environ.get("MLOPS_DESK_LOCALE") or resource("locale"))


def languages() -> tuple[str, ...]:
    """Return the languages in which the desk can speak here."""
    found = {path.parents[1].name for path in _folder().glob(f"*/LC_MESSAGES/{DOMAIN}.mo")}
    return tuple(sorted(found | {WRITTEN_IN}))


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak another language for a while, here and in what is called from here: one of :func:`languages`."""
    before = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(before)


def language() -> str:
    """Return the language in which the desk speaks, such as ``pt_BR``; ``en`` where it was not translated."""
    return str(_catalogue().info().get("language") or WRITTEN_IN)


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
