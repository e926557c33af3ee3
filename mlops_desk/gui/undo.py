"""The way back from an act: another act that restores what was, unless somebody changed it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlops_desk import catalogue
from mlops_desk.gui.many import Group
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.edit import Add, Archive, Edit
from mlops_desk.kernel.errors import DeskError, NotKnownHere
from mlops_desk.kernel.record import Record, fields_of
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

STEPS = 100


@dataclass(frozen=True)
class Step:
    """One step back: the act, what it takes back in words, and the values that must still stand.

    A fact that was withdrawn is told anew by ``remade``, the act that told it: nothing withdrawn comes back.
    """

    act: Act
    words: str
    noun: str = ""
    id: str = ""
    expected: Mapping[str, Any] = field(default_factory=dict)
    remade: Act | None = None

    def check(self, rows: Rows) -> None:
        """Look whether what is taken back still stands as it was left.

        Raises:
            DeskError: somebody changed it since.
        """
        if not self.noun:
            return
        row = rows.get(catalogue.RULES.nouns[self.noun], self.id)
        others = [name for name, value in self.expected.items() if getattr(row, name) != value]
        if others:
            raise DeskError(
                _("{fields} was changed again since.", fields=", ".join(others)),
                _("Nothing was taken back. Edit it to choose the value that is right."),
                code="UNDO-101",
            )


@dataclass
class Steps:
    """What can be taken back and done again, the newest last; at most a hundred."""

    back: list[Step | Group] = field(default_factory=list)
    again: list[Step | Group] = field(default_factory=list)

    def done(self, step: Step | Group) -> None:
        """Note the way back from an act of a person; what was taken back before cannot be done again now."""
        self.back = [*self.back, step][-STEPS:]
        self.again.clear()


def before(rows: Rows, act: Act) -> Record | None:
    """Return the record that an act will change, as it is now; None where none is changed."""
    if not isinstance(act, Edit | Archive):
        return None
    id_: str = act.id  # type: ignore[union-attr]
    try:
        return rows.get(act.record, rows.resolve(act.record.noun, id_))
    except NotKnownHere:
        return None


def way_back(act: Act, was: Record | None, changes: Changes) -> Step | None:
    """Return the step that takes an act back, None where there is none: then nobody is told of one."""
    if not changes.line:
        return None
    if isinstance(act, Archive) and was is not None:
        back: bool = act.back  # type: ignore[attr-defined]
        acted = type(act)(id=was.id, back=not back)
        return Step(acted, _words(act), was.noun, was.id, {"archived": not back})
    if isinstance(act, Edit) and was is not None:
        return _unedited(act, was)
    if isinstance(act, Add):
        return _unmade(f"{act.record.noun}.archive", act, act.record.noun, changes.id)
    noun = next((noun for noun, id_ in changes.rows if id_ == changes.id), "")
    return _unmade(f"{noun}.withdraw", act, noun, changes.id)


def _unedited(act: Edit, was: Record) -> Step | None:
    """Return the edit that gives every field its value of before; two versions made apart cannot be made again."""
    given = {each.name: getattr(act, each.name) for each in fields_of(type(act)) if each.name not in ("id", "clear")}
    cleared = {name: _default(act, name) for name in act.clear}  # type: ignore[attr-defined]
    wanted = {name: value for name, value in given.items() if value is not None} | cleared
    now = {name: value for name, value in wanted.items() if value != getattr(was, name)}
    if not now or set(now) & set(was.contested):
        return None
    old = {name: getattr(was, name) for name in now}
    told = {name: value for name, value in old.items() if value is not None}
    emptied = tuple(name for name, value in old.items() if value is None)
    return Step(type(act)(id=was.id, clear=emptied, **told), _words(act), was.noun, was.id, now)


def _default(act: Edit, name: str) -> Any:
    return next(each.default for each in fields_of(act.record) if each.name == name)


def _unmade(kind: str, act: Act, noun: str, id_: str) -> Step | None:
    """Return the act that puts a new record away, or withdraws a new fact."""
    undoing = catalogue.RULES.acts.get(kind)
    if undoing is None:
        return None
    first, *others = fields_of(undoing)
    reasons = {each.name: _("Taken back at once.") for each in others if each.name == "reason"}
    remade = act if undoing.verb == "withdraw" else None
    return Step(undoing(**{first.name: id_}, **reasons), _words(act), noun, id_, remade=remade)


def _words(act: Act) -> str:
    from mlops_desk.workspace.act_words import verb_words

    name = getattr(act, "name", "") or ""
    verb = verb_words(type(act))
    return f"{verb} “{name}”" if name and not isinstance(act, Edit) else verb
