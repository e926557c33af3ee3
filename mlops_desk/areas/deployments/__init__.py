"""Deployments: environments, releases, and what is live where."""

from mlops_desk.areas.deployments import cards, delivery, environment, queries, release
from mlops_desk.areas.deployments.checks import CHECKS
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Deployment, Release
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.listing import Column, Listing

LIVE = Listing(
    noun="environment",
    title="Live",
    columns=(
        Column("environment", "Environment"),
        Column("state", "State", "state"),
        Column("release", "Release"),
        Column("model", "Model"),
        Column("data", "Data"),
        Column("way_back", "Back to"),
        Column("policy", "Open gates"),
        Column("since", "Since", "instant"),
        Column("who", "By"),
        Column("id", "Id", "id"),
    ),
    query=queries.live,
    empty="Nothing is live.",
)
RELEASES = Listing(
    noun="release",
    title="Releases",
    columns=(
        Column("label", "Release"),
        Column("state", "State", "state"),
        Column("environment", "Environment"),
        Column("model", "Model"),
        Column("gates", "Gates"),
        Column("note", "Note"),
        Column("who", "By"),
        Column("planned", "Planned", "instant"),
        Column("id", "Id", "id"),
    ),
    query=queries.releases,
    empty="No release is planned.",
)

AREA = Area(
    name="deployments",
    title="Deployments",
    raci="3 Deployment",
    nouns=(Environment, Release, Deployment),
    acts=(*release.ACTS, *environment.ACTS),
    listings=(LIVE, RELEASES),
    details={"release": queries.release_details},
    subjects={"release": release.subject},
    sources={"delivery": delivery.delivery_source},
    checks=CHECKS,
    gated=(queries.gated,),
    marks=(queries.marks,),
    links=(queries.links,),
    cards={
        "live": cards.live_card,
        "next-release": cards.next_card,
        "coming": cards.coming_card,
        "unapproved": cards.unapproved_card,
        "delivery": cards.delivery_card,
        "contract": cards.contract_card,
    },
    stage=queries.stage,
)
