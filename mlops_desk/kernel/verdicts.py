"""The words for every verdict and finding: how grave it looks, what it means, and the one thing to do about it."""

from __future__ import annotations

from typing import NamedTuple

from mlops_desk.kernel.state import Level, State
from mlops_desk.kernel.words import _


class Words(NamedTuple):
    """A verdict for people: how it looks, its word, what it means, and the one remedy; empty if there is none."""

    level: Level
    word: str
    meaning: str = ""
    remedy: str = ""


_AGAIN = _("Its author does it again.")
_BY_ROLE = _("Somebody who holds the role does it again.")
_NEWER = _("Get a newer version of MLOps Desk; the entry is kept.")
_ARRIVE = _("Sync; if that does not help, ask its author for the missing journal.")
_WHOLE = _("Nothing to do while a whole copy is here; else sync, or `mlops-desk restore`.")

# The codes of docs/journal-format.md, in its order; then what is found beside single lines.
VERDICTS: dict[str, Words] = {
    "ok": Words("ok", _("Counts")),
    "malformed": Words("bad", _("Damaged"), _("It is no entry at all: damage, or a mark of another program."), _WHOLE),
    "bad-signature": Words("bad", _("Altered or forged"), _("The signature does not fit what is written."), _WHOLE),
    "malformed-signed": Words("bad", _("Not possible"), _("It is signed, but no entry of this project."), _AGAIN),
    "unknown-version": Words("warn", _("Newer format"), _("It is written in a newer format."), _NEWER),
    "waiting-chain": Words("info", _("Waits"), _("An earlier entry of this journal has not arrived."), _ARRIVE),
    "waiting-roster": Words("info", _("Waits"), _("A team entry that it relies on has not arrived."), _ARRIVE),
    "view-went-back": Words("bad", _("Looked back"), _("It relies on an older team than an entry before it."), _AGAIN),
    "no-role": Words("warn", _("Had no right"), _("Its author did not have the right to write it."), _BY_ROLE),
    "late": Words(
        "warn",
        _("Too late"),
        _("It was written after its author's rights had ended."),
        _("An owner accepts what came late, or somebody who holds the role does it again."),
    ),
    "other-branch": Words(
        "warn",
        _("Other branch"),
        _("Its author's rights end on another branch of this journal."),
        _("An owner accepts what came late, or somebody who holds the role does it again."),
    ),
    "held-fork": Words(
        "bad",
        _("Held"),
        _("It approves something, but its machine's identity was used in two places."),
        _("Its author signs again from a clean machine, or an owner confirms the branch."),
    ),
    "unknown-kind": Words("warn", _("Newer kind"), _("This version does not know what it does."), _NEWER),
    "invalid-op": Words("warn", _("Does not fit"), _("It does not fit what it changes."), _AGAIN),
    "fork": Words(
        "bad",
        _("Used in two places"),
        _("One machine's identity signed two entries of one number: a copied key, or a restored backup."),
        _("Admit a new machine for this person, and retire the old one."),
    ),
    "rollback": Words(
        "bad",
        _("Lost"),
        _("The shared folder lost entries that this machine has seen; they count here all the same."),
        _("Put them back: `mlops-desk restore`."),
    ),
    "no-beginning": Words("bad", _("No beginning"), _("The first entry of the project is not here."), _ARRIVE),
    "told-twice": Words(
        "bad",
        _("Told twice"),
        _("It records something under an id that another entry holds; that one counts, this telling does not."),
        _("Ask its author how it came about: no honest program does it. If something is missing, they do it again."),
    ),
    "foreign-file": Words("warn", _("Foreign file"), _("It is no journal and was not read."), _("Take it away.")),
    "altered-object": Words("bad", _("Altered object"), _("Its content is not what its name says."), _ARRIVE),
    "absent-object": Words("info", _("Not here"), _("The object lies on another machine."), _("Ask its maker for it.")),
    "rows-differ": Words(
        "bad",
        _("Store differs"),
        _("The local store is not what the entries say."),
        _("Make it again: `mlops-desk rebuild`."),
    ),
}


def words_of(code: str) -> Words:
    """Return the words of a verdict or finding; of one that this version does not know, its code."""
    return VERDICTS.get(code) or Words("warn", code.replace("-", " ").capitalize())


def state_of(code: str) -> State:
    """Return a verdict or finding as a state."""
    words = words_of(code)
    return State(words.level, words.word)
