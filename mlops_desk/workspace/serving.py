"""Serving what is live in an environment of this machine; the running server follows releases and roll-backs."""

from __future__ import annotations

from pathlib import Path

import msgspec

from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Release, live_release
from mlops_desk.areas.experiments.model import ModelVersion
from mlops_desk.kernel import settings
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.endpoint import Endpoint, ServeJob, ServiceStatus, new_key
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _
from mlops_desk.workspace.door import Workspace
from mlops_desk.workspace.elsewhere import Elsewhere


class Serving(msgspec.Struct, frozen=True):
    """What is to answer in an environment: a release with its model version."""

    environment: Environment
    release: Release
    version: ModelVersion


def what_is_live(rows: Rows, text: str) -> Serving:
    """Return what is live in the environment that a person's text means.

    Raises:
        DeskError: nothing is, or there is no such environment.
    """
    environment = rows.get(Environment, rows.resolve(Environment.noun, text))
    release = live_release(rows, environment.id)
    if release is None:
        raise DeskError(
            _("Nothing is live in {name}.", name=environment.name),
            _("Bring a release live first: `mlops-desk release go-live …`."),
            code="DEP-120",
        )
    return Serving(environment, release, rows.get(ModelVersion, release.model_version))


class Server:
    """One environment, answering on this machine; ``key`` is set only when it was made just now."""

    def __init__(
        self,
        workspace: Workspace,
        environment: str,
        port: int = 0,
        *,
        wants_new_key: bool = False,
        progress: Progress = silent,
        stop: Stop | None = None,
    ) -> None:
        """Start the endpoint of an environment; a model that is not on this machine is fetched where objects lie.

        Raises:
            DeskError: nothing is live there, the model is nowhere to be had, or the port is taken.
            Cancelled: somebody stopped the fetching.
        """
        self._workspace = workspace
        self.serving = workspace.ask(what_is_live, environment)
        model = self._model(self.serving.version, progress, stop or Stop())
        self.key, key_hash = self._key(wants_new_key=wants_new_key)
        folder = workspace.project.captures / self.serving.environment.id
        folder.mkdir(parents=True, exist_ok=True)
        self._endpoint = Endpoint.start(self._job(model, folder, key_hash, port))

    def _job(self, model: Path, folder: Path, key_hash: str, port: int) -> ServeJob:
        return ServeJob(
            model=str(model),
            sha256=self.serving.version.sha256,
            label=self.serving.version.label,
            release_id=self.serving.release.id,
            environment=self.serving.environment.name,
            key_hash=key_hash,
            port=port,
            capture_folder=str(folder),
            keep_days=self.serving.environment.keep_days,
        )

    def _model(self, version: ModelVersion, progress: Progress, stop: Stop) -> Path:
        elsewhere = Elsewhere.of(self._workspace)
        store = self._workspace.objects.supplied_by(lambda digest: elsewhere.bring(digest, progress, stop))
        return store.path(version.sha256)

    def _key(self, *, wants_new_key: bool) -> tuple[str, str]:
        project = self._workspace.project.id
        known = settings.project(project).key_hashes
        if self.serving.environment.id in known and not wants_new_key:
            return "", known[self.serving.environment.id]
        key, key_hash = new_key()
        settings.remember(project, key_hashes={**known, self.serving.environment.id: key_hash})
        return key, key_hash

    @property
    def address(self) -> str:
        """Where it answers."""
        return self._endpoint.address

    @property
    def is_alive(self) -> bool:
        """Tell whether it still runs."""
        return self._endpoint.is_alive

    def status(self) -> ServiceStatus:
        """Return what the endpoint says of itself."""
        return self._endpoint.status()

    def follow(self, progress: Progress = silent, stop: Stop | None = None) -> str:
        """Look whether another release is live now and serve it; returns a sentence if something changed.

        After a stop, or a release whose model is not to be had, nothing is served any more.
        """
        self._workspace.refresh()
        try:
            now = self._workspace.ask(what_is_live, self.serving.environment.id)
            if now.release.id == self.serving.release.id:
                return ""
            model = self._model(now.version, progress, stop or Stop())
            self._endpoint.swap(str(model), now.version.sha256, now.version.label, now.release.id)
        except DeskError as refused:
            self.stop()
            return _("Stopped: {reason}", reason=refused.sentence)
        self.serving = now
        return _("{label} answers now.", label=now.version.label)

    def stop(self) -> None:
        """End it; what was captured is written down first."""
        self._endpoint.stop()
