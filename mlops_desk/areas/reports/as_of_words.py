"""The answer to *what was live then* in words: the same lines in the window and in the shell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mlops_desk.areas.reports.as_of import AsOf, EnvironmentThen, Excepted, GateThen, Proof, Signed
from mlops_desk.kernel.roles import role_code
from mlops_desk.kernel.words import _, plural


def told(answer: AsOf) -> list[str]:
    """Return the lines of an answer, deeper ones indented by two spaces each."""
    lines = [_("What was live before {moment}:", moment=_moment(answer.until))]
    for each in answer.environments:
        lines += ["", *_environment(each)]
    if not answer.environments:
        lines += ["", _("No environment had been set up by then.")]
    return [*lines, "", answer.about_time]


def _environment(each: EnvironmentThen) -> Iterator[str]:
    reason = f" ({each.state.reason})" if each.state.reason else ""
    yield f"{each.environment}: {each.state.word}{reason}"
    if each.deployment:
        yield "  " + _("{action}: {proof}", action=each.deployment.label, proof=_proof(each.deployment))
    if each.release:
        yield "  " + _("release {label}: {proof}", label=each.release.label, proof=_proof(each.release))
    if each.model:
        yield "  " + _("model {label}: {proof}", label=each.model.label, proof=_proof(each.model))
        yield "    " + _("model file sha256 {digest}", digest=each.model_sha256)
    if each.run:
        yield "  " + _("run {label}: {proof}", label=each.run.label, proof=_proof(each.run))
    for data in each.data:
        who = _proof(data.proof) if data.proof else _("not known")
        yield "  " + _("{use} {label}: {proof}", use=data.use, label=data.label, proof=who)
        yield "    " + _("data sha256 {digest}", digest=data.sha256 or _("not known"))
    for gate in each.gates:
        yield from _gate(gate)
    for unknown in each.unknown:
        yield "  " + _("not known: {what}", what=unknown)


def _gate(each: GateThen) -> Iterator[str]:
    reason = f" ({each.state.reason})" if each.state.reason else ""
    yield f"  {each.gate} · {each.subject}: {each.state.word}{reason}"
    if each.subject_hash:
        yield "    " + _("content hash {digest}", digest=each.subject_hash)
    yield "    " + plural(
        "{n} item answered by people, not computed", "{n} items answered by people, not computed", each.by_people
    )
    if not each.signatures:
        yield "    " + _("nobody had signed")
    for signature in each.signatures:
        yield from _signature(signature)
    for exception in each.exceptions:
        yield from _exception(exception)


def _signature(each: Signed) -> Iterator[str]:
    covers = (
        _("covers this content") if each.covers_content else _("covers other content: {hash}", hash=each.subject_hash)
    )
    yield "    " + _("{decision}: {proof}; {covers}", decision=each.decision, proof=_proof(each.proof), covers=covers)
    yield "      " + _(
        "as signed: {people} by people, {exceptions} by exception", people=each.by_people, exceptions=each.exceptions
    )


def _exception(each: Excepted) -> Iterator[str]:
    yield "    " + _("exception from {item} until {day}: {reason}", item=each.item, day=each.until, reason=each.reason)
    yield "      " + _("asked for: {proof}", proof=_proof(each.asked))
    for one in each.signed:
        yield "      " + _("signed: {proof}", proof=_proof(one))
    if not each.signed:
        yield "      " + _("no second person had signed it")


def _proof(each: Proof) -> str:
    return _(
        "{name} as {role}, {moment}, entry {entry}",
        name=each.who or _("somebody unknown"),
        role=role_code(each.role),
        moment=_moment(each.at) if each.at else _("time not known"),
        entry=each.entry,
    )


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
