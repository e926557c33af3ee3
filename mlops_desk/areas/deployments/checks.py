"""The computed checks on a release: its plan, its contract against what is live, and the way back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mlops_desk.areas.datasets.schema import differences
from mlops_desk.areas.deployments.release import Deployment, Release, deployments_of
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.experiments.run import Run
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import Verdict, failed, not_known, passed
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _, plural


def _release(rows: Rows, id_: str) -> Release | None:
    found = rows.find(Release, "id = ?", id_) if id_ else []
    return found[0] if found else None


def release_planned(rows: Rows, subject: Subject, args: dict[str, Any], day: date) -> Verdict:  # noqa: ARG001
    """K01 on a release: the numbers that stop it are written. Steps are not recorded yet, so nothing passes."""
    release = _release(rows, subject.other("release"))
    if release is None:
        return not_known(_("no release is linked"))
    if not release.stop_limits.strip():
        return failed(_("no number that stops it is written"))
    return not_known(_("the numbers that stop it are written; steps of a release are not recorded yet"))


def same_contract(rows: Rows, subject: Subject, args: dict[str, Any], day: date) -> Verdict:  # noqa: ARG001
    """K08 on a release: inputs and answers are those of the release that was live before it in its environment."""
    release = _release(rows, subject.other("release"))
    if release is None:
        return not_known(_("no release is linked"))
    before_id = _before(rows, release)
    if not before_id:
        return passed(_("nothing was live there before"))
    before = _release(rows, before_id)
    old, new = (_run_of(rows, each) if each else None for each in (before, release))
    if before is None or old is None or new is None:
        return not_known(_("a release, model or run has not arrived here"))
    silent = [each.label for each in (old, new) if not has_contract(each)]
    if silent:
        return not_known(_("the contract of {names} is not recorded", names=", ".join(silent)))
    found = contract_differences(old, new)
    if found:
        return failed(_("against {label}: {differences}", label=before.label, differences=found))
    return passed(_("the contract is that of {label}", label=before.label))


def _before(rows: Rows, release: Release) -> str:
    """Return the id of the release that was live last before this one first went live; empty where none was."""
    lived = [each.release for each in deployments_of(rows, release.environment) if each.release]
    earlier = lived[: lived.index(release.id)] if release.id in lived else lived
    return earlier[-1] if earlier else ""


def _run_of(rows: Rows, release: Release) -> Run | None:
    version = rows.find(ModelVersion, "id = ?", release.model_version)
    found = rows.find(Run, "id = ?", version[0].run) if version else []
    return found[0] if found else None


def has_contract(run: Run) -> bool:
    """Tell whether a run has recorded what its model is fed and what it may answer."""
    return bool(run.inputs) and (bool(run.answers) or run.task != "classification")


def contract_differences(old: Run, new: Run) -> str:
    """Return how inputs and answers of two runs differ, in words; empty where they are equal."""
    before, after = ({each.name: each.kind for each in run.inputs} for run in (old, new))
    inputs = differences(before, after)
    parts = [_("inputs: {differences}", differences=inputs)] if inputs else []
    for run_before, run_after in ((old.target, new.target), (old.task, new.task), (old.answers, new.answers)):
        if run_before != run_after:
            parts.append(_("answers {after} instead of {before}", after=_listed(run_after), before=_listed(run_before)))
    return "; ".join(parts)


def _listed(what: str | tuple[str, ...]) -> str:
    return what if isinstance(what, str) else ", ".join(what)


def rollback_ready(rows: Rows, subject: Subject, args: dict[str, Any], day: date) -> Verdict:
    """K16: there is a way back, and one was tried young enough; before production, drills in staging count."""
    release = rows.find(Release, "id = ?", subject.other("release"))
    if not release:
        return not_known(_("no release is linked"))
    tried = [
        each
        for each in rows.find(Deployment, "action IN ('roll-back', 'stop')", order="recorded_at DESC, id")
        if each.recorded_at is not None
    ]
    if not tried or tried[0].recorded_at is None:
        return not_known(_("no roll-back was tried yet"))
    age = day - tried[0].recorded_at.date()
    text = plural("tried {n} day ago", "tried {n} days ago", age.days)
    return passed(text) if age <= timedelta(days=int(args["days"])) else failed(text)


CHECKS = {"K01-release": release_planned, "K08-contract": same_contract, "K16": rollback_ready}
