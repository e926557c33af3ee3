"""Deployments: what the area brings, and a button that serves what is live on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from mlops_desk.gui.desk import Desk
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.pages.serve import ServeSheet
from mlops_desk.gui.places import Place
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.notices import Banner
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.workspace import Workspace
    from mlops_desk.workspace.serving import Server

FOLLOW_MS = 1_000


def serve(
    workspace: Workspace,
    what: tuple[str, int, bool],
    progress: Progress,
    stop: Stop,
) -> Server:
    """Start answering with what is live in an environment; runs on the lane."""
    from mlops_desk.workspace.serving import Server

    environment, port, wants_new_key = what
    progress(_("Starting the endpoint"), 0, 0)
    return Server(workspace, environment, port, wants_new_key=wants_new_key, progress=progress, stop=stop)


def follow(workspace: Workspace, server: Server, progress: Progress, stop: Stop) -> str:  # noqa: ARG001
    """Let the running server follow releases; runs on the lane."""
    return server.follow(progress, stop)


def end(workspace: Workspace, server: Server, progress: Progress, stop: Stop) -> None:  # noqa: ARG001
    """Stop the server; runs on the lane."""
    server.stop()


class DeploymentsPage(AreaPage):
    """Releases and environments, and the local endpoint."""

    def __init__(self, desk: Desk, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(desk, place, parent)
        self._server: Server | None = None
        self.sheet: ServeSheet | None = None
        self.serve = Button(_("Serve here…"), "", "rocket")
        self.serve.clicked.connect(self.turn_server)
        self.result = Banner()
        self.result.acted.connect(self._copy)
        self.header.add(self.serve)
        self.layout().insertWidget(1, self.result)  # type: ignore[union-attr]
        self._timer = QTimer(self, interval=FOLLOW_MS)
        self._timer.timeout.connect(self._follow)
        desk.closed.connect(self._gone)

    def main_act(self) -> type[Act] | None:
        """Return what brings a model live: staging and production are made when a plan first names them."""
        from mlops_desk.areas.deployments.release import PlanRelease

        return PlanRelease if self.listing is not None else None

    @Slot()
    def turn_server(self) -> None:
        """Ask what shall answer, or stop what does."""
        if self._server is None:
            self.sheet = ServeSheet(self.desk, self)
            self.sheet.wanted.connect(self._start)
            self.sheet.open()
        else:
            self.serve.setEnabled(False)
            self._timer.stop()
            self.desk.work(end, self._server, then=self._stopped, title=_("Stopping the endpoint"))

    @Slot(str, int, bool)
    def _start(self, environment: str, port: int, wants_new_key: bool) -> None:  # noqa: FBT001 - a signal's value
        self.serve.setEnabled(False)
        what, title = (environment, port, wants_new_key), _("Starting the endpoint")
        self.desk.work(serve, what, then=self._started, failed=self._refused, title=title)

    @Slot(object)
    def _started(self, server: Server) -> None:
        self._server = server
        self.serve.setEnabled(True)
        self.serve.say(_("Stop serving"))
        self._timer.start()
        self._say(server)

    def _say(self, server: Server) -> None:
        label, name = server.serving.version.label, server.serving.environment.name
        sentence = _("{model} answers in {name} at {address}.", model=label, name=name, address=server.address)
        if server.key:
            hint, act = _("API key, shown once: {key}", key=server.key), _("Copy key")
        else:
            hint, act = _("It takes the API key that was shown before."), ""
        self.result.say(sentence, hint, level="info", act=act, stands_for=server.key)

    @Slot(object)
    def _copy(self, key: str) -> None:
        QGuiApplication.clipboard().setText(key)

    @Slot()
    def _follow(self) -> None:
        if self._server is not None and not self.desk.tasks.running:
            self.desk.work(follow, self._server, then=self._followed)

    @Slot(object)
    def _followed(self, said: str) -> None:
        if self._server is None or not said:
            return
        if self._server.is_alive:
            self._say(self._server)
        else:
            self._stopped(said)

    @Slot(object)
    def _stopped(self, said: object = None) -> None:
        self._timer.stop()
        self._server = None
        self.serve.setEnabled(True)
        self.serve.say(_("Serve here…"))
        self.result.say(_("Nothing answers on this machine now."), said if isinstance(said, str) else "", level="info")

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        self.serve.setEnabled(True)
        self.desk.refuse(error)

    @Slot()
    def _gone(self) -> None:
        """The project was closed: what answered for it ends with it."""
        self._timer.stop()
        if self._server is not None:
            self._server.stop()
            self._server = None
