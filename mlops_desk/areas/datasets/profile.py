"""A profile: what a version holds, counted; figures with values stay on the machine until classes are confirmed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import msgspec

from mlops_desk.areas.datasets.dataset import DatasetVersion, path_of
from mlops_desk.areas.datasets.witness import check_still
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.rows import Bench, Present

if TYPE_CHECKING:
    from mlops_desk.science.survey import Surveyed


class ColumnCount(msgspec.Struct, frozen=True):
    """What may be shared of a column before its class is confirmed: counts, and the class proposed."""

    name: str
    kind: str
    missing: int
    disguised: int
    distinct: int
    proposed: str
    confidence: float
    reason: str


class Profile(Fact, noun="profile", command="dataset", known_by="id"):
    """A profile of one version. ``figures`` names the object with values, ``reference`` the summary for drift."""

    version: Annotated[str, About("The version.", of="dataset-version")]
    rows: Annotated[int, About("Number of rows.")]
    duplicates: Annotated[int, About("Rows that repeat another row exactly.")]
    missing_cells: Annotated[int, About("Empty cells, disguised ones included.")]
    columns: Annotated[tuple[ColumnCount, ...], About("Counts of each column.")]
    figures: Annotated[str, About("sha256 of the object with all figures.")]
    reference: Annotated[str, About("sha256 of the summary that drift is measured against.")]
    findings: Annotated[tuple[str, ...], About("What is unclear in the file, without values.")] = ()


class ProfileVersion(Act, noun="dataset", verb="profile", done="Profiled."):
    """Count what a version holds: types, missing and disguised values, ranges, duplicates, personal data."""

    version: Annotated[
        str, About("The version, such as loans@2; NAME alone is the newest.", of="dataset-version", positional=True)
    ]

    def prepare(self, bench: Bench) -> "tuple[Surveyed, str, str]":
        """Survey the file in a child process and keep the figures on this machine."""
        from mlops_desk.areas.datasets.sharing import share_what_may_be
        from mlops_desk.science.survey import SurveyJob, survey_file

        version = bench.get(DatasetVersion, self.version)
        job = SurveyJob(path=str(path_of(bench, version)), folder=str(bench.scratch))
        found: Surveyed = bench.work(survey_file, job)
        check_still(bench, version)
        figures = bench.store.put_file(bench.scratch / found.figures)
        reference = bench.store.put_file(bench.scratch / found.reference)
        share_what_may_be(bench, version, figures, reference)
        return found, figures, reference

    def changes(self, present: Present, prepared: "tuple[Surveyed, str, str]") -> Iterable[Change]:
        """Return the profile: counts only."""
        found, figures, reference = prepared
        columns = tuple(
            ColumnCount(
                each.name,
                each.kind,
                each.missing,
                each.disguised,
                each.distinct,
                each.proposed,
                each.confidence,
                each.reason,
            )
            for each in found.columns
        )
        missing = sum(each.missing + each.disguised for each in found.columns)
        profile = Profile(
            version=self.version,
            rows=found.rows,
            duplicates=found.duplicates,
            missing_cells=missing,
            columns=columns,
            figures=figures,
            reference=reference,
            findings=found.findings,
        )
        return [present.fact(profile)]


ACTS = (ProfileVersion,)
