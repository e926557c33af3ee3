"""Updates: retraining on newer data, challengers against champions."""

from mlops_desk.areas.updates import queries, retrain
from mlops_desk.areas.updates.retrain import Proposal
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.listing import Column, Listing

PROPOSALS = Listing(
    noun="proposal",
    command="update",
    title="Challengers",
    columns=(
        Column("challenger", "Challenger"),
        Column("champion", "Champion"),
        Column("state", "State", "state"),
        Column("metric", "Metric"),
        Column("difference", "Difference", "number"),
        Column("interval", "95 % interval"),
        Column("rows", "Rows", "whole"),
        Column("data", "Data"),
        Column("step", "Step"),
        Column("made", "Made", "instant"),
        Column("id", "Id", "id"),
    ),
    query=queries.proposals,
    empty="No update proposed.",
)

AREA = Area(
    name="updates",
    title="Updates",
    raci="5 Updates and enhancements",
    nouns=(Proposal,),
    acts=retrain.ACTS,
    listings=(PROPOSALS,),
    details={"proposal": queries.proposal_details},
    marks=(queries.marks,),
    stage=queries.stage,
)
