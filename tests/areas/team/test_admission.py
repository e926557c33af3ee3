"""Admission: eight words to compare, and no key that could be anybody's, in the act and when reading."""

from collections.abc import Iterable
from typing import Any

import pytest

from mlops_desk.areas.team.member import Admit
from mlops_desk.areas.team.queries import MAX_REQUESTS, request_rows
from mlops_desk.journal import events, keys
from mlops_desk.journal.entry import Entry, Flaw, seal
from mlops_desk.journal.opening import open_own
from mlops_desk.kernel import fingerprint as words
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.clock import Stamp
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import base32, new_id
from mlops_desk.kernel.rows import Present
from mlops_desk.workspace import Founder, Workspace, founding
from tests.areas.facts import do

NEWCOMER = Founder.parse("Eva Roth <eva@example.org>", ["domain-expert"])
SOUND = keys.from_seed(b"\x05" * 32)
UNSOUND = {
    "of small order": base32(bytes(32)),
    "not canonical": SOUND.device[:-1] + chr(ord(SOUND.device[-1]) + 1),
    "no key": "ben",
}


def test_that_the_words_are_many_short_and_told_apart_by_their_beginning() -> None:
    found = words.words()
    assert len(found) == len(set(found)) == 2048
    assert len({word[:4] for word in found}) == 2048
    assert all(4 <= len(word) <= 7 and word.isascii() and word.islower() for word in found)
    assert list(found) == sorted(found)


def test_that_a_fingerprint_is_the_same_for_ever() -> None:
    assert words.fingerprint(SOUND.device) == "sicken must lament cipher build cedar ruckus asylum"
    assert len(set(words.fingerprint("x").split()) | set(words.fingerprint("y").split())) > 12


def test_that_both_sides_see_the_same_words(desk: Workspace) -> None:
    device = founding.join(desk.project, NEWCOMER)
    desk.refresh()
    [row] = desk.ask(request_rows)
    assert (row.name, row.words) == ("Eva Roth", words.fingerprint(device))
    changes = desk.do(Admit(request="Eva Roth"))
    assert words.fingerprint(device) in changes.said


def test_that_only_so_many_requests_are_shown_as_a_person_can_look_at(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlops_desk.areas.team.queries.MAX_REQUESTS", 2)
    for number in range(3):
        founding.join(desk.project, Founder.parse(f"P{number}", ["domain-expert"]))
    desk.refresh()
    assert {each.name for each in desk.ask(request_rows)} == {"P2", "P1"}
    assert MAX_REQUESTS == 100


def test_that_a_request_for_the_machine_of_another_is_refused(desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def lying(op: Any, noun: str, id_: str, *, value: Any) -> Change:
        return Change(op, noun, id_, value={**value, "device": SOUND.device})

    monkeypatch.setattr("mlops_desk.workspace.founding.Change", lying)
    founding.join(desk.project, NEWCOMER)
    desk.refresh()
    with pytest.raises(DeskError, match="another machine than the one that signed it") as refused:
        do(desk, Admit(request="Eva Roth"))
    assert refused.value.code == "TEAM-106"


class Bind(Act, noun="roster", verb="admit"):
    """Admit a device without a look, as a careless program would."""

    device: Any

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:
        value = {"member": new_id(), "name": "Eva", "device": self.device, "request": "", "roles": ["domain-expert"]}
        return [Change("fact", "roster", new_id(), value=value)]


@pytest.mark.parametrize("device", UNSOUND.values(), ids=UNSOUND)
def test_that_no_unsound_key_is_admitted_by_an_act(desk: Workspace, device: str) -> None:
    lines = desk.verify().lines
    with pytest.raises(DeskError, match="no sound key") as refused:
        desk.do(Bind(device=device))
    assert refused.value.code == "JOURNAL-102"
    assert desk.verify().lines == lines


@pytest.mark.parametrize("kind", [events.ADMIT, events.DEVICE_ADMIT])
@pytest.mark.parametrize("device", UNSOUND.values(), ids=UNSOUND)
def test_that_a_line_that_admits_an_unsound_key_does_not_count(kind: str, device: str) -> None:
    value = {"member": new_id(), "name": "Eva", "device": device, "roles": ["owner"]}
    ops = (Change("fact", "roster", new_id(), value=value),)
    entry = Entry("p" * 43, SOUND.device, 2, "x" * 43, Stamp(1, 0), ("p" * 43,), (), "", kind, ops)
    with pytest.raises(Flaw, match="no sound key") as found:
        open_own(seal(entry, SOUND.secret), SOUND.device, "p" * 43)
    assert found.value.verdict == "malformed-signed"
