"""Check-ins from a file: all of its rows or only the good ones, each once however often the file is imported."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, NamedTuple

from mlops_desk.areas.goals.kpi import CheckIn, Kpi
from mlops_desk.kernel import clock
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About
from mlops_desk.kernel.rows import Bench, Present, Rows
from mlops_desk.kernel.words import _, plural

if TYPE_CHECKING:
    from mlops_desk.science.check_in_file import BadRow, ImportFile, ImportRow

MAX_BAD_SHOWN = 10
MAX_NEW = 400  # rows that one entry takes; its line has a bound
MAX_NEW_CHARS = 150_000
_ROW_CHARS = 250


class Planned(NamedTuple):
    """What an import does: the rows to record with the id of their KPI, and what is left."""

    sha256: str
    rows: "tuple[tuple[str, ImportRow], ...]"
    known: int
    left: int
    bad: "tuple[BadRow, ...]"


class ImportCheckIns(Act, noun="kpi", verb="import"):
    """Record the values of a CSV or XLSX file, a row each; what is recorded already is left out."""

    file: Annotated[str, About("The file.", positional=True, metavar="FILE")]
    kpi: Annotated[str | None, About("The KPI that all rows are of; else a column names it.", of="kpi")] = None
    day_column: Annotated[str, About("Title of the column with the day; else as last time, or “day”.")] = ""
    value_column: Annotated[str, About("Title of the column with the value; else as last time, or “value”.")] = ""
    kpi_column: Annotated[str, About("Title of the column with the KPI's name; else as last time, or “kpi”.")] = ""
    note_column: Annotated[str, About("Title of the column with a note; else as last time, or “note”.")] = ""
    only_good: Annotated[bool, About("Take the good rows although others are bad; else all or none.")] = False

    def prepare(self, bench: Bench) -> Planned:
        """Read the file in a child process, and remember on this machine which columns were read."""
        from mlops_desk.science.check_in_file import Columns, ImportJob, read_check_ins

        said = Columns(day=self.day_column, value=self.value_column, kpi=self.kpi_column, note=self.note_column)
        remembered = {key: Columns(**each) for key, each in bench.here.import_columns.items()}
        found: ImportFile = bench.work(read_check_ins, ImportJob(path=self.file, said=said, remembered=remembered))
        planned = plan(bench, found, self.kpi or "")
        if planned.bad and not self.only_good:
            raise _refused(planned, len(found.rows) + len(found.bad))
        columns = {name: getattr(found.columns, name) for name in ("day", "value", "kpi", "note")}
        bench.here.remember_columns(found.titles, columns)
        return planned

    def changes(self, present: Present, prepared: Planned) -> Iterable[Change]:
        """Return the check-ins that nobody recorded meanwhile."""
        known = _known(present)
        return [
            present.fact(
                CheckIn(kpi=kpi, value=row.value, on=row.on, note=row.note, source="file", data=prepared.sha256)
            )
            for kpi, row in prepared.rows
            if (kpi, row.on, row.value) not in known
        ]

    def found(self, prepared: Planned) -> str:
        """Return how many rows were recorded, known, left and bad, with the numbers of the bad ones."""
        parts = [plural("{n} value imported.", "{n} values imported.", len(prepared.rows))]
        if prepared.known:
            parts.append(plural("{n} was known already.", "{n} were known already.", prepared.known))
        if prepared.left:
            parts.append(plural("{n} more waits: import again.", "{n} more wait: import again.", prepared.left))
        if prepared.bad:
            parts.append(_("Left out: {rows}.", rows=_bad_words(prepared.bad)))
        return " ".join(parts)


def plan(rows: Rows, found: "ImportFile", kpi: str) -> Planned:
    """Return what a file brings: new rows, known ones, and bad ones with the reason."""
    from mlops_desk.science.check_in_file import BadRow

    kpis = rows.find(Kpi, "NOT archived")
    ids = {name: each.id for each in kpis for name in (each.id, each.name)}
    known = _known(rows)
    fresh: dict[tuple[str, object], tuple[str, ImportRow]] = {}
    bad, before, today = [*found.bad], 0, clock.today()
    for row in found.rows:
        id_ = kpi or ids.get(row.kpi, "")
        first = fresh.get((id_, row.on))
        reason = _why_not(row, id_, first[1] if first else None, is_future=row.on > today)
        if reason:
            bad.append(BadRow(number=row.number, reason=reason))
        elif (id_, row.on, row.value) in known:
            before += 1
        elif first is None:
            fresh[id_, row.on] = (id_, row)
    taken = _bounded([*fresh.values()])
    told = tuple(sorted(bad, key=lambda each: each.number))
    return Planned(found.sha256, taken, before, len(fresh) - len(taken), told)


def _why_not(row: "ImportRow", kpi: str, first: "ImportRow | None", *, is_future: bool) -> str:
    if not row.kpi and not kpi:
        return _("it names no KPI")
    if not kpi:
        return _("there is no KPI “{name}”", name=row.kpi[:40])
    if is_future:
        return _("{day} has not come yet", day=row.on)
    if first is not None and first.value != row.value:
        return _("row {n} has another value for the same day", n=first.number)
    return ""


def _bounded(rows: "list[tuple[str, ImportRow]]") -> "tuple[tuple[str, ImportRow], ...]":
    """Return as many rows as one entry holds."""
    chars = 0
    for place, (_id, row) in enumerate(rows[:MAX_NEW]):
        chars += _ROW_CHARS + 4 * len(row.note)
        if chars > MAX_NEW_CHARS:
            return tuple(rows[:place])
    return tuple(rows[:MAX_NEW])


def _known(rows: Rows) -> set[tuple[str, object, float]]:
    """Return the values that were ever recorded, also those withdrawn since: they do not come back with the file."""
    return {(kpi, on, value) for kpi, on, value in rows.sql('SELECT kpi, "on", value FROM check_in')}


def _refused(planned: Planned, of: int) -> DeskError:
    return DeskError(
        _("{n} of {all} rows cannot be taken: {rows}.", n=len(planned.bad), all=of, rows=_bad_words(planned.bad)),
        _("Nothing was recorded. Mend them, or take the others with --only-good."),
        code="GOAL-164",
    )


def _bad_words(bad: "Iterable[BadRow]") -> str:
    told = [_("row {n}: {reason}", n=each.number, reason=each.reason) for each in bad]
    more = len(told) - MAX_BAD_SHOWN
    rest = [plural("{n} more", "{n} more", more)] if more > 0 else []
    return "; ".join([*told[:MAX_BAD_SHOWN], *rest])


ACTS = (ImportCheckIns,)
