"""A column: its security class, confirmed by a person, its meaning and unit."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, Any, Literal

from mlops_desk.areas.datasets.dataset import Dataset, newest, versions_of
from mlops_desk.areas.datasets.profile import Profile
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import base32
from mlops_desk.kernel.record import About, Record
from mlops_desk.kernel.roles import WRITING_SLUGS
from mlops_desk.kernel.rows import Present, Rows, grouped
from mlops_desk.kernel.words import _

SecurityClass = Literal["public", "confidential", "sensitive", "pii"]
CLASSES: tuple[SecurityClass, ...] = ("public", "confidential", "sensitive", "pii")
OPEN: frozenset[SecurityClass | None] = frozenset({"public", "confidential"})  # values may enter the shared folder
MAY_LOWER = frozenset({"data-engineer", "ai-ethics", "owner"})


class Column(Record, noun="column"):
    """What people have said of one column of a dataset; its class fails safe.

    An owner may class a column, and write nothing else of it.
    """

    dataset: Annotated[str, About("The dataset.", of="dataset", writers=WRITING_SLUGS)]
    name: Annotated[str, About("Name of the column.", writers=WRITING_SLUGS)]
    security: Annotated[
        SecurityClass | None,
        About("Security class.", writers=WRITING_SLUGS, merge="strictest", order=CLASSES, lowered_by=MAY_LOWER),
    ] = None
    reason: Annotated[str, About("Why this class.", writers=WRITING_SLUGS)] = ""
    meaning: Annotated[str, About("What it means.")] = ""
    unit: Annotated[str, About("Unit of its values.")] = ""


def column_id(dataset: str, name: str) -> str:
    """Return the id of a column, the same wherever it is spoken of first."""
    return base32(sha256(f"{dataset}\n{name}".encode()).digest()[:16])


class Classify(Act, noun="dataset", verb="classify", done="{column} is {security} now."):
    """Confirm or change the security class of a column."""

    dataset: Annotated[str, About("The dataset.", of="dataset", positional=True)]
    column: Annotated[str, About("The column.", positional=True)]
    security: Annotated[SecurityClass, About("public, confidential, sensitive or pii.", positional=True)]
    reason: Annotated[str, About("Why.")] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the class; lowering one needs a data engineer, AI ethics or an owner."""
        _check_column(present, self.dataset, self.column)
        return say(present, self.dataset, self.column, security=self.security, reason=self.reason or _("set by hand"))


class ConfirmClasses(Act, noun="dataset", verb="confirm", done="Classes confirmed."):
    """Confirm the proposed class of every column that has none yet."""

    dataset: Annotated[str, About("The dataset.", of="dataset", positional=True)]

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the classes as the newest profile proposes them."""
        version = newest(present, self.dataset)
        profiles = present.find(Profile, "version = ?", version.id, order="recorded_at DESC")
        if not profiles:
            raise DeskError(
                _("{label} has no profile yet, so no class is proposed.", label=version.label),
                _("Make one: `mlops-desk dataset profile {label}`.", label=version.label),
                code="DATA-110",
            )
        settled = classes_of(present, self.dataset)
        found: list[Change] = []
        for each in profiles[0].columns:
            if each.name not in settled:
                found += say(present, self.dataset, each.name, security=each.proposed, reason=each.reason)
        return found


class Describe(Act, noun="dataset", verb="describe", done="{column} is described."):
    """Say what a column means, and in which unit."""

    dataset: Annotated[str, About("The dataset.", of="dataset", positional=True)]
    column: Annotated[str, About("The column.", positional=True)]
    meaning: Annotated[str, About("What it means.")]
    unit: Annotated[str | None, About("Unit of its values; left as it is unless given.")] = None

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the meaning, and the unit if one is given."""
        _check_column(present, self.dataset, self.column)
        unit = {} if self.unit is None else {"unit": self.unit}
        return say(present, self.dataset, self.column, meaning=self.meaning, **unit)


def say(present: Present, dataset: str, name: str, **values: Any) -> list[Change]:
    """Return the changes that say something of a column, spoken of before or not."""
    id_ = column_id(dataset, name)
    known = present.find(Column, "id = ?", id_)
    if not known:
        born = present.add(Column(id=id_, dataset=dataset, name=name, **values))
        return [each for each in born if each.field in {"dataset", "name", *values}]
    lower = values.get("security")
    before = known[0].security
    if lower and before and CLASSES.index(lower) < CLASSES.index(before) and present.acting not in MAY_LOWER:
        raise DeskError(
            _(
                "Lowering {name} from {before} to {after} needs a data engineer, AI ethics or an owner.",
                name=name,
                before=before,
                after=lower,
            ),
            _("Act in such a role with --as, or ask somebody who holds it."),
            code="DATA-120",
        )
    return present.set(known[0], **values)


def _check_column(present: Present, dataset: str, name: str) -> None:
    version = newest(present, dataset)
    names = [each.name for each in version.columns]
    if name not in names:
        raise DeskError(
            _("{label} has no column “{name}”.", label=version.label, name=name),
            _("Columns: {names}.", names=", ".join(names[:30])),
            code="DATA-207",
        )


def columns_said(rows: Rows, dataset: str) -> dict[str, Column]:
    """Return what was said of each column of a dataset, by name.

    A column has one record, whose id follows from its name; another one, written past the acts to speak milder
    of the same column, does not count.
    """
    by_dataset = grouped(rows, Column, "dataset", "created_at, id")
    return {each.name: each for each in by_dataset.get(dataset, ()) if each.id == column_id(dataset, each.name)}


def classes_of(rows: Rows, dataset: str) -> dict[str, SecurityClass]:
    """Return the confirmed class of each column; a column without one is missing here and counts as PII."""
    found = columns_said(rows, dataset)
    return {name: each.security for name, each in found.items() if each.security is not None}


def class_of(rows: Rows, dataset: Dataset) -> tuple[SecurityClass, int]:
    """Return the class of a dataset, as strict as its strictest column, and how many columns have none yet."""
    confirmed = classes_of(rows, dataset.id)
    versions = versions_of(rows, dataset.id)
    names = [each.name for each in versions[0].columns] if versions else []
    missing = sum(name not in confirmed for name in names)
    strictest = max((CLASSES.index(confirmed[name]) for name in names if name in confirmed), default=0)
    return ("pii" if missing or not names else CLASSES[strictest]), missing


ACTS = (Classify, ConfirmClasses, Describe)
