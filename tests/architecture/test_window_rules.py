"""What a window must never do: block, nest event loops, hold itself alive, paint in colours of its own."""

from __future__ import annotations

import re

import pytest

from tests.architecture.house import modules

HEX_COLOUR = re.compile(r"""["'(:\s]#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b""")
FORBIDDEN_CALLS = {
    "connect(lambda": "a lambda keeps its widget alive; connect a bound method",
    "processEvents(": "events arrive in the middle of other work; use a signal",
    ".exec(": "a nested loop stops everything behind it; use open() and a signal",
    ".exec_(": "a nested loop stops everything behind it; use open() and a signal",
}
# The one loop of the program is entered in one place.
THE_LOOP = {("mlops_desk/gui/app.py", ".exec(")}


@pytest.mark.parametrize("fragment", FORBIDDEN_CALLS)
def test_that_the_window_calls_nothing_that_blocks_or_leaks(fragment: str):
    allowed = {name for name, call in THE_LOOP if call == fragment}
    places = [
        place
        for module in modules("mlops_desk/gui")
        if module.name not in allowed
        for place in module.places_of(fragment)
    ]
    assert places == [], FORBIDDEN_CALLS[fragment]


def test_that_colours_come_from_the_tokens():
    numbered = [
        (module.name, number, line)
        for module in modules("mlops_desk")
        for number, line in enumerate(module.text.splitlines(), start=1)
    ]
    assert [f"{name}:{number} {line.strip()}" for name, number, line in numbered if HEX_COLOUR.search(line)] == []
