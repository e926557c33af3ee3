"""Reports: what the records say, as files that people forward."""

from mlops_desk.areas.reports import queries, report, saved
from mlops_desk.areas.reports.report import ReportMade
from mlops_desk.areas.reports.saved import ReportRecipe
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.listing import Column, Listing

REPORTS = Listing(
    noun="report",
    title="Reports",
    columns=(
        Column("file", "File"),
        Column("report", "Report"),
        Column("format", "Format"),
        Column("as_of", "As of", "day"),
        Column("made", "Made", "instant"),
        Column("who", "Who"),
        Column("size_bytes", "Bytes", "whole"),
        Column("id", "Id", "id"),
    ),
    query=queries.reports,
    empty="No report was noted yet; `mlops-desk report kpi` makes one and can note it.",
)

AREA = Area(
    name="reports",
    title="Reports",
    nouns=(ReportMade, ReportRecipe),
    acts=(*report.ACTS, *saved.ACTS),
    listings=(REPORTS, saved.RECIPES),
    details={"report": queries.report_details},
    marks=(queries.marks,),
)
