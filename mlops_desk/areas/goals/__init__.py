"""Goals: use cases, objectives, key results and the KPIs that say what success is."""

from mlops_desk.areas.goals import (
    alignment,
    cards,
    chain,
    charts,
    imports,
    keyresult,
    kpi,
    objective,
    queries,
    query,
    refresh,
    usecase,
    why,
)
from mlops_desk.areas.goals.keyresult import KeyResult
from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.areas.goals.kpi_page import kpi_details
from mlops_desk.areas.goals.objective import Objective
from mlops_desk.areas.goals.refresh import SourceFailure
from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.stored import of_facts

KPIS = Listing(
    noun="kpi",
    title="KPIs",
    columns=(
        Column("name", "KPI"),
        Column("state", "State", "state"),
        Column("value", "Value", "number"),
        Column("target", "Target", "number"),
        Column("expected", "Expected", "number"),
        Column("unit", "Unit"),
        Column("on", "As of", "day"),
        Column("due", "Due", "day"),
        Column("owner", "Owner", "role"),
        Column("id", "Id", "id"),
    ),
    query=queries.kpis,
    empty="No goal yet. A model without a goal cannot fail - or succeed.",
)
KEY_RESULTS = Listing(
    noun="key-result",
    title="Key results",
    columns=(
        Column("name", "Key result"),
        Column("state", "State", "state"),
        Column("score", "Score", "number"),
        Column("objective", "Objective"),
        Column("kpi", "KPI"),
        Column("due", "Due", "day"),
        Column("id", "Id", "id"),
    ),
    query=queries.key_results,
    empty="No key result yet.",
)
OBJECTIVES = Listing(
    noun="objective",
    title="Objectives",
    columns=(
        Column("name", "Objective"),
        Column("state", "State", "state"),
        Column("score", "Score", "number"),
        Column("ambition", "Ambition"),
        Column("key_results", "Key results", "whole"),
        Column("due", "Due", "day"),
        Column("owner", "Owner", "role"),
        Column("id", "Id", "id"),
    ),
    query=queries.objectives,
    empty="No objective yet.",
)
ALIGNMENT = Listing(
    noun="alignment",
    command="objective",
    verb="tree",
    title="Alignment",
    columns=(
        Column("name", "Objective or key result"),
        Column("state", "State", "state"),
        Column("score", "Score", "number"),
        Column("forecast", "At the end"),
        Column("confidence", "Confidence", "number"),
        Column("kpi", "KPI"),
        Column("due", "Due", "day"),
        Column("owner", "Owner", "role"),
        Column("id", "Id", "id"),
    ),
    query=alignment.branches,
    about=alignment.branches,
    empty="No objective yet.",
)
CHAIN = Listing(
    noun="chain",
    verb="show",
    title="Chain",
    columns=(
        Column("name", "Objective, KPI, model, release or data"),
        Column("kind", "Kind"),
        Column("way", "Stands"),
        Column("id", "Id", "id"),
    ),
    query=chain.chain,
    about=chain.chain,
    empty="Nothing is linked yet.",
)
TOUCHED = Listing(
    noun="touched",
    command="kpi",
    verb="touched-by",
    title="Touched",
    columns=(
        Column("name", "KPI"),
        Column("state", "State", "state"),
        Column("thing", "If this is rolled back or withdrawn"),
        Column("is_live", "In use", "flag"),
        Column("key_results", "Key results"),
        Column("objectives", "Objectives"),
        Column("id", "Id", "id"),
    ),
    query=chain.touched,
    about=chain.touched,
    empty="No KPI stands above it.",
)
WHY = Listing(
    noun="mover",
    command="kpi",
    verb="why",
    title="Before it moved",
    columns=(
        Column("kpi", "KPI"),
        Column("move", "Last change"),
        Column("days_before", "Days before", "whole"),
        Column("sentence", "What happened, not why"),
        Column("is_on_chain", "On its chain", "flag"),
        Column("at", "When", "instant"),
        Column("id", "Id", "id"),
    ),
    query=why.why,
    about=why.why,
    empty="Nothing is recorded in the time before.",
)
USE_CASES = Listing(
    noun="use-case",
    title="Use cases",
    columns=(
        Column("name", "Use case"),
        Column("state", "State", "state"),
        Column("risk_tier", "Risk tier"),
        Column("problem", "Problem"),
        Column("id", "Id", "id"),
    ),
    query=queries.use_cases,
    empty="Start with the question you want to answer.",
)
TIERS = Listing(
    noun="tier",
    command="use-case",
    verb="tiers",
    title="Risk tiers",
    columns=(
        Column("id", "Tier"),
        Column("means", "Belongs to it"),
        Column("since", "Duties from"),
        Column("ref", "Where it stands"),
    ),
    query=usecase.tier_list,
)
CHECK_INS = Listing(
    noun="check-in",
    command="kpi",
    verb="history",
    title="Check-ins",
    columns=(
        Column("kpi", "KPI"),
        Column("on", "Day", "day"),
        Column("value", "Value", "number"),
        Column("source", "Source"),
        Column("who", "Who"),
        Column("note", "Note"),
        Column("id", "Id", "id"),
    ),
    query=queries.check_ins,
    empty="No check-in yet.",
    paged=of_facts(CheckIn, queries.check_in_rows, queries.CHECK_IN_COLUMNS, kpi.NEWEST_CHECK_IN),
)
TEMPLATES = Listing(
    noun="template",
    command="kpi",
    verb="templates",
    title="KPI templates",
    columns=(
        Column("id", "Id"),
        Column("name", "KPI"),
        Column("family", "Family"),
        Column("unit", "Unit"),
        Column("better", "Better"),
        Column("target", "Usual target"),
        Column("owner", "Owner"),
    ),
    query=queries.template_list,
)

AREA = Area(
    name="goals",
    title="Goals",
    nouns=(UseCase, Objective, KeyResult, Kpi, CheckIn, SourceFailure),
    acts=(
        *usecase.ACTS,
        *objective.ACTS,
        *keyresult.ACTS,
        *kpi.ACTS,
        *imports.ACTS,
        *refresh.ACTS,
        *query.ACTS,
        *charts.ACTS,
    ),
    listings=(OBJECTIVES, KPIS, USE_CASES, KEY_RESULTS, CHECK_INS, ALIGNMENT, CHAIN, TOUCHED, WHY, TEMPLATES, TIERS),
    details={
        "objective": alignment.objective_details,
        "key-result": alignment.key_result_details,
        "kpi": kpi_details,
        "use-case": queries.use_case_details,
    },
    subjects={"use-case": usecase.subject},
    charts={"kpi": charts.kpi_chart},
    needs=(queries.needs,),
    marks=(queries.marks,),
    links=(chain.links,),
    cards={
        "goals": cards.goals_card,
        "outcome": cards.outcome_card,
        "use": cards.use_card,
        "overrules": cards.overrules_card,
    },
    stage=queries.stage_sentence,
)
