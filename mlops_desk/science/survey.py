"""One look at a file for the desk: profile, proposed classes and drift reference, each into its own file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from mlops_desk.kernel import wire
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.science.column_figures import ColumnProfile
from mlops_desk.science.describe import Profile, describe
from mlops_desk.science.pii import ClassProposal, propose_classes
from mlops_desk.science.reference import reference_summary
from mlops_desk.science.sources import Source, open_source, to_parquet

FIGURES, REFERENCE = "figures.json", "reference.json"


class SurveyJob(msgspec.Struct, frozen=True, kw_only=True):
    """The file to look at, and the folder for what holds values."""

    path: str
    folder: str


class SurveyedColumn(msgspec.Struct, frozen=True, kw_only=True):
    """What may be told of a column before its class is confirmed: counts, and the class proposed with its reason."""

    name: str
    kind: str
    missing: int
    disguised: int
    distinct: int
    proposed: str
    confidence: float
    reason: str


class Surveyed(msgspec.Struct, frozen=True, kw_only=True):
    """Counts, findings without values, and the names of the files with all figures (``Profile``) and the reference."""

    rows: int
    duplicates: int
    columns: tuple[SurveyedColumn, ...]
    findings: tuple[str, ...] = ()
    figures: str = FIGURES
    reference: str = REFERENCE


class ConvertJob(msgspec.Struct, frozen=True, kw_only=True):
    """A file to read, and where to write it as Parquet."""

    path: str
    target: str


def survey_file(job: SurveyJob, progress: Progress) -> Surveyed:
    """Profile a file, propose classes, and write figures and reference into the folder.

    Raises:
        DeskError: the file cannot be read as a table.
    """
    source = open_source(job.path, progress)
    profile = describe(source, progress)
    proposals = {each.column: each for each in propose_classes(source, profile, progress)}
    progress(_("Keep a reference for drift"), 0, 0)
    reference = reference_summary(source, progress)
    folder = Path(job.folder)
    (folder / FIGURES).write_bytes(msgspec.json.encode(profile))
    (folder / REFERENCE).write_bytes(msgspec.json.encode(reference))
    columns = tuple(_column(each, proposals[each.name]) for each in profile.columns)
    return Surveyed(rows=profile.rows, duplicates=profile.duplicate_rows, columns=columns, findings=profile.findings)


def convert_file(job: ConvertJob, progress: Progress) -> Source:
    """Write a table as Parquet, so that training reads one format; returns what the file was.

    Raises:
        DeskError: the file cannot be read as a table.
    """
    source = open_source(job.path, progress)
    progress(_("Read the rows"), 0, 0)
    to_parquet(source, job.target)
    return source


def tokens_of(figures: bytes) -> tuple[str, ...]:
    """Return the tokens that stand for no value, as a profile found them."""
    profile = wire.read(figures, Profile)
    return tuple(sorted({each.value for column in profile.columns for each in column.disguised}))


def _column(figures: ColumnProfile, proposal: ClassProposal) -> SurveyedColumn:
    return SurveyedColumn(
        name=figures.name,
        kind=figures.kind,
        missing=figures.missing,
        disguised=sum(each.count for each in figures.disguised),
        distinct=figures.distinct,
        proposed=proposal.proposed,
        confidence=proposal.confidence,
        reason=proposal.reason,
    )
