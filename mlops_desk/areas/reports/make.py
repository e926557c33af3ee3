"""Making a report's file, in a child process: a format chosen, bytes written to a scratch place."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Literal

import msgspec

from mlops_desk.areas.reports.content import Report
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import speaking

Format = Literal["pdf", "html", "xlsx", "csv", "json", "md"]
ON_PAPER: frozenset[Format] = frozenset({"pdf", "html", "md"})


class ReportJob(msgspec.Struct, frozen=True, kw_only=True):
    """A report to be made in a format, and the scratch file it goes to."""

    report: Report
    format: Format
    path: str


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The file that was made."""

    sha256: str
    size_bytes: int


def make(job: ReportJob, progress: Progress) -> Made:
    """Write the report in its format to the scratch file."""
    made = rendered(job.report, job.format, progress)
    Path(job.path).write_bytes(made)
    return Made(sha256=sha256(made).hexdigest(), size_bytes=len(made))


def rendered(report: Report, format_: Format, progress: Progress = silent) -> bytes:
    """Return the report in a format and in its language; equal reports give equal bytes."""
    with speaking(report.recipe.language):
        return _rendered(report, format_, progress)


def _rendered(report: Report, format_: Format, progress: Progress) -> bytes:
    if format_ == "pdf":
        from mlops_desk.areas.reports.paper import paper

        return paper(report, progress)
    if format_ == "html":
        from mlops_desk.areas.reports.page import page

        return page(report, progress)
    if format_ == "xlsx":
        from mlops_desk.areas.reports.workbook import workbook

        return workbook(report)
    if format_ == "csv":
        from mlops_desk.areas.reports.readings import readings

        return readings(report)
    if format_ == "md":
        from mlops_desk.areas.reports.markdown import markdown

        return markdown(report)
    from mlops_desk.areas.reports.document import document

    return document(report)
