"""Governance: checklists, gates, answers, exceptions and signatures that cover content."""

from mlops_desk.areas.governance import answer, exception, gate, queries
from mlops_desk.areas.governance.answer import Answer, Confirmation
from mlops_desk.areas.governance.charts import items_chart
from mlops_desk.areas.governance.checks import CHECKS
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

AREA = Area(
    name="governance",
    title="Governance",
    nouns=(GateRequest, SignOff, Answer, Confirmation, GateException, ExceptionSignature),
    acts=(*gate.ACTS, *answer.ACTS, *exception.ACTS),
    listings=(GATES, ITEMS, EXCEPTIONS),
    details={"gate-request": queries.gate_details},
    charts={"gate-request": items_chart},
    checks=CHECKS,
    needs=(queries.needs,),
    marks=(queries.marks,),
    cards={"gates": queries.gates_card, "exceptions": queries.exceptions_card},
    stage=queries.gates_state,
)
