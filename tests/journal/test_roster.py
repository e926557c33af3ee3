"""The roster: admission, roles and removal in the straight cases, the same in any order of arrival."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.journal.events import ADMIT, DEVICE_REVOKE, GENESIS, REVOKE, ROLES, Event
from mlops_desk.journal.roster import fold


def genesis() -> Event:
    value = {"name": "P", "member": "ana", "member_name": "Ana", "device": "A", "roles": ["data-scientist"]}
    return Event("0-genesis", "A", GENESIS, (), value)


def admit(id_: str, by: str, heads: tuple[str, ...], member: str, device: str, *roles: str) -> Event:
    return Event(id_, by, ADMIT, heads, {"member": member, "name": member, "device": device, "roles": list(roles)})


def test_that_the_founder_is_owner_and_holds_the_roles_named() -> None:
    view = fold([genesis()]).now
    founder = view.author("A")
    assert founder
    assert founder.roles == {"owner", "data-scientist"}


def test_that_an_owner_admits_and_others_do_not() -> None:
    ben = admit("1-ben", "A", ("0-genesis",), "ben", "B", "ml-engineer")
    eve = admit("2-eve", "B", ("1-ben",), "eve", "E", "owner", "ml-engineer")
    folded = fold([genesis(), ben, eve])
    assert folded.rejected == {"2-eve": "no-authority"}
    assert set(folded.now.members) == {"ana", "ben"}


def test_that_nobody_admits_themselves() -> None:
    folded = fold([genesis(), admit("1", "E", ("0-genesis",), "eve", "E", "owner", "ml-engineer")])
    assert "1" in folded.rejected


def test_that_roles_change_and_removal_is_for_ever() -> None:
    ben = admit("1", "A", ("0-genesis",), "ben", "B", "ml-engineer")
    roles = Event("2", "A", ROLES, ("1",), {"member": "ben", "roles": ["ai-ethics"], "cut": {"B": [3, "b3"]}})
    gone = Event("3", "A", REVOKE, ("2",), {"member": "ben", "cut": {"B": [9, "b9"]}, "reason": "left"})
    back = admit("4", "A", ("3",), "ben", "B2", "ml-engineer")
    folded = fold([genesis(), ben, roles, gone, back])
    assert folded.view(("2",)).members["ben"].roles == {"ai-ethics"}
    assert not folded.now.members["ben"].active
    assert folded.now.members["ben"].devices == ("B", "B2"), "the new machine is that of somebody who is gone"
    assert [cut.id for cut in folded.ends_of(folded.view(("1",)), "B", "ben")] == ["2", "3"]


def test_that_a_junior_owner_cannot_remove_a_senior_one() -> None:
    ben = admit("1", "A", ("0-genesis",), "ben", "B", "owner", "ml-engineer")
    coup = Event("2", "B", REVOKE, ("1",), {"member": "ana", "cut": {}})
    folded = fold([genesis(), ben, coup])
    assert folded.rejected == {"2": "target-is-senior"}


def test_that_of_two_owners_who_remove_each_other_the_senior_stays() -> None:
    ben = admit("1", "A", ("0-genesis",), "ben", "B", "owner", "ml-engineer")
    cid = admit("2", "A", ("1",), "cid", "C", "owner", "ml-engineer")
    a = Event("3", "B", REVOKE, ("2",), {"member": "cid", "cut": {}})
    b = Event("4", "C", REVOKE, ("2",), {"member": "ben", "cut": {}})
    folded = fold([genesis(), ben, cid, a, b])
    assert "3" in folded.accepted
    assert "4" in folded.rejected
    assert folded.now.members["ben"].active
    assert not folded.now.members["cid"].active


def test_that_a_member_named_like_a_machine_ends_no_machine() -> None:
    ben = admit("1", "A", ("0-genesis",), "ben", "B", "owner", "ml-engineer")
    ghost = admit("2", "B", ("1",), "A", "G", "ml-engineer")
    coup = Event("3", "B", REVOKE, ("2",), {"member": "A", "cut": {}})
    folded = fold([genesis(), ben, ghost, coup])
    assert folded.now.author("A") is not None
    late = folded.view(("1",))
    assert folded.ends_of(late, "A", "ana") == ()


def test_that_a_device_may_always_retire_itself() -> None:
    ben = admit("1", "A", ("0-genesis",), "ben", "B", "ml-engineer")
    bye = Event("2", "B", DEVICE_REVOKE, ("1",), {"device": "B", "cut": {"B": [2, "b2"]}})
    folded = fold([genesis(), ben, bye])
    assert "2" in folded.accepted
    assert folded.now.author("B") is None


def test_that_one_device_never_belongs_to_two_members() -> None:
    ben = admit("1", "A", ("0-genesis",), "ben", "B", "ml-engineer")
    twin = admit("2", "A", ("1",), "eve", "B", "ml-engineer")
    folded = fold([genesis(), ben, twin])
    assert "2" in folded.rejected
    assert folded.now.devices["B"] == "ben"


def test_that_what_cites_something_absent_waits() -> None:
    folded = fold([genesis(), admit("2", "A", ("1",), "ben", "B", "ml-engineer")])
    assert set(folded.events) == {"0-genesis"}


@given(st.randoms(use_true_random=False))
def test_that_the_order_of_arrival_never_matters(chance: random.Random) -> None:
    events = [genesis()]
    devices = ["A"]
    for number in range(1, 12):
        heads = tuple(sorted({chance.choice(events).id for _ in range(chance.randint(1, 2))}))
        author = chance.choice(devices)
        if chance.random() < 0.6:
            device = f"D{number}"
            roles = chance.choice([("ml-engineer",), ("owner", "data-engineer")])
            events.append(admit(f"e{number}", author, heads, f"m{number}", device, *roles))
            devices.append(device)
        else:
            kind = chance.choice([REVOKE, ROLES])
            targets = [f"m{n}" for n in range(1, number)] + ([] if author == "A" else ["ana"])
            value = {"member": chance.choice(targets or ["m0"]), "roles": ["observer"], "cut": {}}
            events.append(Event(f"e{number}", author, kind, heads, value))
    first = fold(events)
    for _ in range(3):
        chance.shuffle(events)
        again = fold(events)
        assert (again.accepted.keys(), dict(again.rejected)) == (first.accepted.keys(), dict(first.rejected))
        assert again.now.members == first.now.members
    assert first.now.members["ana"].active, "the founder is senior to everybody"
