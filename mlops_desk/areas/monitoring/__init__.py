"""Monitoring: what is watched in an environment, its readings, alerts and the decisions on them."""

from mlops_desk.areas.monitoring import cards, check, monitor, queries, slo
from mlops_desk.areas.monitoring.monitor import Alert, AlertDecision, Monitor, Reading
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.stored import of_facts

MONITORS = Listing(
    noun="monitor",
    title="Overview",
    columns=(
        Column("name", "Monitor"),
        Column("state", "State", "state"),
        Column("kind", "Watches"),
        Column("environment", "Environment"),
        Column("value", "Value", "number"),
        Column("limit", "Limit", "number"),
        Column("rows", "Rows", "whole"),
        Column("read", "Read", "instant"),
        Column("owner", "Owner", "role"),
        Column("sentence", "In words"),
        Column("id", "Id", "id"),
    ),
    query=queries.monitors,
    empty="No monitors. A live model without monitors is state not known.",
)
ALERTS = Listing(
    noun="alert",
    title="Alerts",
    columns=(
        Column("sentence", "What happened"),
        Column("state", "State", "state"),
        Column("monitor", "Monitor"),
        Column("readings", "Readings", "whole"),
        Column("owner", "Owner", "role"),
        Column("decision", "Decision"),
        Column("reason", "Reason"),
        Column("raised", "Raised", "instant"),
        Column("id", "Id", "id"),
    ),
    query=queries.alerts,
    empty="No alert.",
)
READINGS = Listing(
    noun="reading",
    command="monitor",
    verb="readings",
    title="Readings",
    columns=(
        Column("sentence", "In words"),
        Column("value", "Value", "number"),
        Column("limit", "Limit", "number"),
        Column("rows", "Rows", "whole"),
        Column("source", "Source"),
        Column("recorded_at", "Read", "instant"),
        Column("id", "Id", "id"),
    ),
    query=queries.reading_rows,
    empty="No reading yet.",
    paged=of_facts(Reading, lambda _rows, found: found, queries.READING_COLUMNS, monitor.NEWEST_READING),
)
SLO = Listing(
    noun="slo",
    title="Service levels",
    columns=(
        Column("environment", "Environment"),
        Column("level", "Answers"),
        Column("state", "State", "state"),
        Column("value", "Share in 28 days", "number"),
        Column("target", "Target", "number"),
        Column("valid", "Valid requests", "whole"),
        Column("budget", "Error budget left, %", "number"),
        Column("burn", "Alarms"),
        Column("monitor", "Monitor"),
        Column("id", "Id", "id"),
    ),
    query=slo.levels,
    empty="No monitor watches a service, so its level is not known.",
)

AREA = Area(
    name="monitoring",
    title="Monitoring",
    raci="4 Monitoring",
    nouns=(Monitor, Reading, Alert, AlertDecision),
    acts=(*monitor.ACTS, *check.ACTS),
    listings=(MONITORS, ALERTS, READINGS, SLO),
    details={"monitor": queries.monitor_details, "reading": queries.reading_details},
    charts={"monitor": queries.monitor_chart},
    sources={"monitor": queries.reading_source, "slo": slo.slo_source},
    checks={"K01-monitor": queries.alerts_guided, "K15": queries.monitor_exists},
    needs=(queries.needs,),
    marks=(queries.marks,),
    links=(queries.links,),
    cards={
        "alerts": cards.alerts_card,
        "live-offline": cards.live_offline_card,
        "service": cards.service_card,
        "skew": cards.skew_card,
        "world": cards.world_card,
    },
    stage=queries.stage,
)
