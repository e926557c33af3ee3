"""A use case: the problem, who uses the result, the decision it supports, and how much is at stake."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Annotated, Literal

import msgspec

from mlops_desk.kernel import wire
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Record, own_fields
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.subject import Subject, cover_hash
from mlops_desk.kernel.words import _

RiskTier = Literal["minimal", "limited", "high", "prohibited"]


class UseCase(Record, noun="use-case"):
    """A business use case: what a model is for, and for whom."""

    name: Annotated[str, About("Short name.")]
    problem: Annotated[str, About("The problem in plain words.", long=True)] = ""
    user: Annotated[str, About("Who will use the result.", long=True)] = ""
    decision: Annotated[str, About("The decision it supports.", long=True)] = ""
    risk_tier: Annotated[RiskTier | None, About("How much is at stake for people.", flag="tier")] = None
    tier_reason: Annotated[str, About("Why this tier.", long=True)] = ""
    annex_area: Annotated[str, About("Area of Annex III of the EU AI Act, or “none”.")] = ""
    out_of_scope: Annotated[str, About("What it is not for, and foreseeable misuse; one on each line.", long=True)] = ""
    affected_groups: Annotated[str, About("People it touches, also those who never use it.", long=True)] = ""
    sorts_people: Annotated[bool | None, About("It sorts, scores or chooses people.")] = None
    seen_by_people: Annotated[bool | None, About("People use it or see its results.")] = None
    personal_data: Annotated[bool | None, About("It works with personal data.")] = None
    overruled_by: Annotated[str, About("Who can overrule a result.")] = ""
    stopped_by: Annotated[str, About("Who can stop the system.")] = ""
    appeals_to: Annotated[str, About("Who answers an appeal.")] = ""
    notice: Annotated[str, About("What people are told about the AI.", long=True)] = ""
    stop_limits: Annotated[str, About("The numbers at which the team stops.", long=True)] = ""
    simpler_ways: Annotated[
        str, About("Which simpler ways were considered, such as rules or no model, and how they compare.", long=True)
    ] = ""
    law_checked_on: Annotated[
        date | None, About("Day on which somebody held the idea against the practices that the law forbids.")
    ] = None
    screening: Annotated[
        str,
        About(
            "Nine letters, y or n, on whether it: scores people; decides with legal effect; watches systematically; "
            "uses sensitive data; works at large scale; joins data sets; touches vulnerable people; uses new "
            "technology; bars from a right or service.",
            metavar="YNNNNNNNN",
        ),
    ] = ""

    def check(self) -> None:
        """Look whether the tier has a reason where it matters."""
        if self.risk_tier in ("high", "prohibited") and not self.tier_reason:
            raise DeskError(
                _("The tier “{tier}” needs a reason.", tier=self.risk_tier),
                _("Say why with --tier-reason."),
                code="GOAL-110",
            )
        if self.screening and not re.fullmatch(r"[yn]{9}", self.screening):
            raise DeskError(
                _("“{text}” is no answer to the nine screening questions.", text=self.screening[:20]),
                _("Write y or n for each of the nine, such as nynnnnnnn: `mlops-desk use-case edit --help`."),
                code="GOAL-114",
            )

    def check_given(self, names: Iterable[str], today: date) -> None:
        """Refuse a check that is still to come."""
        if "law_checked_on" in names and self.law_checked_on is not None and self.law_checked_on > today:
            raise DeskError(
                _("{day} has not come yet.", day=self.law_checked_on),
                _("Give the day on which it was checked."),
                code="GOAL-115",
            )


class Tier(msgspec.Struct, frozen=True):
    """A risk tier of the law: what belongs to it, from which day duties of it apply, and where that stands."""

    id: str
    means: str
    since: str
    ref: str


@cache
def tiers() -> tuple[Tier, ...]:
    """Return the risk tiers with their reasons and dates, the mildest first."""
    found = msgspec.json.decode(resource("governance.json").read_bytes())
    return tuple(wire.fitted(each, Tier) for each in found["tiers"])


def tier_list(rows: Rows) -> list[Tier]:  # noqa: ARG001 - a listing is asked with rows
    """Return the risk tiers."""
    return list(tiers())


def subject(rows: Rows, id_: str) -> Subject:
    """Return what a signature over a use case covers: every field that people fill."""
    case = rows.get(UseCase, id_)
    covers = [
        (each.name, getattr(case, each.name))
        for each in own_fields(UseCase)
        if each.name != "archived" and (each.name not in _LATER or getattr(case, each.name))
    ]
    return Subject(
        noun=UseCase.noun,
        id=id_,
        label=case.name,
        hash=cover_hash([("id", id_), *covers]),
        contested=case.contested,
        authors=frozenset({case.created_by}),
        related=((UseCase.noun, id_),),
    )


_LATER = frozenset({"simpler_ways", "law_checked_on", "screening"})  # signatures from before do not cover their absence
ACTS = acts_of(UseCase, title="use case")
