"""Comments: on anything, by their author alone, hidden once withdrawn, and the same whatever order they arrive in."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.team.comment import MAX_TEXT_BYTES, AddComment, Comment, EditComment, WithdrawComment
from mlops_desk.areas.team.discussion import Versions, comments, comments_on, together, versions_of
from mlops_desk.areas.team.member import Member
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import new_id
from mlops_desk.projection.merge import Counted, merge
from mlops_desk.workspace import Workspace
from tests.areas.conftest import Team
from tests.areas.facts import do, tell


def member(desk: Workspace, name: str) -> str:
    return desk.ask(lambda rows: rows.find(Member, "name = ?", name, order="id")[0].id)


@pytest.fixture
def talk(team: Team) -> Team:
    do(team["Ana"], "kpi.add", name="Time", unit="min")
    return team


def test_that_a_comment_stands_on_what_it_is_about_newest_last(talk: Team) -> None:
    for name, text in (("Ana", "Is 40 right?"), ("Ben", "Yes")):
        do(talk[name], AddComment(subject="Time", text=text))
    said = talk["Mira"].ask(comments_on, "kpi/Time")
    assert [(each.heading, each.shown, each.about) for each in said] == [
        ("Ana", "Is 40 right?", "Time"),
        ("Ben", "Yes", "Time"),
    ]


@pytest.mark.parametrize("noun", ["member/Ben", "comment-free", "use-case/Credit"])
def test_that_anything_can_be_commented_and_nothing_else(talk: Team, noun: str) -> None:
    do(talk["Ana"], "use-case.add", name="Credit")
    if noun == "comment-free":
        with pytest.raises(DeskError, match="Nothing here is called"):
            do(talk["Ana"], AddComment(subject=noun, text="x"))
    else:
        do(talk["Ana"], AddComment(subject=noun, text="x"))
        assert [each.about for each in talk["Ana"].ask(comments)] == [noun.partition("/")[2]]


def test_that_a_name_of_two_things_is_asked_back(talk: Team) -> None:
    do(talk["Ana"], "use-case.add", name="Time")
    with pytest.raises(DeskError, match="more than one thing") as refused:
        do(talk["Ana"], AddComment(subject="Time", text="x"))
    assert "kpi/" in refused.value.hint
    assert "use-case/" in refused.value.hint


def test_that_members_are_called_by_name_and_mail_addresses_are_none(talk: Team) -> None:
    text = "@Ben, @mira: look; a@Ana.org @nobody"
    said = talk["Ana"].do(AddComment(subject="Time", text=text))
    assert (said.said, talk["Ana"].ask(comments)[0].mentions) == (
        "Commented. In the inbox of Ben, Mira. Nobody here is called @nobody.",
        (member(talk["Ana"], "Ben"), member(talk["Ana"], "Mira")),
    )


def test_that_a_first_name_of_two_is_asked_back_and_the_whole_name_is_not() -> None:
    from mlops_desk.areas.team.comment import _called

    ana, other = Member(id="a" * 26, name="Ana Lima"), Member(id="b" * 26, name="Ana Limasol")
    assert _called([ana, other], "Ana Lima said")[0] == ana
    assert _called([ana, other], "ana limasol!")[0] == other
    assert _called([ana, other], "bbbbbbbb!")[0] == other
    with pytest.raises(DeskError, match="more than one member"):
        _called([ana, other], "Ana said")


def test_that_a_new_version_takes_the_place_of_the_old_one(talk: Team) -> None:
    desk = talk["Ana"]
    first = do(desk, AddComment(subject="Time", text="one"))
    second = do(desk, EditComment(comment=first, text="two @Ben"))
    assert do(desk, EditComment(comment=first, text="two @Ben")) == ""
    do(desk, EditComment(comment=second, text="three"))
    [said] = desk.ask(comments)
    assert (said.id, said.shown, said.heading, said.mentions) == (first, "three", "Ana, changed", ())
    assert said.edited_at
    answer = do(talk["Ben"], AddComment(subject="Time", text="so?", reply_to=second))
    assert [(each.heading, each.reply_to) for each in desk.ask(comments) if each.id == answer] == []
    answered = talk["Ana"].ask(comments)[-1]
    assert (answered.heading, answered.reply_to) == ("Ben, answers Ana", first)


def test_that_nobody_speaks_for_somebody_else(talk: Team) -> None:
    said = do(talk["Ana"], AddComment(subject="Time", text="mine"))
    for act, why in ((EditComment(comment=said, text="x"), "Only who wrote"), (WithdrawComment(comment=said), "or an")):
        with pytest.raises(DeskError, match=why):
            do(talk["Ben"], act)
    kpi = talk["Ben"].ask(lambda rows: rows.meant("kpi/Time"))[1]
    tell(talk["Ben"], Comment(subject_noun="kpi", subject=kpi, text="forged", replaces=(said,)))
    assert [(each.who, each.shown) for each in talk["Ana"].ask(comments)] == [("Ana", "mine"), ("Ben", "forged")]


def test_that_a_withdrawn_text_is_nowhere_but_in_its_line(talk: Team) -> None:
    desk = talk["Ana"]
    said = do(desk, AddComment(subject="Time", text="secret word"))
    do(desk, EditComment(comment=said, text="secret words"))
    do(desk, WithdrawComment(comment=said, reason="too much"))
    [shown] = talk["Ben"].ask(comments)
    assert (shown.shown, shown.is_withdrawn) == ("(withdrawn)", True)
    assert talk["Ben"].ask(lambda rows: rows.sql("SELECT DISTINCT text FROM comment")) == [("",)]
    assert talk["Ben"].ask(lambda rows: rows.sql("SELECT count(*) FROM line WHERE kind = 'comment.add'")) == [(1,)]
    with pytest.raises(DeskError, match="was withdrawn"):
        do(desk, EditComment(comment=said, text="again"))
    assert do(desk, WithdrawComment(comment=said)) == ""


def test_that_an_owner_may_withdraw_the_comment_of_another(talk: Team) -> None:
    said = do(talk["Ben"], AddComment(subject="Time", text="rude"))
    do(talk["Ana"], WithdrawComment(comment=said, reason="rude"), role="owner")
    assert talk["Ben"].ask(comments)[0].is_withdrawn


def test_that_two_versions_made_apart_are_shown_as_such_and_settled_by_one_more(talk: Team) -> None:
    said = do(talk["Ana"], AddComment(subject="Time", text="one"))
    kpi = talk["Ana"].ask(lambda rows: rows.meant("kpi/Time"))[1]
    apart = Comment(subject_noun="kpi", subject=kpi, text="x", replaces=(said,))
    tell(talk["Ana"], apart.but(text="a"), apart.but(text="b"))
    assert talk["Ana"].ask(comments)[0].heading == "Ana, changed, 2 versions made apart"
    do(talk["Ana"], EditComment(comment=said, text="c"))
    assert [(each.shown, each.versions) for each in talk["Ana"].ask(comments)] == [("c", 1)]


@pytest.mark.parametrize("text", ["<b>bold</b> **x** [a](javascript:1)", "\u202egnp.exe", "two\nlines"])
def test_that_what_looks_like_markup_or_turns_the_text_stands_there_literally(talk: Team, text: str) -> None:
    do(talk["Ana"], AddComment(subject="Time", text=text))
    assert talk["Ana"].ask(comments)[0].shown == text.replace("\u202e", "\\u202e")


@pytest.mark.parametrize(("text", "why"), [(" \n", "empty"), ("ü" * (MAX_TEXT_BYTES // 2 + 1), "too long")])
def test_that_an_empty_or_too_long_comment_is_refused(talk: Team, text: str, why: str) -> None:
    with pytest.raises(DeskError, match=why):
        do(talk["Ana"], AddComment(subject="Time", text=text))


def test_that_an_answer_is_about_the_same_thing(talk: Team) -> None:
    said = do(talk["Ana"], AddComment(subject="Time", text="one"))
    with pytest.raises(DeskError, match="That comment is about Time"):
        do(talk["Ana"], AddComment(subject="member/Ben", text="x", reply_to=said))
    with pytest.raises(DeskError, match="answered, not commented"):
        do(talk["Ana"], AddComment(subject=said, text="x"))


# --- any order of arrival ----------------------------------------------------------------------

histories = st.lists(
    st.tuples(
        st.integers(0, 4),  # the clock of the writer, far from the order of writing
        st.sampled_from(["ana", "ana", "ben"]),
        st.lists(st.integers(0, 3), max_size=2),  # what it replaces: earlier, later, itself, of others
        st.sampled_from([None, None, None, 0, 1, 2]),  # withdraws that one instead
    ),
    min_size=3,
    max_size=8,
)


def rows_of(changes: list[Counted]) -> list[Comment]:
    """Return the rows that the merge makes of changes in the order of their arrival."""
    ids = dict.fromkeys(each.line if each.op == "fact" else str(each.value) for each in changes)
    found = []
    for id_ in ids:
        row = merge(Comment, id_, [each for each in changes if id_ in (each.line, each.value)])
        if row is not None:
            at = datetime.fromisoformat(row["recorded_at"]).replace(tzinfo=UTC)
            found.append(Comment(**row | {"recorded_at": at, "replaces": tuple(row["replaces"])}))
    return found


@given(histories, st.randoms(use_true_random=False))
def test_that_any_order_of_arrival_gives_the_same_comments(
    told: list[tuple[int, str, list[int], int | None]], chance: random.Random
) -> None:
    changes = []
    for number, (ms, who, replaces, gone) in enumerate(told):
        value = {
            "subject_noun": "kpi",
            "subject": "k",
            "text": str(number),
            "replaces": [str(each) for each in replaces],
        }
        op, said = ("fact", value) if gone is None else ("withdraw", str(gone))
        changes.append(Counted(str(number), 0, ms, 0, who, who, "x", op, "", said, frozenset()))  # type: ignore[arg-type]
    first = together(rows_of(changes))
    chance.shuffle(changes)
    again = rows_of(changes)
    assert together(again) == first
    check(first, again)


def check(found: list[Versions], rows: list[Comment]) -> None:
    """See that every version stands in one comment, of one author, and that each comment has a head."""
    assert sorted(each.id for versions in found for each in versions.all) == sorted(each.id for each in rows)
    for versions in found:
        assert len({each.recorded_by for each in versions.all}) == 1
        assert versions.newest in versions.all
        assert all(not each.text for each in versions.all if each.withdrawn)


def test_that_a_ring_of_versions_has_an_end(talk: Team) -> None:
    one, two = new_id(), new_id()
    kpi = talk["Ana"].ask(lambda rows: rows.meant("kpi/Time"))[1]
    ring = Comment(subject_noun="kpi", subject=kpi, text="x")
    tell(talk["Ana"], ring.but(id=one, replaces=(two,)), ring.but(id=two, replaces=(one, two)))
    assert len(talk["Ana"].ask(versions_of, one).all) == 2
