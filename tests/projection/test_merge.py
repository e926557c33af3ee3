"""Merging: a pure function of the set of changes; nothing is lost, safety wins, order never matters."""

import random
from typing import Annotated

from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.journal import keys
from mlops_desk.kernel.ids import minted
from mlops_desk.kernel.record import About, Fact, Record
from mlops_desk.projection.merge import Counted, merge

CLASSES = ("public", "confidential", "sensitive", "pii")


class Thing(Record, noun="thing"):
    """A record for these tests."""

    name: str
    note: str = ""
    tags: Annotated[tuple[str, ...], About("", merge="set")] = ()
    secrecy: Annotated[str, About("", merge="strictest", order=CLASSES, lowered_by=frozenset({"ai-ethics"}))] = "public"


class Happened(Fact, noun="happened"):
    """A fact for these tests."""

    what: str


def change(
    line: str, ms: int, op: str, field: str, value: object = None, *, pred: tuple[str, ...] = (), acting: str = "x"
) -> Counted:
    places = frozenset((each, 0) for each in pred)
    return Counted(line, 0, ms, 0, "device", "ana", acting, op, field, value, places)  # type: ignore[arg-type]


BORN = change("0", 0, "set", "name", "n")


def row(*changes: Counted) -> dict[str, object]:
    found = merge(Thing, "i", [BORN, *changes])
    assert found is not None
    return found


def test_that_a_replaced_version_is_gone_and_one_made_apart_stays_visible() -> None:
    a, b = change("a", 1, "set", "note", "a"), change("b", 2, "set", "note", "b", pred=("a",))
    assert (row(a, b)["note"], row(a, b)["contested"]) == ("b", [])
    c = change("c", 1, "set", "note", "c", pred=("a",))
    assert (row(a, b, c)["note"], row(a, b, c)["contested"]) == ("b", ["note"])
    settled = change("d", 3, "set", "note", "d", pred=("b", "c"))
    assert (row(a, b, c, settled)["note"], row(a, b, c, settled)["contested"]) == ("d", [])


def test_that_a_tag_added_apart_from_its_removal_stays() -> None:
    first, again = change("a", 1, "add", "tags", "hot"), change("b", 2, "add", "tags", "hot")
    gone = change("c", 3, "remove", "tags", pred=("a",))
    assert row(first, gone)["tags"] == []
    assert row(first, gone, again)["tags"] == ["hot"]


def test_that_the_stricter_class_wins_and_only_some_may_lower_it() -> None:
    high = change("a", 1, "set", "secrecy", "pii")
    apart = change("b", 9, "set", "secrecy", "public")
    assert row(high, apart)["secrecy"] == "pii"
    sneaky = change("c", 9, "set", "secrecy", "public", pred=("a",), acting="data-scientist")
    assert row(high, sneaky)["secrecy"] == "pii"
    entitled = change("d", 9, "set", "secrecy", "public", pred=("a",), acting="ai-ethics")
    assert row(high, entitled)["secrecy"] == "public"
    anyone_raises = change("e", 9, "set", "secrecy", "pii", pred=("d",), acting="data-scientist")
    assert row(high, entitled, anyone_raises)["secrecy"] == "pii"


def test_that_a_part_of_a_record_is_no_row() -> None:
    assert merge(Thing, "i", [change("a", 1, "set", "note", "x")]) is None


def test_that_only_its_author_or_an_owner_withdraws_a_fact() -> None:
    told = change("a", 1, "fact", "", {"what": "x"})
    other = Counted("b", 0, 2, 0, "device2", "ben", "x", "withdraw", "", "no", frozenset())
    owner = Counted("c", 0, 2, 0, "device2", "ben", "owner", "withdraw", "", "no", frozenset())
    kept, gone = merge(Happened, "i", [told, other]), merge(Happened, "i", [told, owner])
    assert kept
    assert gone
    assert (kept["withdrawn"], gone["withdrawn"]) == ("", "no")


def test_that_a_withdrawn_fact_stays_with_its_reason() -> None:
    told = change("a", 1, "fact", "", {"what": "x"})
    found = merge(Happened, "i", [told, change("b", 2, "withdraw", "", "wrong")])
    assert found
    assert (found["what"], found["withdrawn"], found["recorded_by"]) == ("x", "wrong", "ana")


changes = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["note", "tags", "secrecy", "unknown"]),
        st.sampled_from([*CLASSES, "x"]),
        st.lists(st.integers(0, 7).map(str), max_size=2),
        st.sampled_from(["ai-ethics", "x"]),
    ),
    max_size=8,
)


@given(changes, st.randoms(use_true_random=False))
def test_that_any_order_gives_the_same_row(
    told: list[tuple[int, str, str, list[str], str]], chance: random.Random
) -> None:
    made = [BORN]
    for number, (ms, field, value, pred, acting) in enumerate(told):
        op = "add" if field == "tags" and not pred else "remove" if field == "tags" else "set"
        made.append(change(str(number), ms, op, field, value, pred=tuple(pred), acting=acting))
    first = merge(Thing, "i", made)
    chance.shuffle(made)
    assert merge(Thing, "i", made) == first


def told_by(device: str, line: str, ms: int, seq: int = 1) -> Counted:
    return Counted(line, 0, ms, 0, device, device, "x", "fact", "", {"what": line}, frozenset(), seq)


@given(st.integers(-(10**9), 10**9))
def test_that_nobody_displaces_a_fact_by_dating_back(skew_ms: int) -> None:
    honest = keys.from_seed(b"\x01" * 32).device
    thief = keys.from_seed(b"\x02" * 32).device
    since = {honest: (9, "late"), thief: (2, "early")}
    fact = told_by(honest, "true", 5)
    for id_, seq in ((minted(honest), 1), (minted(honest), 7)):
        forged = told_by(thief, "false", 5 + skew_ms, seq)
        for changes in ([forged, fact], [fact, forged]):
            found = merge(Happened, id_, changes, since.__getitem__)
            assert found is not None
            assert (found["what"], found["recorded_by"]) == ("true", honest)


def test_that_an_id_nobody_minted_belongs_to_whom_came_first_and_there_to_the_earlier_entry() -> None:
    since = {"a": (1, ""), "b": (2, "")}
    changes = [told_by("b", "x", 1, 1), told_by("a", "z", 9, 8), told_by("a", "y", 10, 7)]
    found = merge(Happened, "i", changes, since.__getitem__)
    assert found is not None
    assert found["line"] == "y"
