"""Which keys a person may give to a command, and which commands then have which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from mlops_desk.kernel.words import _

_PORTABLE = QKeySequence.SequenceFormat.PortableText
_MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
_FUNCTION = range(Qt.Key.Key_F1, Qt.Key.Key_F35 + 1)
_ALONE = (Qt.Key.Key_Delete, Qt.Key.Key_Insert)
# What the field, the table or the dialog that has the focus does with them, wherever it is.
_WHERE_THE_FOCUS_IS = frozenset(
    {"Ctrl+Return", "Ctrl+Enter", "Ctrl+Space", "Ctrl+Tab", "Ctrl+Shift+Tab", "F2", "Shift+F10", "Alt+Down", "Alt+Up"}
    | {f"Ctrl+{letter}" for letter in "ACXV"}
    | {"Ctrl+Shift+C", "Shift+Del", "Ctrl+Ins", "Shift+Ins"}
)


def key_text(pressed: QKeyCombination) -> str:
    """Return what was pressed as it is kept, such as ``Ctrl+Shift+B``; empty while only modifiers are held."""
    return "" if pressed.key() in _MODIFIERS else QKeySequence(pressed).toString(_PORTABLE)


def shown_key(key: str) -> str:
    """Return a key as people of this system write it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def why_no_key(key: str) -> str:
    """Return why a key can be no command's, empty if it can."""
    found: Any = QKeySequence(key)  # it has parts, though its stub does not say so
    if found.count() != 1:
        return _("That is no key.")
    pressed = found[0]
    held = pressed.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key in _WHERE_THE_FOCUS_IS:
        return _("{key} belongs to the field or table that has the focus.", key=shown_key(key))
    if held & Qt.KeyboardModifier.ControlModifier and held & Qt.KeyboardModifier.AltModifier:
        return _("With Ctrl and Alt together many keyboards write a sign.")
    is_held = bool(held & ~Qt.KeyboardModifier.ShiftModifier)
    if not is_held and pressed.key() not in _FUNCTION and pressed.key() not in _ALONE:
        return _("A key alone writes into fields: hold Ctrl or Alt with it.")
    return ""


def keys_in_force(usual: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each command: a person's own, else the usual one unless they gave that to another command."""
    given = {key for name, key in own.items() if key and name in usual}
    return {name: own.get(name, "" if key in given else key) for name, key in usual.items()}


def owner_of(key: str, keys: Mapping[str, str]) -> str:
    """Return the command that has a key, empty if none has."""
    return next((name for name, known in keys.items() if key and known == key), "")


def own_with(usual: Mapping[str, str], own: Mapping[str, str], name: str, key: str) -> dict[str, str]:
    """Return a person's own keys once a command has another key, or none: who had it before has none.

    What they give without being named is not kept: a usual key comes back as soon as it is free.
    """
    before = owner_of(key, keys_in_force(usual, own))
    found = {**own, **({before: ""} if before else {}), name: key}
    for each in list(found):
        rest = {other: known for other, known in found.items() if other != each}
        if each in usual and keys_in_force(usual, rest)[each] == found[each]:
            found = rest
    return found
