"""Colours hold: text and edges of every theme can be told from everything they stand on, more so in high contrast."""

from __future__ import annotations

import json
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
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


# Machado, Oliveira, Fernandes 2009: how people see who lack one kind of cone, in linear light.
VIEWS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "red-blind": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "green-blind": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "blue-blind": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
APART = 12


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_that_any_two_series_of_a_chart_can_be_told_apart_in_four_views(name: str, view: str):
    seen = [_lab(each, VIEWS[view]) for each in TOKENS[name]["chart"]]
    near = min(
        (_ciede2000(one, other), place, place + 1 + more)
        for place, one in enumerate(seen)
        for more, other in enumerate(seen[place + 1 :])
    )
    assert near[0] >= APART, near


def test_that_the_distance_is_the_one_of_the_norm():
    # Sharma, Wu, Dalal 2005, table 1: the pairs 1, 17 and 25.
    pairs = (
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    )
    assert [round(_ciede2000(one, other), 4) for one, other, _told in pairs] == [told for _one, _other, told in pairs]


Lab = tuple[float, float, float]


def _lab(colour: str, view: Any) -> Lab:
    """Return a colour as somebody sees it, in CIELAB under D65."""
    made = QColor(colour)
    lit = [_linear(each) for each in (made.redF(), made.greenF(), made.blueF())]
    red, green, blue = (min(1.0, max(0.0, sum(a * b for a, b in zip(row, lit, strict=True)))) for row in view)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (each ** (1 / 3) if each > 0.008856 else 7.787 * each + 16 / 116 for each in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _ciede2000(one: Lab, other: Lab) -> float:
    """Return how far two colours are apart (CIE 142-2001)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    chroma = (hypot(a1, b1) + hypot(a2, b2)) / 2
    g = 0.5 * (1 - sqrt(chroma**7 / (chroma**7 + 25**7)))
    c1, c2 = hypot(a1 * (1 + g), b1), hypot(a2 * (1 + g), b2)
    h1, h2 = (degrees(atan2(b, a * (1 + g))) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if not c1 * c2 else (h2 - h1 + 180) % 360 - 180
    light, mean = (l1 + l2) / 2, (c1 + c2) / 2
    hue = h1 + h2 if not c1 * c2 else (h1 + turn / 2) % 360
    t = sum(
        k * cos(radians(n * hue + by)) for k, n, by in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63))
    )
    sl = 1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * mean, 1 + 0.015 * mean * (1 + t)
    rt = -2 * sqrt(mean**7 / (mean**7 + 25**7)) * sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    dl, dc, dh = (l2 - l1) / sl, (c2 - c1) / sc, 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / sh
    return sqrt(dl**2 + dc**2 + dh**2 + rt * dc * dh)
