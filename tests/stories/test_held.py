"""Signatures that are set aside and count again: behind a copied key, and after their author had left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mlops_desk.kernel.clock import today
from mlops_desk.kernel.roles import slug_of
from tests.stories.test_team import WHO, Neighbour

pytestmark = [pytest.mark.story, pytest.mark.slow, pytest.mark.timeout(180)]

HELD = {
    "ana": ("ai-architect", "data-scientist", "product-designer"),
    "ben": ("domain-expert",),
    "mira": ("ai-ethics",),
}
CASE = {
    "problem": "Loans are decided by hand, which takes a week and differs from clerk to clerk.",
    "user": "The clerk who decides about a loan and has to explain it to the applicant.",
    "decision": "Whether a loan is granted, asked about once more, or declined with a reason.",
    "out-of-scope": "Hiring\nPrices of insurance",
    "affected-groups": "applicants, their families",
    "notice": "A person decides; a computer helps.",
    "tier": "high",
    "tier-reason": "it decides about people",
    "annex-area": "5b",
    "overruled-by": "the clerk",
    "stopped-by": "the owner",
    "appeals-to": "the ombudsman",
}
SHOW = "gate show G1 Credit --json"
People = dict[str, Neighbour]


@pytest.fixture
def people(tmp_path: Path) -> People:
    """Let Ana found the project and admit Ben and Mira; they settle all items of G1 on a use case, and she signs."""
    team = {name: Neighbour(name, tmp_path) for name in HELD}
    (tmp_path / "team.git").mkdir()
    who = {name: ["--member", WHO[name], *_named("role", *roles)] for name, roles in HELD.items()}
    ana, ben, mira = team.values()
    begun = ana.do(
        ["init", str(ana.folder), "--name", "Loan", *who["ana"]],
        ["use-case", "add", "--name", "Credit", *(word for name, text in CASE.items() for word in _named(name, text))],
        ["sync", "--remote", str(tmp_path / "team.git")],
        "team invite --json",
    )
    for name in ("ben", "mira"):
        team[name].do(["get", str(begun[3].document["link"]), str(team[name].folder), *who[name]])
    admit = [["team", "admit", WHO[name].split(" <")[0], "--role", HELD[name][0]] for name in ("ben", "mira")]
    items = ana.do("sync", *admit, SHOW)[-1].document["items"]
    wished = ana.do(*_answers(items, "ana"), "exception list --json", "sync")[-2].document
    seconded = [["exception", "sign", each["id"]] for each in wished]
    mira.do("sync", *_answers(items, "mira"), *seconded, "gate confirm G1 Credit", "sync")
    ben.do("sync", *_answers(items, "ben"), "gate confirm G1 Credit", "sync")
    mira.do("sync", "gate confirm G1 Credit", "sync")
    ana.do("sync", "gate confirm G1 Credit --as ai-architect", "gate sign G1 Credit --as ai-architect", "sync")
    return team


def _named(name: str, *values: str) -> list[str]:
    return [word for value in values for word in (f"--{name}", value)]


def _answers(items: list[Any], who: str) -> Iterator[list[str]]:
    """Yield what somebody types for the items: an answer where one of their roles gives it, or a wish to pass."""
    for each in items:
        item, role = each["item"]["id"], slug_of(each["item"]["answers"])
        if each["how"] != "open" or each["item"]["severity"] != "B":
            continue
        if each["verdict"]["state"]["level"] == "bad":
            if who == "ana":
                why = ["--reason", "r", "--measure", "m", "--until", (today() + timedelta(days=30)).isoformat()]
                yield ["exception", "ask", item, "Credit", *why, "--as", "data-scientist"]
        elif role in HELD[who]:
            yield ["gate", "answer", item, "Credit", "--choice", "yes", "--evidence", "minutes", "--as", role]


def _states(shown: Any) -> dict[str, str]:
    return {each["role"]: each["state"]["word"] for each in shown["signatures"]}


def test_that_held_and_late_signatures_keep_a_gate_open_until_an_owner_lets_them_count(
    people: People, tmp_path: Path
) -> None:
    ana, ben, mira = people.values()
    right = _sign_with_a_copied_key(ben, tmp_path)
    shown, verified, listed = ana.do("sync", SHOW, "verify --json", "trail --kind gate --json", codes=[0, 0, 1, 0])[1:]
    assert _states(shown.document)["domain-expert"] == "Waiting", "neither the copy's refusal nor his own counts"
    assert _found(verified.document) == ["fork", "held-fork", "held-fork"]
    held = [each for each in listed.document if each["verdict"] == "held-fork"]
    assert {each["who"] for each in held} == {"Ben Ode"}
    assert right in {each["line"] for each in held}
    confirm = ["team", "confirm-fork", held[0]["device"]]
    asked = ana.do(confirm, codes=[1])[0]
    assert all(each["line"][:8] in asked.complained for each in held), "both branches are named, none is chosen"
    shown = ana.do([*confirm, "--keep", right], SHOW, "sync")[1]
    assert _states(shown.document) == {"ai-architect": "Signed", "domain-expert": "Signed", "ai-ethics": "Waiting"}
    _sign_after_leaving(ana, mira)
    shown, verified, listed = ana.do("sync", SHOW, "verify --json", "trail --verdict late --json", codes=[0, 0, 1, 0])[
        1:
    ]
    assert _states(shown.document)["ai-ethics"] == "Waiting"
    assert _found(verified.document) == ["fork", "held-fork", "late"]
    [late] = listed.document
    assert (late["who"], late["kind"]) == ("Mira Sol", "gate.sign")
    ana.do(["team", "accept-late", late["device"]], "sync")
    _see_it_closed(people)


def _sign_with_a_copied_key(ben: Neighbour, base: Path) -> str:
    """Copy Ben's machine, let the copy refuse the gate, and him approve it; returns the entry of his signature."""
    ben.do("sync")
    copy = Neighbour("copy", base, is_honest=False)
    copy.take_home_of(ben)
    refuse = ["gate", "sign", "G1", "Credit", "--decision", "refuse", "--note", "no"]
    copy.do(["get", str(base / "team.git"), str(copy.folder)], refuse, "sync")
    signed, refused = ben.do("gate sign G1 Credit --json", "sync --json", codes=[0, 1])
    assert refused.document["error"]["code"] == "JOURNAL-121"
    ben.do("team device renew", "sync")
    return str(signed.document["line"])


def _sign_after_leaving(ana: Neighbour, mira: Neighbour) -> None:
    """Let Mira sign while Ana, who has not heard of it, removes her."""
    mira.do("sync", "gate sign G1 Credit")
    ana.do(["team", "remove", "Mira Sol", "--reason", "left for another team"], "sync")
    mira.do("sync")


def _found(verified: Any) -> list[str]:
    return sorted(each["code"] for each in verified["findings"])


def _see_it_closed(people: People) -> None:
    """See the same closed gate in every clone, and that what was held stays named."""
    digests = set()
    for each in people.values():
        shown, status, verified = each.do("sync", SHOW, "status --json", "verify --json", codes=[0, 0, 0, 1])[1:]
        assert set(_states(shown.document).values()) == {"Signed"}
        assert shown.document["state"]["word"] == "Closed"
        assert _found(verified.document) == ["fork", "held-fork"]
        digests.add(status.document["digest"])
    assert len(digests) == 1
