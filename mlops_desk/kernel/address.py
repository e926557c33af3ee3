"""Addresses: how a record or a page of the window is named in links, comments, reports and on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

SCHEME = "mlops-desk://"
PAGE = "page"
LONGEST = 500
_SEGMENT = r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+"
_WRITTEN = re.compile(rf"{SCHEME}({_SEGMENT})/([a-z][a-z-]*)/({_SEGMENT})(?:/({_SEGMENT}))?")


class Address(msgspec.Struct, frozen=True):
    """A record of a project by noun and id, or a page by ``place`` and ``tab``; ``project`` is an id or a name."""

    project: str
    noun: str = ""
    id: str = ""
    place: str = ""
    tab: str = ""

    def __str__(self) -> str:
        """Return the address as it is written."""
        parts = (self.noun, self.id) if self.noun else tuple(each for each in (PAGE, self.place, self.tab) if each)
        return SCHEME + "/".join(quote(each, safe="") for each in (self.project, *parts))

    def is_of(self, project: str, name: str) -> bool:
        """Tell whether it speaks of the project of an id and name; spaces of a name may be written as dashes."""
        wanted = self.project.casefold()
        return self.project == project or wanted in (name.casefold(), "-".join(name.casefold().split()))


def read(text: str) -> Address:
    """Return the address that a text is, spaces around it left aside.

    Raises:
        DeskError: it is none.
    """
    found = _WRITTEN.fullmatch(text.strip()) if len(text) <= LONGEST else None
    made = _made(found) if found is not None else None
    if made is None:
        raise DeskError(
            _("“{text}” is no address.", text=text.strip()[:80]),
            _("An address looks like {example}.", example=f"{SCHEME}loan-risk/run/1841"),
            code="NAME-110",
        )
    return made


def _made(found: re.Match[str]) -> Address | None:
    """Return what a well-formed text names; None where its escapes are no text or its parts do not fit."""
    project, noun, first, second = (_unquoted(each or "") for each in found.groups())
    if "\ufffd" in project + first + second or any(not each.isprintable() for each in (project, first, second)):
        return None
    if noun == PAGE:
        return Address(project, place=first, tab=second)
    return None if second else Address(project, noun, first)


def _unquoted(text: str) -> str:
    return unquote_to_bytes(text).decode("utf-8", "replace")


def addresses_in(text: str) -> Iterator[tuple[int, int, Address]]:
    """Yield where well-formed addresses begin and end in a text, and what they name; all else is text."""
    for found in _WRITTEN.finditer(text):
        written = found[0].rstrip(".")  # the end of a sentence is no part of it
        whole = _WRITTEN.fullmatch(written)
        made = _made(whole) if whole is not None and len(written) <= LONGEST else None
        if made is not None:
            yield found.start(), found.start() + len(written), made


def other_project(address: Address) -> DeskError:
    """Return the refusal of an address that belongs to another project."""
    return DeskError(
        _("This address belongs to another project: {project}.", project=address.project),
        _("Open that project first, then follow the address again."),
        code="NAME-111",
    )
