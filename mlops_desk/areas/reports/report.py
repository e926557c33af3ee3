"""A report made: the fact that remembers it, and the act that makes one."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, NamedTuple, get_args

from mlops_desk.areas.reports import destination
from mlops_desk.areas.reports.content import Head, Report
from mlops_desk.areas.reports.kpi import kpi_report
from mlops_desk.areas.reports.make import ON_PAPER, Format, Made, ReportJob, make
from mlops_desk.areas.reports.recipe import Paper, PartName, Recipe, day_before, parts_of
from mlops_desk.kernel import clock
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.rows import Bench, Present
from mlops_desk.kernel.words import _, language

FIRST_YEAR = 1970


class ReportMade(Fact, noun="report", known_by="file"):
    """A report was made and noted: who has the file can hold it against ``sha256``."""

    report: Annotated[str, About("Which report, such as kpi.")]
    format: Annotated[str, About("Its format.")]
    file: Annotated[str, About("Name of the file, without its folder.")]
    sha256: Annotated[str, About("sha256 of the file.")]
    size_bytes: Annotated[int, About("Size of the file.")]
    as_of: Annotated[date, About("The day it reports on.")]
    heads: Annotated[tuple[Head, ...], About("Last entry of each journal it was made from.")] = ()


class Finished(NamedTuple):
    """A report and the file it became."""

    report: Report
    made: Made
    file: str


class MakeReport(
    Act, noun="report", verb="kpi", command=("report", "kpi"), done="Wrote {output}.", does_without_entry=True
):
    """Make the KPI report as a file, as of today or of an earlier day."""

    output: Annotated[str, About("The file to write.", short="o", metavar="FILE")]
    format: Annotated[Format, About("PDF and HTML to read, XLSX to work on, CSV and JSON for programs.")] = "pdf"
    as_of: Annotated[
        date | None, About("The day to report on: only what was recorded by its end counts; else today.")
    ] = None
    part: Annotated[
        tuple[PartName, ...], About("A part of the report; again for more, in the order wished; else all.")
    ] = ()
    without: Annotated[tuple[PartName, ...], About("Leave this part out; what is not known always stays.")] = ()
    brief: Annotated[bool, About("One page: how it stands, what is not known, objectives, the worst KPIs.")] = False
    compare: Annotated[
        str, About("Hold the values against an earlier day: 2026-06-30, or 7d for seven days before.", metavar="DAY")
    ] = ""
    paper: Annotated[Paper, About("The paper of the PDF.")] = "a4"
    language: Annotated[
        str, About("The language of the report, such as de; else yours. `en` is always there.", metavar="CODE")
    ] = ""
    note_it: Annotated[bool, About("Note in the journal that the report was made, with its sha256.")] = False

    def prepare(self, bench: Bench) -> Finished:
        """Gather the report, make it in a child process, and put the file in its place."""
        path = destination.checked(self.output, self.format, get_args(Format))
        if self.note_it and not bench.here.member:
            raise DeskError(
                _("Only members can note in the journal that a report was made."),
                _("Without --note-it the report is written all the same."),
                code="REPORT-112",
            )
        day = self.as_of or clock.today()
        if day > clock.today():
            raise DeskError(
                _("{day} has not come yet.", day=day), _("A report is as of today or a day before."), code="REPORT-110"
            )
        if day.year < FIRST_YEAR:
            raise DeskError(_("Nothing was recorded before {year}.", year=FIRST_YEAR), code="REPORT-111")
        recipe = self.recipe(day)
        recipe.check(day)
        bench.progress(_("Gather"), 0, 0)
        made_at = clock.now().replace(microsecond=0)
        report = kpi_report(bench, day, made_at, recipe=recipe, is_for_paper=self.format in ON_PAPER)
        scratch = bench.scratch / f"report.{self.format}"
        job = ReportJob(report=report, format=self.format, path=str(scratch))
        made: Made = bench.work(make, job)
        destination.put(path, scratch)
        return Finished(report, made, path.name)

    def recipe(self, day: date) -> Recipe:
        """Return what the report of a day is to be made of."""
        compare = day_before(self.compare, day)
        return Recipe(
            parts=parts_of(self.part, self.without, is_brief=self.brief, compares=compare is not None),
            paper=self.paper,
            language=self.language or language(),
            compare=compare,
            is_brief=self.brief,
        )

    def changes(self, present: Present, prepared: Finished) -> Iterable[Change]:
        """Return the note of the report, if it was wished for."""
        if not self.note_it:
            return []
        fact = ReportMade(
            report=prepared.report.name,
            format=self.format,
            file=prepared.file,
            sha256=prepared.made.sha256,
            size_bytes=prepared.made.size_bytes,
            as_of=prepared.report.as_of,
            heads=prepared.report.heads,
        )
        return [present.fact(fact)]


class VerifyReport(Act, noun="report", verb="verify", done="The report holds.", does_without_entry=True):
    """Check a report's file: the entries it was made from are here, and its figures come out the same again."""

    file: Annotated[str, About("The file as the desk wrote it.", positional=True, metavar="FILE")]

    def prepare(self, bench: Bench) -> str:
        """Make the report again from what was known then, and compare; returns what was found."""
        from mlops_desk.areas.reports.check import check

        return check(bench, self.file).words

    def changes(self, present: Present, prepared: str) -> Iterable[Change]:  # noqa: ARG002
        """Return nothing: a question changes nothing."""
        return []

    def found(self, prepared: str) -> str:
        """Return what was found."""
        return prepared


ACTS = (MakeReport, VerifyReport)
