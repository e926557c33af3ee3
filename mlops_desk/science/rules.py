"""Quality rules for a table: proposed from a profile, confirmed by people, checked in one pass of SQL."""

# ruff: noqa: S608 - every name, path and text in SQL went through lockdown.name or lockdown.text

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.words import _
from mlops_desk.science.column_figures import ColumnProfile, family
from mlops_desk.science.describe import Profile
from mlops_desk.science.lockdown import name, one_row, text
from mlops_desk.science.sources import Source, connection, open_source, relation

Kind = Literal["not null", "range", "allowed", "unique", "pattern"]
_SLACK = 0.01
_FEW_ROWS = 20


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What must hold of one column.

    not null: at least ``share`` of the rows have a value. range: numbers, or dates as ISO text, lie
    in ``low`` to ``high``, both allowed, None for no limit. allowed: texts are among ``values``.
    unique: no value occurs twice. pattern: texts match the whole RE2 ``pattern``.
    All but the first leave missing values alone.
    """

    column: str
    kind: Kind
    share: float = 1.0
    low: float | int | str | None = None
    high: float | int | str | None = None
    values: tuple[str, ...] = ()
    pattern: str = ""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, how many rows or values it looked at, how many of them fail, and the verdict."""

    rule: Rule
    checked: int
    failed: int
    is_kept: bool
    reason: str = ""


class RulesJob(msgspec.Struct, frozen=True, kw_only=True):
    """The file to check, and the rules."""

    path: str
    rules: tuple[Rule, ...]


class RulesChecked(msgspec.Struct, frozen=True, kw_only=True):
    """One result per rule, in the rules' order, and the sha256 of the bytes they hold for."""

    sha256: str
    results: tuple[Checked, ...]


def check_file(job: RulesJob, progress: Progress) -> RulesChecked:
    """Open a file and do :func:`check_rules`; for a child process."""
    source = open_source(job.path, progress)
    return RulesChecked(sha256=source.sha256, results=check_rules(source, job.rules, progress))


def propose_rules(profile: Profile) -> tuple[Rule, ...]:
    """Propose rules that the profiled table keeps; a redacted profile gives fewer.

    Disguised tokens such as "?" are left among the allowed values: people decide about them.
    """
    return tuple(rule for column in profile.columns for rule in _proposed(column, profile.rows))


def _proposed(column: ColumnProfile, rows: int) -> list[Rule]:
    if column.kind == "empty" or rows < _FEW_ROWS:
        return []
    share = 1 - column.missing / rows
    rules = [Rule(column=column.name, kind="not null", share=1.0 if share == 1 else max(_floored(share - _SLACK), 0.0))]
    is_clock = family(column.type) == "clock"  # its figures are seconds, which nobody writes into a rule
    if column.minimum is not None and not column.infinite and column.kind != "identifier" and not is_clock:
        rules.append(Rule(column=column.name, kind="range", low=column.minimum, high=column.maximum))
    is_listed = column.top and len(column.top) == column.distinct and not column.is_approximate
    if column.kind in ("category", "constant") and is_listed and all(each.value for each in column.top):
        values = tuple(sorted(each.value for each in column.top))
        rules.append(Rule(column=column.name, kind="allowed", values=values))
    if column.kind == "identifier":
        rules.append(Rule(column=column.name, kind="unique"))
    return rules


def _floored(share: float) -> float:
    return math.floor(share * 1000) / 1000


def check_rules(source: Source, rules: Sequence[Rule], progress: Progress = silent) -> tuple[Checked, ...]:
    """Check rules against every row.

    A rule whose column is gone, or whose limit does not fit the column's type, fails with a reason.

    Raises:
        DeskError: DATA-231 a pattern is no RE2 expression; DATA-213 the file changed or is damaged.
    """
    results = []
    with connection(source) as opened:
        for at, rule in enumerate(rules):
            progress(_("Checking {name}", name=rule.column), at, len(rules))
            if rule.column not in source.names:
                reason = _("There is no column {name}.", name=rule.column)
                results.append(Checked(rule=rule, checked=0, failed=0, is_kept=False, reason=reason))
                continue
            checked, failed = one_row(opened, _question(rule, source))
            results.append(_judged(rule, int(checked), int(failed)))
    return tuple(results)


def _judged(rule: Rule, checked: int, failed: int) -> Checked:
    is_kept = failed == 0
    if rule.kind == "not null":
        is_kept = checked - failed >= rule.share * checked - 1e-9
    return Checked(rule=rule, checked=checked, failed=failed, is_kept=is_kept)


def _question(rule: Rule, source: Source) -> str:
    kind = next(column.type for column in source.columns if column.name == rule.column)
    value = name(rule.column)
    if kind in ("FLOAT", "DOUBLE"):
        value = f"CASE WHEN NOT isnan({value}) THEN {value} END"  # NaN is missing
    values = f"(SELECT {value} AS v FROM {relation(source)})"
    if rule.kind == "not null":
        return f"SELECT count(*), count(*) - count(v) FROM {values}"
    if rule.kind == "unique":
        return f"SELECT count(v), count(v) - count(DISTINCT v) FROM {values}"
    fails = f"v IS NOT NULL AND NOT coalesce({_holds(rule, kind)}, false)"
    return f"SELECT count(v), count(*) FILTER (WHERE {fails}) FROM {values}"


def _holds(rule: Rule, kind: str) -> str:
    """Return SQL that is true where a value keeps a rule, and null or false where it does not."""
    if rule.kind == "allowed":
        return f"v::VARCHAR IN ({', '.join(map(text, rule.values))})" if rule.values else "false"
    if rule.kind == "pattern":
        _check_pattern(rule)
        return f"regexp_full_match(v::VARCHAR, {text(rule.pattern)})"
    limits = ((">=", rule.low), ("<=", rule.high))
    return " AND ".join(_compared(kind, sign, limit) for sign, limit in limits if limit is not None) or "true"


def _compared(kind: str, sign: str, limit: float | str) -> str:
    if isinstance(limit, str):
        value = "v" if family(kind) in ("date", "time") else "v::VARCHAR"
        return f"TRY_CAST({value} AS TIMESTAMPTZ) {sign} TRY_CAST({text(limit)} AS TIMESTAMPTZ)"
    value = "v" if family(kind) in ("integer", "number") else "v::VARCHAR"
    if isinstance(limit, int) and abs(limit) > 2**53:
        return f"TRY_CAST({value} AS HUGEINT) {sign} {limit}"
    return f"TRY_CAST({value} AS DOUBLE) {sign} ({float(limit)!r})::DOUBLE"


def _check_pattern(rule: Rule) -> None:
    """Refuse what Python already knows to be broken; what only RE2 refuses becomes DATA-213."""
    try:
        re.compile(rule.pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise DeskError(
            _("The pattern for {name} is not a regular expression: {reason}.", name=rule.column, reason=error),
            _("Write it in RE2's syntax, e.g. [A-Z]{2}[0-9]+."),
            code="DATA-231",
        ) from error
