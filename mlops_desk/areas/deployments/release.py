"""A release: a model version meant for an environment; and the deployments that bring it live, back, or to a stop."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

from mlops_desk.areas.deployments.environment import Environment, policy_for
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.areas.governance.queries import about, gate_standing
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.naming import check_name
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.subject import Subject, cover_hash
from mlops_desk.kernel.words import _

Action = Literal["go-live", "roll-back", "stop"]
_STRONGER: dict[Action, int] = {"stop": 2, "roll-back": 1, "go-live": 0}


class Release(Fact, noun="release", known_by="label"):
    """A model version planned for an environment, with what stops it and the way back."""

    label: Annotated[str, About("Short name, such as staging-2.")]
    environment: Annotated[str, About("The environment.", of="environment")]
    model_version: Annotated[str, About("The model version.", of="model-version")]
    way_back: Annotated[str, About("The release to go back to; empty: stop.", of="release")] = ""
    stop_limits: Annotated[str, About("The numbers that stop it.", long=True)] = ""
    note: Annotated[str, About("What changes for people.", long=True)] = ""


class Deployment(Fact, noun="deployment", command="release", known_by="id"):
    """What was done to an environment. ``after`` names the deployments that it follows."""

    environment: Annotated[str, About("The environment.", of="environment")]
    action: Annotated[Action, About("go-live, roll-back or stop.")]
    release: Annotated[str, About("The release that is live afterwards; empty after a stop.")]
    after: Annotated[tuple[str, ...], About("The deployments it follows.")] = ()
    reason: Annotated[str, About("Why.", long=True)] = ""
    warnings: Annotated[tuple[str, ...], About("Gates that were open.")] = ()


def live_deployment(deployments: Sequence[Deployment]) -> Deployment | None:
    """Return the deployment in force; of ones made apart a stop beats a roll-back beats a go-live."""
    followed = {each for deployment in deployments for each in deployment.after}
    ends = [each for each in deployments if each.id not in followed]
    return max(ends, key=lambda each: (_STRONGER[each.action], str(each.recorded_at), each.id), default=None)


def release_before(deployments: Sequence[Deployment]) -> str:
    """Return the id of the release that was live before the one that is; empty where it is the first.

    What was rolled back from or stopped is no way back.
    """
    current = live_deployment(deployments)
    lived: list[str] = []
    for each in _history(deployments, current):
        if each.action == "stop":
            lived = lived[:-1]
        elif each.action == "roll-back" and each.release in lived:
            lived = lived[: lived.index(each.release) + 1]
        else:
            lived = [release for release in lived if release != each.release] + [each.release]
    return lived[-2] if len(lived) > 1 and current and current.release else ""


def _history(deployments: Sequence[Deployment], last: Deployment | None) -> list[Deployment]:
    """Return what led to a deployment, oldest first, itself included."""
    known = {each.id: each for each in deployments}
    ahead, found = [last] if last else [], dict[str, Deployment]()
    while ahead:
        each = ahead.pop()
        if each.id not in found:
            found[each.id] = each
            ahead += [known[id_] for id_ in each.after if id_ in known]
    return sorted(found.values(), key=lambda each: (each.id == getattr(last, "id", ""), str(each.recorded_at), each.id))


def deployments_of(rows: Rows, environment: str) -> list[Deployment]:
    """Return the deployments of an environment, oldest first."""
    return rows.find(Deployment, "environment = ?", environment)


def live_release(rows: Rows, environment: str) -> Release | None:
    """Return the release that is live in an environment, or None; also while its entry has not arrived here."""
    current = live_deployment(deployments_of(rows, environment))
    found = rows.find(Release, "id = ?", current.release) if current and current.release else []
    return found[0] if found else None


def subject(rows: Rows, id_: str) -> Subject:
    """Return what a signature over a release covers: the model version, the environment, the limits, the way back."""
    release = rows.get(Release, id_)
    version = rows.get(ModelVersion, release.model_version)
    model: Subject = rows.registry.subjects[ModelVersion.noun](rows, version.id)
    covers = [
        ("id", id_),
        ("environment", release.environment),
        ("model", model.hash),
        ("stop_limits", release.stop_limits),
        ("way_back", release.way_back),
    ]
    return Subject(
        noun=Release.noun,
        id=id_,
        label=release.label,
        hash=cover_hash(covers),
        contested=model.contested,
        authors=frozenset({release.recorded_by}),
        related=((Release.noun, id_), ("environment", release.environment), *model.related),
    )


class PlanRelease(Act, noun="release", verb="plan"):
    """Plan to bring a model version to an environment."""

    model: Annotated[str, About("Model version; NAME alone is the newest.", of="model-version", positional=True)]
    to: Annotated[str, About("The environment; staging and production are made when first named.", metavar="ENV")]
    stop_limits: Annotated[str, About("The numbers that stop it.", long=True)] = ""
    note: Annotated[str, About("What changes for people.", long=True)] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the release, and the environment if it is new."""
        known = [each for each in present.find(Environment, "NOT archived") if self.to in (each.id, each.name)]
        environment = known[0] if known else Environment(id=new_id(), name=self.to)
        if not known:
            environment.check()
            check_name(present, environment)
        live = live_release(present, environment.id) if known else None
        number = 1 + len(present.find(Release, "environment = ?", environment.id))
        release = Release(
            label=f"{environment.name}-{number}",
            environment=environment.id,
            model_version=self.model,
            way_back=live.id if live else "",
            stop_limits=self.stop_limits,
            note=self.note,
        )
        return [present.fact(release), *([] if known else present.add(environment))]

    def outcome(self, rows: Rows) -> str:
        """Return the label that was given, what is open, and what may follow."""
        [made, *_rest] = rows.find(
            Release, "model_version = ? AND recorded_by = ?", self.model, rows.here.member, order="recorded_at DESC, id"
        )
        return _(
            "Planned for {to} as {label}; {gates}. Next: `mlops-desk release go-live {label}`.",
            to=rows.get(Environment, made.environment).name,
            label=made.label,
            gates="; ".join(open_gates(rows, made)) or _("its gates are closed"),
        )


class GoLive(Act, noun="release", verb="go-live", done="Live.", approval=True, asks_first=True):
    """Bring a planned release live in its environment; what answers there follows it."""

    release: Annotated[str, About("The release: id or label.", of="release", positional=True)]

    def is_urgent(self, rows: Rows) -> bool:
        """Tell whether it went where open gates block, such as production: the others must know that at once."""
        return blocks(rows, rows.get(Release, rows.resolve(Release.noun, self.release)))

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the deployment; where the policy blocks, the gates must be closed."""
        release = present.get(Release, self.release)
        environment = present.get(Environment, release.environment)
        current = live_deployment(deployments_of(present, environment.id))
        if current and current.release == release.id:
            raise DeskError(
                _("{label} is live already.", label=release.label), _("Nothing was changed."), code="DEP-110"
            )
        warnings = open_gates(present, release)
        if warnings and blocks(present, release):
            raise DeskError(
                _(
                    "{label} cannot go to {name}: {what}.",
                    label=release.label,
                    name=environment.name,
                    what="; ".join(warnings),
                ),
                _("`mlops-desk gate show G4 {label}` lists what is open.", label=release.label),
                code="GATE-131",
            )
        return [
            present.fact(
                Deployment(
                    environment=environment.id,
                    action="go-live",
                    release=release.id,
                    after=_ends(present, environment.id),
                    warnings=tuple(warnings),
                )
            )
        ]


def blocks(rows: Rows, release: Release) -> bool:
    """Tell whether open gates keep a release out of its environment."""
    return policy_for(rows, rows.get(Environment, release.environment), release) == "block"


def gates_of(release: Release) -> tuple[tuple[str, str, str], ...]:
    """Return the gates that a release needs, each with the noun and id of what it is asked about."""
    return (("G3", ModelVersion.noun, release.model_version), ("G4", Release.noun, release.id))


def open_gates(rows: Rows, release: Release) -> list[str]:
    """Return in words which of the gates G3 and G4 are not closed for a release."""
    found = []
    for gate_id, noun, id_ in gates_of(release):
        stands = gate_standing(rows, gate_id, about(rows, noun, id_))
        if not stands.is_closed:
            found.append(_("{gate} is {state}", gate=gate_id, state=stands.state.word.lower()))
    return found


class RollBack(Act, noun="release", verb="roll-back", asks_first=True):
    """Go back at once to the release that was live before; needs no gate."""

    environment: Annotated[str, About("The environment.", of="environment", positional=True, metavar="ENV")]
    reason: Annotated[str, About("Why.", long=True)]

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the deployment of the release before; of a first release the way back is a stop."""
        if live_release(present, self.environment) is None:
            raise _nothing_live()
        before = release_before(deployments_of(present, self.environment))
        action: Action = "roll-back" if before else "stop"
        made = Deployment(
            environment=self.environment,
            action=action,
            release=before,
            after=_ends(present, self.environment),
            reason=self.reason,
        )
        return [present.fact(made)]

    def outcome(self, rows: Rows) -> str:
        """Return what is live now, or that nothing is."""
        release = live_release(rows, self.environment)
        if release is None:
            return _("Stopped: it was the first release there, so there was none to go back to. Nothing is live now.")
        return _("Rolled back to {label}.", label=release.label)


class StopRelease(Act, noun="release", verb="stop", done="Stopped.", asks_first=True):
    """Stop what is live in an environment; needs no gate."""

    environment: Annotated[str, About("The environment.", of="environment", positional=True, metavar="ENV")]
    reason: Annotated[str, About("Why.", long=True)]

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the stop."""
        if live_release(present, self.environment) is None:
            raise _nothing_live()
        made = Deployment(
            environment=self.environment,
            action="stop",
            release="",
            after=_ends(present, self.environment),
            reason=self.reason,
        )
        return [present.fact(made)]


def _ends(rows: Rows, environment: str) -> tuple[str, ...]:
    found = deployments_of(rows, environment)
    followed = {each for deployment in found for each in deployment.after}
    return tuple(sorted(each.id for each in found if each.id not in followed))


def _nothing_live() -> DeskError:
    return DeskError(_("Nothing is live there."), _("`mlops-desk release list` shows what is planned."), code="DEP-111")


ACTS = (PlanRelease, GoLive, RollBack, StopRelease)
