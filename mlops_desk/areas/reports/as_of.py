"""What was live at an instant, on which data, approved by whom: one answer, with the entries that prove it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import msgspec

from mlops_desk.areas.datasets.dataset import DatasetVersion
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Deployment, Release, deployments_of, gates_of, live_deployment
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.governance.checklist import items_of
from mlops_desk.areas.governance.exception import ExceptionSignature, GateException
from mlops_desk.areas.governance.gate import SignOff
from mlops_desk.areas.governance.queries import about, gate_standing
from mlops_desk.areas.reports.past import Past, end_of
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel.clock import now
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import Fact
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _

F = TypeVar("F", bound=Fact)
FIRST_YEAR = 1970


class Proof(msgspec.Struct, frozen=True):
    """Something recorded: its id, what people call it, who recorded it in which role and when, and the entry."""

    id: str
    label: str
    who: str
    role: str
    at: datetime | None
    entry: str


class DataUsed(msgspec.Struct, frozen=True):
    """Data that a model was made or tested on, with the sha256 of its file."""

    use: str
    label: str
    sha256: str
    proof: Proof | None


class Signed(msgspec.Struct, frozen=True):
    """A signature at a gate: the content it covered, and whether that is the content of then.

    ``by_people`` and ``exceptions`` are the items that people answered, and that passed by an exception, as signed.
    """

    proof: Proof
    decision: str
    subject_hash: str
    covers_content: bool
    by_people: int
    exceptions: int
    note: str


class Excepted(msgspec.Struct, frozen=True):
    """An exception that ran then: the item, the reason, the last day, who asked and who signed."""

    item: str
    reason: str
    until: date
    asked: Proof
    signed: tuple[Proof, ...]


class GateThen(msgspec.Struct, frozen=True):
    """A gate that the release needs, as it stood then, with every signature that had been given."""

    gate: str
    subject: str
    subject_hash: str
    state: State
    by_people: int
    signatures: tuple[Signed, ...]
    exceptions: tuple[Excepted, ...]


class EnvironmentThen(msgspec.Struct, frozen=True):
    """What was live in an environment; ``unknown`` says what could not be told, and why."""

    environment: str
    state: State
    deployment: Proof | None
    release: Proof | None
    model: Proof | None
    model_sha256: str
    run: Proof | None
    data: tuple[DataUsed, ...]
    gates: tuple[GateThen, ...]
    unknown: tuple[str, ...]


class AsOf(msgspec.Struct, frozen=True):
    """The answer for an instant (UTC, exclusive)."""

    until: datetime
    about_time: str
    environments: tuple[EnvironmentThen, ...]


def until_of(text: str) -> datetime:
    """Return the instant (UTC, exclusive) that a text means: the end of a day where the person is, or a time.

    Raises:
        DeskError: it is neither, or it has not come yet.
    """
    try:
        moment = end_of(date.fromisoformat(text)) if len(text) <= len("2026-11-23") else datetime.fromisoformat(text)
        until = moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise DeskError(
            _("“{text}” is no day and no time.", text=text),
            _("Write it as 2026-11-23 or as 2026-11-23T10:00; with Z or +01:00 for another zone."),
            code="PROOF-101",
        ) from None
    if until > end_of(now().astimezone().date()) or until.year < FIRST_YEAR:
        raise DeskError(
            _("“{text}” has not come yet, or lies before {year}.", text=text, year=FIRST_YEAR),
            _("Ask for a day up to today."),
            code="PROOF-102",
        )
    return until


def as_of(rows: Rows, when: str, environment: str = "") -> AsOf:
    """Return what was live when a day ended, or at a time: in one environment, or in all."""
    until = until_of(when)
    past = Past(rows, until)
    wanted = rows.resolve(Environment.noun, environment) if environment else ""
    found = [each for each in past.find(Environment) if each.id == wanted or not wanted]
    who = names(rows)
    told = [_environment(past, each, who) for each in found if wanted or not each.archived or _last(past, each)]
    if wanted and not told:
        told = [_not_set_up(rows.get(Environment, wanted).name)]
    return AsOf(
        until,
        _(
            "Times are those of the clocks of the people who recorded, and the classes of columns and the "
            "team are those of today; the order of entries is proven by their chain."
        ),
        tuple(told),
    )


def _nothing(name: str, state: State, unknown: tuple[str, ...] = ()) -> EnvironmentThen:
    return EnvironmentThen(name, state, None, None, None, "", None, (), (), unknown)


def _not_set_up(name: str) -> EnvironmentThen:
    reason = _("no entry of it had been recorded by then")
    return _nothing(name, State("unknown", _("Not known"), reason), (reason,))


def _last(rows: Rows, environment: Environment) -> Deployment | None:
    return live_deployment(deployments_of(rows, environment.id))


def _environment(rows: Past, environment: Environment, who: dict[str, str]) -> EnvironmentThen:
    deployment = _last(rows, environment)
    nothing = _nothing(environment.name, State("info", _("Nothing was live")))
    if deployment is None:
        return nothing
    proof = _proof(deployment, deployment.action, who)
    if not deployment.release:
        return msgspec.structs.replace(nothing, state=State("info", _("Stopped"), deployment.reason), deployment=proof)
    found = rows.find(Release, "id = ?", deployment.release)
    if not found:
        missing = _("the release {id}… was not here by then", id=deployment.release[:8])
        state = State("unknown", _("Not known"), missing)
        return msgspec.structs.replace(nothing, state=state, deployment=proof, unknown=(missing,))
    return _live(rows, environment, proof, found[0], who)


def _live(
    rows: Past, environment: Environment, deployment: Proof, release: Release, who: dict[str, str]
) -> EnvironmentThen:
    unknown: list[str] = []
    version = _one(rows, ModelVersion, release.model_version, _("the model version"), unknown)
    run = _one(rows, Run, version.run, _("the run"), unknown) if version else None
    gates = tuple(_gate(rows, gate_id, noun, id_, who, unknown) for gate_id, noun, id_ in gates_of(release))
    open_gates = [f"{each.gate}: {each.state.word.lower()}" for each in gates if each.state.level != "ok"]
    state = State("warn", _("Live with open gates"), "; ".join(open_gates)) if open_gates else State("ok", _("Live"))
    return EnvironmentThen(
        environment.name,
        state,
        deployment,
        _proof(release, release.label, who),
        _proof(version, version.label, who) if version else None,
        version.sha256 if version else "",
        _proof(run, run.label, who) if run else None,
        _data(rows, run, who, unknown) if run else (),
        gates,
        tuple(unknown),
    )


def _one(rows: Past, noun: type[F], id_: str, what: str, unknown: list[str]) -> F | None:
    found = rows.find(noun, "id = ?", id_)
    if not found:
        unknown.append(_("{what} {id}… was not here by then", what=what, id=id_[:8]))
    return found[0] if found else None


def _data(rows: Past, run: Run, who: dict[str, str], unknown: list[str]) -> tuple[DataUsed, ...]:
    used = [(_("trained on"), run.version, run.data_sha256)]
    used += [(_("tested on"), run.test_version, "")] if run.test_version else []
    found = []
    for use, id_, digest in used:
        version = _one(rows, DatasetVersion, id_, _("the dataset version"), unknown)
        if version is not None and digest and digest != version.sha256:
            unknown.append(_("the run names other bytes than {label} has", label=version.label))
        label = version.label if version else id_
        sha = digest or (version.sha256 if version else "")
        found.append(DataUsed(use, label, sha, _proof(version, version.label, who) if version else None))
    return tuple(found)


def _gate(rows: Past, gate_id: str, noun: str, id_: str, who: dict[str, str], unknown: list[str]) -> GateThen:
    subject = about(rows, noun, id_)
    day = (rows.until - timedelta(microseconds=1)).astimezone().date()
    if not subject.hash:
        unknown.append(_("{gate}: {thing} was not here by then", gate=gate_id, thing=subject.label))
        state, by_people = State("unknown", _("Not known")), 0
    else:
        stands = gate_standing(rows, gate_id, subject, day)
        state, by_people = stands.state, stands.by_people
    sign_offs = rows.find(SignOff, "gate = ? AND subject = ?", gate_id, id_)
    signatures = tuple(_signed(each, subject, who) for each in sign_offs)
    here = {each.id for each in items_of(gate_id)}
    excepted = tuple(each for each in _exceptions(rows, id_, day, who) if each.item in here)
    return GateThen(gate_id, subject.label, subject.hash, state, by_people, signatures, excepted)


def _signed(each: SignOff, subject: Subject, who: dict[str, str]) -> Signed:
    covers = bool(subject.hash) and each.subject_hash == subject.hash
    proof = _proof(each, each.gate, who)
    return Signed(proof, each.decision, each.subject_hash, covers, each.by_people, each.exceptions, each.note)


def _exceptions(rows: Past, subject: str, day: date, who: dict[str, str]) -> tuple[Excepted, ...]:
    wishes: Sequence[GateException] = rows.find(GateException, "subject = ?", subject)
    return tuple(
        Excepted(
            each.item,
            each.reason,
            each.until,
            _proof(each, each.item, who),
            tuple(_proof(one, each.item, who) for one in rows.find(ExceptionSignature, "exception = ?", each.id)),
        )
        for each in wishes
        if each.until >= day
    )


def _proof(fact: Fact, label: str, who: dict[str, str]) -> Proof:
    name = who.get(fact.recorded_by, "")
    return Proof(fact.id, label, name, fact.recorded_as, fact.recorded_at, fact.line)
