"""The computed checks on data: classes, schema, rules, parts, scans, keeping, origin and age."""

from __future__ import annotations

from datetime import date, timedelta

from mlops_desk.areas.datasets.column import columns_said
from mlops_desk.areas.datasets.dataset import Dataset, DatasetVersion
from mlops_desk.areas.datasets.queries import confirmed_classes, profile_of
from mlops_desk.areas.datasets.schema import differences, types_of, version_before
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.governance.linked import Arguments, linked, unlinked
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import Verdict, failed, not_known, passed
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _, plural

REVIEW_DAYS = 90


def columns_covered(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K07: the share of columns that have ``attribute`` (``security`` or ``meaning``) is at least ``share``."""
    version: DatasetVersion | None = linked(rows, subject, "dataset-version")
    if version is None:
        return unlinked("dataset-version")
    said = columns_said(rows, version.dataset)
    missing = [each.name for each in version.columns if not getattr(said.get(each.name), args["attribute"], None)]
    share = 1 - len(missing) / len(version.columns)
    text = _("missing: {names}", names=", ".join(missing[:8]))
    if share >= float(args["share"]):
        return passed("", f"{share:.0%}", f"{float(args['share']):.0%}")
    return failed(text, f"{share:.0%}", f"{float(args['share']):.0%}")


def same(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K08: two schemas or transforms are equal. ``what`` is ``columns`` or ``transform``; the difference is named."""
    version: DatasetVersion | None = linked(rows, subject, "dataset-version")
    if version is None:
        return unlinked("dataset-version")
    return _same_columns(rows, version) if args["what"] == "columns" else _same_transform(rows, version)


def _same_columns(rows: Rows, version: DatasetVersion) -> Verdict:
    before = version_before(rows, version)
    if before is None:
        return not_known(_("{label} is the first version: there is no other to check it against", label=version.label))
    found = differences(types_of(before), types_of(version))
    if found:
        return failed(_("against {label}: {differences}", label=before.label, differences=found))
    return passed(_("the columns are those of {label}", label=before.label))


def _same_transform(rows: Rows, version: DatasetVersion) -> Verdict:
    """Compare what training wrote with what serves: a model file carries the preparation of its inputs."""
    runs = {each.id: each for each in rows.find(Run, "version = ?", version.id)}
    models = [each for each in rows.find(ModelVersion) if each.run in runs]
    if not models:
        return not_known(_("no model version was made from {label} yet", label=version.label))
    other = [each.label for each in models if each.sha256 != runs[each.run].model.sha256]
    if other:
        return failed(_("not the file that its training wrote: {names}", names=", ".join(other)))
    names = ", ".join(each.label for each in models)
    return passed(_("{names}: training wrote the file that serves, with the preparation in it", names=names))


def rules_pass(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K09: quality rules of a version. None are recorded yet, so nothing passes; the schema (K08) is told."""
    version: DatasetVersion | None = linked(rows, subject, "dataset-version")
    if version is None:
        return unlinked("dataset-version")
    columns = _same_columns(rows, version).state.reason
    return not_known(_("no quality rule is recorded; {columns}", columns=columns))


def split_disjoint(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K10: training and test rows are apart in every run on this version."""
    run: Run | None = linked(rows, subject, "run")
    version = subject.other("dataset-version")
    runs = [run] if run else rows.find(Run, "version = ?", version)
    if not runs:
        return not_known(_("no run has split this version yet"))
    mixed = [each.label for each in runs if not each.is_disjoint]
    return failed(", ".join(mixed)) if mixed else passed(runs[-1].split)


def pii_scan(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K20: the detectors ran on this version, and every column has a class that a person confirmed."""
    version: DatasetVersion | None = linked(rows, subject, "dataset-version")
    if version is None:
        return unlinked("dataset-version")
    if profile_of(rows, version.id) is None:
        return failed(_("this version was not scanned"))
    unsettled = [name for name, security in confirmed_classes(rows, version).items() if security is None]
    return failed(_("not settled: {names}", names=", ".join(unsettled[:8]))) if unsettled else passed()


def retention(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K21: an end date is set and lies ahead. That a job deletes the data is not recorded, so a pass is never given."""
    dataset: Dataset | None = linked(rows, subject, "dataset")
    if dataset is None:
        return unlinked("dataset")
    if dataset.keep_until is None:
        return failed(_("no end date"))
    if dataset.keep_until < day:
        return failed(_("kept beyond {day}", day=dataset.keep_until))
    return not_known(_("kept until {day}; no deletion job is recorded", day=dataset.keep_until))


def lineage(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:  # noqa: ARG001
    """K22: the hash of every step from the model back to its data is recorded."""
    run: Run | None = linked(rows, subject, "run")
    version: DatasetVersion | None = linked(rows, subject, "dataset-version")
    if version is None:
        return unlinked("dataset-version")
    if run is not None and run.data_sha256 != version.sha256:
        return failed(_("the run was given other data than {label}", label=version.label))
    return passed(_("{label} by its sha256", label=version.label))


def age_within(rows: Rows, subject: Subject, args: Arguments, day: date) -> Verdict:
    """K05: the data of a run is young enough, ``days`` at most."""
    version: DatasetVersion | None = linked(rows, subject, "dataset-version")
    if version is None or version.recorded_at is None:
        return unlinked("dataset-version")
    age = day - version.recorded_at.date()
    limit = timedelta(days=int(args.get("days", REVIEW_DAYS)))
    text = plural("{n} day", "{n} days", age.days)
    return passed("", text) if age <= limit else failed("", text)


CHECKS = {
    "K05": age_within,
    "K07": columns_covered,
    "K08": same,
    "K09": rules_pass,
    "K10": split_disjoint,
    "K20": pii_scan,
    "K21": retention,
    "K22": lineage,
}
