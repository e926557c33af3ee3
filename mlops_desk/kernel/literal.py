"""Anybody's text as it is: what would steer a terminal or turn the direction of text is shown as its code."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def literal(text: str, keep: str = "") -> str:
    """Return a text in which control and direction characters stand as codes; those in ``keep`` stay."""
    return _CONTROL.sub(lambda found: _code(found.group(), keep), text)


def _code(character: str, keep: str) -> str:
    return character if character in keep else f"\\u{ord(character):04x}"
