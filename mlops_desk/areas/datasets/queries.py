"""Questions about datasets: versions, profiles, classes, and what is unfinished."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from mlops_desk.areas.datasets.column import (
    CLASSES,
    OPEN,
    Column,
    SecurityClass,
    class_of,
    classes_of,
    column_id,
    columns_said,
)
from mlops_desk.areas.datasets.dataset import Dataset, DatasetVersion, versions_of
from mlops_desk.areas.datasets.profile import ColumnCount, Profile
from mlops_desk.areas.datasets.sending import sending_words
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.area import Mark, Need, ObjectUse, Span
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.masked import Masked
from mlops_desk.kernel.record import own_fields
from mlops_desk.kernel.rows import Rows, grouped
from mlops_desk.kernel.state import State, badness
from mlops_desk.kernel.subject import Subject, cover_hash
from mlops_desk.kernel.words import _, plural


class DatasetRow(msgspec.Struct, frozen=True):
    """A dataset with its newest version."""

    id: str
    name: str
    state: State
    security: str
    version: str
    rows: int | None
    columns: int | None
    missing: float | None
    duplicates: int | None
    changed: datetime | None


class VersionRow(msgspec.Struct, frozen=True):
    """A version for tables."""

    id: str
    label: str
    rows: int
    columns: int
    size_mb: float
    keep: str
    sha256: str
    added: datetime | None
    who: str
    state: State


class ColumnRow(msgspec.Struct, frozen=True):
    """A column of the newest version with its counts and class."""

    id: str
    dataset: str
    name: str
    type: str
    kind: str
    security: str
    proposed: str
    state: State
    missing: int | None
    disguised: int | None
    distinct: int | None
    meaning: str
    reason: str
    dataset_id: str = ""
    values: str | Masked | None = None

    @property
    def details(self) -> Sequence[Detail]:
        """What its page shows, also before anybody has said anything about it."""
        from mlops_desk.areas.datasets.values import details_of

        return details_of(self)


def profile_of(rows: Rows, version: str) -> Profile | None:
    """Return the newest profile of a version, if there is one."""
    found = grouped(rows, Profile, "version", "recorded_at DESC, id").get(version, ())
    return found[0] if found else None


def datasets(rows: Rows) -> list[DatasetRow]:
    """Return the datasets, those that need somebody first."""
    found = [_dataset_row(rows, each) for each in rows.find(Dataset, "NOT archived")]
    return sorted(found, key=lambda each: (-badness(each.state), each.name))


def _dataset_row(rows: Rows, dataset: Dataset) -> DatasetRow:
    versions = versions_of(rows, dataset.id)
    newest = versions[0] if versions else None
    profile = profile_of(rows, newest.id) if newest else None
    security, unclassed = class_of(rows, dataset)
    cells = profile.rows * len(profile.columns) if profile else 0
    return DatasetRow(
        id=dataset.id,
        name=dataset.name,
        state=_state(newest, profile, unclassed),
        security=security,
        version=newest.label if newest else "",
        rows=newest.rows if newest else None,
        columns=len(newest.columns) if newest else None,
        missing=100 * profile.missing_cells / cells if profile and cells else None,
        duplicates=profile.duplicates if profile else None,
        changed=newest.recorded_at if newest else dataset.changed_at,
    )


def _state(version: DatasetVersion | None, profile: Profile | None, unclassed: int) -> State:
    if version is None:
        return State("unknown", _("No version"))
    if profile is None:
        return State("unknown", _("Not profiled"))
    if unclassed:
        return State("warn", plural("{n} column without class", "{n} columns without class", unclassed))
    return State("ok", _("Classed"))


def versions(rows: Rows) -> list[VersionRow]:
    """Return all versions, newest first."""
    who = names(rows)
    profiled = {each.version for each in rows.find(Profile)}
    return [
        VersionRow(
            each.id,
            each.label,
            each.rows,
            len(each.columns),
            each.size_bytes / 1e6,
            each.keep,
            each.sha256,
            each.recorded_at,
            who.get(each.recorded_by, ""),
            State("ok", _("Profiled")) if each.id in profiled else State("unknown", _("Not profiled")),
        )
        for each in rows.find(DatasetVersion, order="recorded_at DESC, id")
    ]


def columns(rows: Rows) -> list[ColumnRow]:
    """Return the columns of the newest version of every dataset, strictest first."""
    return columns_sorted(row for dataset in rows.find(Dataset, "NOT archived") for row in columns_of(rows, dataset))


def columns_sorted(found: Iterable[ColumnRow]) -> list[ColumnRow]:
    """Return columns by dataset, strictest first."""
    return sorted(found, key=lambda each: (each.dataset, -_strictness(each.security or each.proposed), each.name))


def _strictness(security: str) -> int:
    return CLASSES.index(security) if security in CLASSES else len(CLASSES)


def columns_of(rows: Rows, dataset: Dataset) -> list[ColumnRow]:
    """Return the columns of the newest version of a dataset."""
    versions = versions_of(rows, dataset.id)
    if not versions:
        return []
    profile = profile_of(rows, versions[0].id)
    counts = {each.name: each for each in profile.columns} if profile else {}
    said = columns_said(rows, dataset.id)
    return [
        _column_row(dataset, each.name, each.type, counts.get(each.name), said.get(each.name))
        for each in versions[0].columns
    ]


def _column_row(dataset: Dataset, name: str, kind: str, count: ColumnCount | None, said: Column | None) -> ColumnRow:
    security = said.security if said and said.security else ""
    if security:
        state = State("ok", _("Confirmed"))
    elif count:
        state = State("warn", _("Proposed"), count.reason)
    else:
        state = State("unknown", _("No class"))
    return ColumnRow(
        id=column_id(dataset.id, name),
        dataset=dataset.name,
        name=name,
        type=kind,
        kind=count.kind if count else "",
        security=security,
        proposed=count.proposed if count else "",
        state=state,
        missing=count.missing if count else None,
        disguised=count.disguised if count else None,
        distinct=count.distinct if count else None,
        meaning=said.meaning if said else "",
        reason=said.reason if said and said.security else (count.reason if count else ""),
        dataset_id=dataset.id,
    )


def details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a dataset shows."""
    dataset = rows.get(Dataset, id_)
    row = _dataset_row(rows, dataset)
    security, unclassed = class_of(rows, dataset)
    newest = versions_of(rows, id_)[:1]
    profile = profile_of(rows, newest[0].id) if newest else None
    return (
        Detail(_("State"), row.state, "state"),
        Detail(_("Class"), security, "class"),
        Detail(_("Columns without class"), unclassed, "whole"),
        Detail(_("May leave this machine"), sending_words(rows, dataset)),
        Detail(_("Newest version"), row.version),
        Detail(_("Rows"), row.rows, "whole"),
        Detail(_("Columns"), row.columns, "whole"),
        Detail(_("Exact duplicates"), row.duplicates, "whole"),
        Detail(_("Empty cells"), "" if row.missing is None else f"{row.missing:.3g} %"),
        *(Detail(_("Look at"), each) for each in (profile.findings if profile else ())),
        Detail(_("One row stands for"), dataset.row_means),
        Detail(_("Why gathered"), dataset.motivation),
        Detail(_("Licence"), dataset.licence),
        Detail(_("Not for"), dataset.not_for),
        Detail(_("Keep until"), dataset.keep_until, "day"),
    )


def confirmed_classes(rows: Rows, version: DatasetVersion) -> dict[str, SecurityClass | None]:
    """Return the class of each column of a version; None where no person has confirmed one."""
    said = classes_of(rows, version.dataset)
    return {each.name: said.get(each.name) for each in version.columns}


def may_be_shared(rows: Rows, version: DatasetVersion) -> bool:
    """Tell whether every column is confirmed to be public or confidential."""
    return bool(version.columns) and open_columns(rows, version) == {each.name for each in version.columns}


def open_columns(rows: Rows, version: DatasetVersion) -> frozenset[str]:
    """Return the columns whose values may leave this machine: confirmed to be public or confidential."""
    return frozenset(name for name, each in confirmed_classes(rows, version).items() if each in OPEN)


def subject(rows: Rows, id_: str) -> Subject:
    """Return what a signature over a dataset version covers: bytes, columns, classes, and what is said of the set."""
    version = rows.get(DatasetVersion, id_)
    dataset = rows.get(Dataset, version.dataset)
    classes = sorted(confirmed_classes(rows, version).items())
    said = [(each.name, getattr(dataset, each.name)) for each in own_fields(Dataset) if each.name != "archived"]
    covers = [("id", id_), ("sha256", version.sha256), ("columns", version.columns), ("classes", classes), *said]
    unsettled = (each.name for each in columns_said(rows, dataset.id).values() if "security" in each.contested)
    return Subject(
        noun=DatasetVersion.noun,
        id=id_,
        label=version.label,
        hash=cover_hash(covers),
        contested=(*dataset.contested, *sorted(unsettled)),
        authors=frozenset({version.recorded_by}),
        related=(
            (DatasetVersion.noun, id_),
            (Dataset.noun, dataset.id),
            *((("use-case", dataset.use_case),) if dataset.use_case else ()),
        ),
    )


def stage(rows: Rows) -> State:
    """Return how the data stands, for the stage strip and the state line."""
    found = datasets(rows)
    if not found:
        return State("unknown", _("No data yet"))
    worst = max(found, key=lambda each: badness(each.state))
    if worst.state.level == "ok":
        return State("ok", plural("{n} dataset, classed", "{n} datasets, all classed", len(found)))
    return State(worst.state.level, f"{worst.name}: {worst.state.word}")


def needs(rows: Rows) -> list[Need]:
    """Return the datasets whose columns wait for a class."""
    return [
        Need(
            _("{name}: {state}.", name=each.name, state=each.state.word),
            "dataset",
            each.id,
            each.state,
            ("data-engineer",),
            settle="dataset columns",
        )
        for each in datasets(rows)
        if each.state.level in ("warn", "unknown")
    ]


def marks(rows: Rows, span: Span) -> list[Mark]:
    """Return when, in a span, versions came."""
    return [
        Mark(each.recorded_at, _("data {label} came", label=each.label), "dataset-version", each.id)
        for each in rows.find(DatasetVersion, *span.within)
        if each.recorded_at
    ]


def objects(rows: Rows) -> list[ObjectUse]:
    """Return the objects that versions and profiles name."""
    versions = {each.id: each for each in rows.find(DatasetVersion)}
    sets = {each.id: each.name for each in rows.find(Dataset)}
    called = {each.id: (each.label, each.id, each.dataset, sets.get(each.dataset, "")) for each in versions.values()}
    found = [
        ObjectUse(
            each.sha256,
            _("the data of {label}", label=each.label),
            DatasetVersion.noun,
            each.id,
            (each.id,),
            each.recorded_by,
            is_kept=each.keep == "object",
            names=called[each.id],
            size_bytes=each.size_bytes,
        )
        for each in versions.values()
    ]
    for profile in rows.find(Profile):
        label = versions[profile.version].label if profile.version in versions else profile.version
        named = (
            (profile.figures, _("the figures of the profile of {label}", label=label)),
            (profile.reference, _("what drift of {label} is measured against", label=label)),
        )
        found += [
            ObjectUse(
                digest,
                what,
                Profile.noun,
                profile.id,
                (profile.version,),
                profile.recorded_by,
                names=(*called.get(profile.version, (label,)), profile.id),
            )
            for digest, what in named
        ]
    return found
