"""Keys that a person gives to commands: what can be one, whose it is then, and what stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.gui.key_choice import keys_in_force, own_with, owner_of, why_no_key
from mlops_desk.gui.pages.arrange import ArrangeDialog
from mlops_desk.gui.pages.keys import KeysDialog
from mlops_desk.kernel import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlops_desk.gui.main_window import MainWindow
    from tests.gui.keyboard import Keyboard

USUAL = {"a": "Ctrl+A", "b": "Ctrl+B", "c": "", "d": "Ctrl+D"}
CHANGES = st.lists(st.tuples(st.sampled_from(sorted(USUAL)), st.sampled_from(["", "Ctrl+A", "Ctrl+B", "F9"])))


@given(CHANGES)
def test_that_no_key_ever_has_two_commands_and_the_last_choice_holds(changes: list[tuple[str, str]]):
    own: dict[str, str] = {}
    for name, key in changes:
        before = keys_in_force(USUAL, own)
        own = own_with(USUAL, own, name, key)
        now = keys_in_force(USUAL, own)
        assert now[name] == key
        held = [each for each in now.values() if each]
        assert len(held) == len(set(held))
        taken = owner_of(key, before)
        others = {each for each in now if each not in (name, taken) and now[each] != before[each]}
        assert all(now[each] == USUAL[each] == before[name] for each in others), "only a key let go comes back"
    for name in sorted(USUAL):
        own = own_with(USUAL, own, name, USUAL[name])
    assert own == {}, "usual keys are not kept"


@pytest.mark.parametrize("key", ["Ctrl+Shift+B", "Alt+X", "F9", "Shift+F9", "Del", "Ctrl+ü", "Ctrl+7", "Meta+K"])
def test_that_a_key_with_a_modifier_or_a_function_key_can_be_chosen(key: str):
    assert why_no_key(key) == ""


@pytest.mark.parametrize(
    "key", ["", "B", "Shift+B", "Space", "Esc", "Return", "Ctrl+C", "Ctrl+Return", "F2", "Ctrl+Alt+E"]
)
def test_that_a_key_that_would_write_or_belongs_to_the_focus_is_refused_with_a_reason(key: str):
    assert why_no_key(key)


def test_that_a_key_is_given_taken_over_and_kept_by_keys_alone(window: MainWindow, keyboard: Keyboard):
    keyboard.press("Ctrl+/")
    dialog = window.sheet
    assert isinstance(dialog, KeysDialog)
    keyboard.tab_to(lambda at: at is dialog.filter)
    keyboard.type("arrange home")
    keyboard.tab_to(lambda at: at is dialog.grid)
    assert dialog.chosen == "arrange"
    keyboard.press("Return", "B")
    assert dialog.banner.sentence == "A key alone writes into fields: hold Ctrl or Alt with it."
    keyboard.press("Ctrl+J")
    assert dialog.banner.sentence == "Ctrl+J is the key of “Tasks”."
    assert window.commands.keys["tasks"] == "Ctrl+J", "it is asked first"
    keyboard.tab_to_words("Take it")
    keyboard.press("Space")
    assert (window.commands.keys["arrange"], window.commands.keys["tasks"]) == ("Ctrl+J", "")
    assert settings.load().keys == {"arrange": "Ctrl+J"}
    keyboard.press("Esc", "Ctrl+J")
    assert window.findChild(ArrangeDialog) is not None, "the key does what it was given to"


def test_that_a_usual_key_comes_back(window: MainWindow, settled: Callable[[], None]):
    window.commands.run("keys")
    settled()
    dialog = window.sheet
    assert isinstance(dialog, KeysDialog)
    dialog.filter.setText("arrange")
    dialog.choose("F9")
    dialog.filter.setText("tasks")
    dialog.none.click()
    settled()
    assert settings.load().keys == {"arrange": "F9", "tasks": ""}
    dialog.usual.click()
    assert window.commands.keys["tasks"] == "Ctrl+J"
    dialog.all_usual.click()
    settled()
    assert settings.load().keys == {}
    dialog.filter.setText("peek")
    assert not dialog.field.isEnabled(), "what the focus does keeps its key"


def test_that_the_key_of_the_box_is_shown_where_it_stands_and_a_damaged_choice_is_left_out(window: MainWindow):
    window.commands.take_keys({"box": "Ctrl+Shift+K", "tasks": "no key at all, not one", "gone": "Ctrl+I"})
    assert window.bar.search.accessibleDescription() == "Ctrl+Shift+K"
    assert window.commands.keys["tasks"] == "Ctrl+J"
    assert window.commands.keys["inspector"] == "Ctrl+I", "a command that is not here takes no key"
