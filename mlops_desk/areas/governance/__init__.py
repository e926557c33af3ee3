"""Governance: checklists, gates, answers, exceptions and signatures that cover content."""

from mlops_desk.areas.governance import (
    answer,
    cards,
    disagreement,
    disagreement_queries,
    disagreement_waiting,
    exception,
    gate,
    queries,
    source,
    use_case_gate,
)
from mlops_desk.areas.governance.answer import Answer, Confirmation
from mlops_desk.areas.governance.charts import items_chart
from mlops_desk.areas.governance.checks import CHECKS
from mlops_desk.areas.governance.disagreement import (
    Disagreement,
    DisagreementAnswer,
    DisagreementDecision,
    DisagreementView,
)
from mlops_desk.areas.governance.exception import ExceptionSignature, GateException
from mlops_desk.areas.governance.gate import GateRequest, SignOff
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.listing import Column, Listing

GATES = Listing(
    noun="gate-request",
    command="gate",
    title="Gates",
    columns=(
        Column("gate", "Gate"),
        Column("subject", "Subject"),
        Column("state", "State", "state"),
        Column("settled", "Items settled"),
        Column("by_people", "By people", "whole"),
        Column("exceptions", "Exceptions", "whole"),
        Column("signed", "Signed"),
        Column("missing", "Missing"),
        Column("asked", "Asked", "instant"),
        Column("id", "Id", "id"),
    ),
    query=queries.gate_rows,
    empty="No gate asked for.",
)
ITEMS = Listing(
    noun="item",
    command="gate",
    verb="items",
    title="Checklists",
    columns=(
        Column("id", "Item"),
        Column("question", "Question"),
        Column("answers", "Answers"),
        Column("signs", "Signs"),
        Column("gates", "Gates"),
        Column("severity", "Weight"),
        Column("computed", "Computed by"),
    ),
    query=queries.item_rows,
)
EXCEPTIONS = Listing(
    noun="exception",
    title="Exceptions",
    columns=(
        Column("item", "Item"),
        Column("subject", "Subject"),
        Column("state", "State", "state"),
        Column("until", "Until", "day"),
        Column("reason", "Reason"),
        Column("counter_measure", "Counter-measure"),
        Column("id", "Id", "id"),
    ),
    query=queries.exception_rows,
    empty="No exception.",
)
DISAGREEMENTS = Listing(
    noun="disagreement",
    title="Disagreements",
    columns=(
        Column("question", "Question"),
        Column("about", "About"),
        Column("state", "State", "state"),
        Column("decided", "Decided"),
        Column("decider", "Decides", "role"),
        Column("decide_by", "By", "day"),
        Column("views", "Views", "whole"),
        Column("dissents", "Dissents", "whole"),
        Column("id", "Id", "id"),
    ),
    query=disagreement_queries.disagreements,
    about=disagreement_queries.disagreements_on,
    empty="Nobody disagrees on record.",
)

AREA = Area(
    name="governance",
    title="Governance",
    raci="Audits (across 1-5)",
    nouns=(
        *(GateRequest, SignOff, Answer, Confirmation, GateException, ExceptionSignature),
        *(Disagreement, DisagreementView, DisagreementDecision, DisagreementAnswer),
    ),
    acts=(*gate.ACTS, *answer.ACTS, *exception.ACTS, *disagreement.ACTS),
    listings=(GATES, ITEMS, EXCEPTIONS, DISAGREEMENTS),
    details={
        "gate-request": queries.gate_details,
        "disagreement": disagreement_queries.disagreement_details,
        use_case_gate.NOUN: use_case_gate.use_case_gate,
    },
    charts={"gate-request": items_chart},
    sources={"gates": source.gate_source},
    checks=CHECKS,
    needs=(queries.needs, exception.needs, disagreement_waiting.needs),
    marks=(queries.marks, disagreement_waiting.marks),
    cards={
        "use-cases": cards.use_cases_card,
        "gate-board": cards.board_card,
        "disagreements": cards.disagreements_card,
        "test-score": cards.score_card,
    },
    stage=queries.gates_state,
)
