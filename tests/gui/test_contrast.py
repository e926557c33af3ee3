"""Colours hold: text and edges of every theme can be told from everything they stand on, more so in high contrast."""

from __future__ import annotations

import json
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from mlops_desk.gui.theme import theme
from mlops_desk.kernel.assets import resource

TOKENS: dict[str, dict[str, Any]] = json.loads(resource("tokens.json").read_bytes())
GROUNDS = ("bg.app", "bg.surface", "bg.raised", "bg.sunken", "bg.hover", "bg.selected")
TEXTS = ("text.primary", "text.secondary", "text.muted", "accent.text")
EDGES = ("border.control", "border.strong", "focus.ring")
STATES = ("ok", "warn", "bad", "info", "unknown")
THEMES = [("light", False), ("dark", False), ("light", True), ("dark", True)]


def tokens(name: str, *, is_contrast: bool) -> dict[str, Any]:
    return TOKENS[name] | (TOKENS[f"{name} contrast"] if is_contrast else {})


def luminance(colour: str) -> float:
    made = QColor(colour)
    red, green, blue = (_linear(each) for each in (made.redF(), made.greenF(), made.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def ratio(one: str, other: str) -> float:
    bright, faint = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (faint + 0.05)


@pytest.mark.parametrize(("name", "is_contrast"), THEMES)
def test_that_text_and_edges_can_be_told_from_every_ground(name: str, *, is_contrast: bool):
    found = tokens(name, is_contrast=is_contrast)
    pairs = [(text, ground, 7 if is_contrast else 4.5) for text in TEXTS for ground in GROUNDS]
    pairs += [(edge, ground, 4.5 if is_contrast else 3) for edge in EDGES for ground in GROUNDS]
    pairs += [(f"{state}.text", f"{state}.bg", 7 if is_contrast else 4.5) for state in STATES]
    pairs += [(f"{state}.solid", "bg.surface", 4.5 if is_contrast else 3) for state in STATES]
    pairs += [("accent.on", each, 7 if is_contrast else 4.5) for each in ("accent.solid", "accent.hover", "bad.button")]
    pairs += [(f"class.{each}", "bg.surface", 4.5) for each in ("public", "confidential", "sensitive", "pii")]
    faint = [(one, other, round(ratio(found[one], found[other]), 2)) for one, other, least in pairs
             if ratio(found[one], found[other]) < least]  # fmt: skip
    assert faint == []


def test_that_high_contrast_changes_colours_that_are_there(qapp: object):
    for name in ("light", "dark"):
        assert set(TOKENS[f"{name} contrast"]) <= set(TOKENS[name])


def test_that_high_contrast_is_chosen_by_the_person_or_by_the_system(qapp: object, monkeypatch: pytest.MonkeyPatch):
    look, seen = theme(), []
    try:
        for wish in ("light", "contrast"):
            look.choose(wish)
            seen.append((look.is_contrast, look.colour("text.primary").name()))
        monkeypatch.setattr(look, "_system_contrast", lambda: Qt.ContrastPreference.HighContrast)
        for wish in ("system", "light"):  # what the person chose goes before the system
            look.choose(wish)
            seen.append((look.is_contrast, look.colour("text.primary").name()))
    finally:
        monkeypatch.undo()
        look.choose("light")
    plain, strong = (TOKENS[name]["text.primary"].lower() for name in ("light", "light contrast"))
    assert seen == [(False, plain), (True, strong), (True, strong), (False, plain)]
