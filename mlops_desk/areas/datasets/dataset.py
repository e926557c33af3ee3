"""A dataset and its versions: a version is the content of one file, known by its sha256."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from mlops_desk.areas.datasets.witness import check_content, remember, witness_of
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.errors import DeskError, NotKnownHere
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.naming import check_text
from mlops_desk.kernel.record import About, Fact, Record, SelectsRows
from mlops_desk.kernel.rows import Bench, Present, Rows, grouped
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.science.sources import Source

Keep = Literal["reference", "object"]


class Dataset(Record, noun="dataset"):
    """A dataset: what its rows stand for, why it was gathered, and what it may be used for."""

    name: Annotated[str, About("Short name.")]
    row_means: Annotated[str, About("What one row stands for.")] = ""
    motivation: Annotated[str, About("Why the data was gathered and by whom.", long=True)] = ""
    owner: Annotated[str | None, About("The role that answers for it.", metavar="ROLE")] = None
    licence: Annotated[str, About("The right to use it: licence, contract or permission.")] = ""
    lawful_basis: Annotated[str, About("Lawful basis, for personal data.")] = ""
    purpose: Annotated[str, About("The purpose it may be used for.", long=True)] = ""
    not_for: Annotated[str, About("What it must not be used for.", long=True)] = ""
    gaps: Annotated[str, About("Known gaps and what is done about them, or “none found”.", long=True)] = ""
    keep_until: Annotated[date | None, About("Day after which it is deleted.")] = None
    use_case: Annotated[str | None, About("The use case it serves.", of="use-case")] = None

    def check_given(self, names: Iterable[str], today: date) -> None:
        """Refuse a day that is past as the end of keeping."""
        if "keep_until" in names and self.keep_until is not None and self.keep_until < today:
            raise DeskError(
                _("{day} is past, so the data cannot be kept until then.", day=self.keep_until.isoformat()),
                _("Give a day to come. Data whose day has come is deleted, then archived: `dataset archive NAME`."),
                code="DATA-107",
            )


class ColumnType(msgspec.Struct, frozen=True):
    """A column's name and its type as the store reads it."""

    name: str
    type: str


class DatasetVersion(Fact, noun="dataset-version", command="dataset", known_by="label"):
    """One content of a dataset: the bytes of a file, by their sha256."""

    dataset: Annotated[str, About("The dataset.", of="dataset")]
    number: Annotated[int, About("Its number; two made apart may share one.")]
    label: Annotated[str, About("Name and number, such as loans@2.")]
    sha256: Annotated[str, About("sha256 of the file.")]
    size_bytes: Annotated[int, About("Size of the file in bytes.")]
    rows: Annotated[int, About("Number of rows.")]
    columns: Annotated[tuple[ColumnType, ...], About("Columns with their types.")]
    format: Annotated[str, About("csv, tsv, parquet or json.")]
    keep: Annotated[Keep, About("Where the bytes are: a copy in the object store, or only a reference.")]
    file_name: Annotated[str, About("Name of the file without its folder.")] = ""

    @classmethod
    def named(cls, rows: SelectsRows, text: str) -> list[str]:
        """Return the version of NAME@N, or the newest of NAME."""
        name, _at, number = text.partition("@")
        query = """
            SELECT version.id FROM dataset_version AS version JOIN dataset ON dataset.id = version.dataset
            WHERE (dataset.name = ? OR dataset.id = ?) AND withdrawn = '' AND (? = '' OR CAST(number AS VARCHAR) = ?)
            ORDER BY version.recorded_at DESC, version.id"""
        found = [row[0] for row in rows.sql(query, name, name, number, number)]
        return found if number else found[:1]


def versions_of(rows: Rows, dataset: str) -> Sequence[DatasetVersion]:
    """Return the versions of a dataset, newest first."""
    return grouped(rows, DatasetVersion, "dataset", "recorded_at DESC, id").get(dataset, ())


class AddDataset(Act, noun="dataset", verb="add", done="Added {name}, version 1."):
    """Add a dataset from a CSV, TSV, Parquet or JSON file of any size."""

    file: Annotated[str, About("The file.", positional=True, metavar="FILE")]
    name: Annotated[str, About("Short name.")]
    keep: Annotated[Keep, About("object: keep a copy on this machine; reference: only know where it lies.")] = "object"
    row_means: Annotated[str, About("What one row stands for.")] = ""
    use_case: Annotated[str | None, About("The use case it serves.", of="use-case")] = None

    def prepare(self, bench: Bench) -> "tuple[Source, str]":
        """Check the file from its first byte to its last, and keep it."""
        self._check(bench)
        return opened(bench, self.file, self.keep)

    def _check(self, rows: Rows) -> None:
        check_text(self.name)
        if rows.find(Dataset, "name = ? AND NOT archived", self.name):
            raise DeskError(
                _("There is a dataset “{name}” already.", name=self.name),
                _("Add a version to it: `mlops-desk dataset version {name} FILE`.", name=self.name),
                code="DATA-101",
            )

    def changes(self, present: Present, prepared: "tuple[Source, str]") -> Iterable[Change]:
        """Return the dataset and its first version."""
        self._check(present)
        source, version_id = prepared
        dataset = Dataset(id=new_id(), name=self.name, row_means=self.row_means, use_case=self.use_case)
        version = _version(dataset, 1, source, version_id, self.keep)
        return [*present.add(dataset), present.fact(version)]


class AddVersion(Act, noun="dataset", verb="version", done="Added a version."):
    """Add a version to a dataset from a file."""

    dataset: Annotated[str, About("The dataset.", of="dataset", positional=True)]
    file: Annotated[str, About("The file.", positional=True, metavar="FILE")]
    keep: Annotated[Keep, About("object: keep a copy on this machine; reference: only know where it lies.")] = "object"

    def prepare(self, bench: Bench) -> "tuple[Source, str]":
        """Check the file from its first byte to its last, and keep it."""
        return opened(bench, self.file, self.keep, dataset=self.dataset)

    def changes(self, present: Present, prepared: "tuple[Source, str]") -> Iterable[Change]:
        """Return the version; the same content twice is no new version."""
        dataset = present.get(Dataset, self.dataset)
        source, version_id = prepared
        known = present.find(DatasetVersion, "dataset = ?", dataset.id)
        _check_is_new(known, source)
        number = max((each.number for each in known), default=0) + 1
        return [present.fact(_version(dataset, number, source, version_id, self.keep))]

    def outcome(self, rows: Rows) -> str:
        """Return what was made: label, rows, and how its columns differ from those of the version before."""
        from mlops_desk.areas.datasets.schema import differences, types_of, version_before

        made = newest(rows, self.dataset)
        before = version_before(rows, made)
        changed = differences(types_of(before), types_of(made)) if before else ""
        count = plural("{n} row", "{n} rows", made.rows)
        if changed:
            return _("{label}: {rows}. Columns: {changed}.", label=made.label, rows=count, changed=changed)
        return _("{label}: {rows}, the columns are as before.", label=made.label, rows=count)


class LocateVersion(Act, noun="dataset", verb="locate", done="Found."):
    """Say where this machine keeps the file of a version; the path is never shared."""

    version: Annotated[str, About("The version, such as loans@2.", of="dataset-version", positional=True)]
    file: Annotated[str, About("The file.", positional=True, metavar="FILE")]

    def prepare(self, bench: Bench) -> None:
        """Check that the file is that version, and remember it on this machine."""
        from mlops_desk.science.sources import OpenJob, open_file

        version, path = bench.get(DatasetVersion, self.version), Path(self.file).expanduser().resolve()
        seen = witness_of(path)
        source: Source = bench.work(open_file, OpenJob(path=str(path)))
        if source.sha256 != version.sha256:
            raise DeskError(
                _("{file} is not {label}: the content differs.", file=self.file, label=version.label),
                _("If the content is new, add it as a version."),
                code="DATA-103",
            )
        remember(bench, version.id, path, seen)

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return nothing: a path is a setting of this machine."""
        return []


def _check_is_new(known: Iterable[DatasetVersion], source: "Source") -> None:
    same = [each for each in known if each.sha256 == source.sha256]
    if same:
        raise DeskError(
            _("This file is {label} already: the content is the same.", label=same[0].label),
            _("Nothing was added."),
            code="DATA-102",
        )


def opened(bench: Bench, file: str, keep: Keep, *, dataset: str = "") -> "tuple[Source, str]":
    """Return the checked file and the id its version will have; its place is remembered on this machine."""
    from mlops_desk.science.sources import OpenJob, open_file

    path = Path(file).expanduser().resolve()
    seen = witness_of(path)
    source: Source = bench.work(open_file, OpenJob(path=str(path)))
    _check_is_new(bench.find(DatasetVersion, "dataset = ?", dataset), source)
    version_id = bench.here.new_id()
    if keep == "object":
        bench.progress(_("Keeping a copy"), 0, 0)
        digest = bench.store.put_file(path)
        if digest != source.sha256:
            raise DeskError(
                _("The file changed while it was read: {file}", file=file),
                _("Nothing was added. Try again when it is still."),
                code="DATA-104",
            )
    else:
        remember(bench, version_id, path, seen)
    return source, version_id


def _version(dataset: Dataset, number: int, source: "Source", version_id: str, keep: Keep) -> DatasetVersion:
    return DatasetVersion(
        id=version_id,
        dataset=dataset.id,
        number=number,
        label=f"{dataset.name}@{number}",
        sha256=source.sha256,
        size_bytes=source.size_bytes,
        rows=source.rows,
        columns=tuple(ColumnType(each.name, each.type) for each in source.columns),
        format=source.format,
        keep=keep,
        file_name=Path(source.path).name,
    )


def path_of(bench: Bench, version: DatasetVersion) -> Path:
    """Return where the bytes of a version lie on this machine; after the work, see :func:`check_still`.

    Raises:
        DeskError: they are on another machine, or the file moved or changed.
    """
    if bench.store.has(version.sha256):
        return _with_suffix(bench, version)
    found = bench.recall(version.id)
    if found is None or not found.exists():
        if version.keep == "object":
            return _with_suffix(bench, version)  # fetched, or refused with whose machine has it
        raise DeskError(
            _(
                "{label} needs the file {name}, which is not on this machine.",
                label=version.label,
                name=version.file_name,
            ),
            _("Get it, then say where it is: `mlops-desk dataset locate {label} FILE`.", label=version.label),
            code="DATA-210",
        )
    check_content(bench, version, found)
    return found


def _with_suffix(bench: Bench, version: DatasetVersion) -> Path:
    """Return the object under a name whose ending tells its format, which readers go by."""
    link = bench.scratch / f"{version.sha256[:16]}.{version.format}"
    if not link.exists():
        source = bench.store.path(version.sha256)
        try:
            link.hardlink_to(source)
        except OSError:
            link.symlink_to(source)
    return link


def newest(rows: Rows, dataset: str) -> DatasetVersion:
    """Return the newest version of a dataset.

    Raises:
        NotKnownHere: it has none.
    """
    found = rows.find(DatasetVersion, "dataset = ?", dataset, order="recorded_at DESC, id")
    if not found:
        raise NotKnownHere(
            _("The dataset has no version yet."), _("Add one: `dataset version NAME FILE`."), code="DATA-105"
        )
    return found[0]


_ADD, *_REST = acts_of(Dataset, title="dataset")
ACTS = (AddDataset, AddVersion, LocateVersion, *_REST)
