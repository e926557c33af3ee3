"""The window's link to the team copy: how things stand with it, and when to receive and to send by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mlops_desk.gui import team_work
from mlops_desk.gui.team_work import Exchanged, Kind
from mlops_desk.kernel import clock
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.words import _, plural
from mlops_desk.sync.states import SyncState

if TYPE_CHECKING:
    from mlops_desk.gui.desk import Desk
    from mlops_desk.workspace.outlook import Outlook, Share, Synced

RECEIVE_MS, SEND_MS = 300_000, 60_000
FOCUS_S = 20.0  # going back and forth between windows does not ask the team copy each time
_AGE_MS = 30_000
UNTRUSTED_CODE, REFUSED_CODE = "SYNC-103", "SYNC-131"


class TeamLink(QObject):
    """Knows how the project stands to its team copy, and exchanges with it: one exchange at a time, on the wire.

    ``changed`` tells that something is shown differently; ``sheet_wanted`` carries the name of a form
    that the person needs now: ``address``, ``token``, ``trust``, ``send``.
    """

    changed = Signal()
    sheet_wanted = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.receive_timer = QTimer(self, interval=RECEIVE_MS)
        self.send_timer = QTimer(self, interval=SEND_MS, singleShot=True)
        self._age = QTimer(self, interval=_AGE_MS)
        self.receive_timer.timeout.connect(self._receive_due)
        self.send_timer.timeout.connect(self._send_due)
        self._age.timeout.connect(self.changed)
        desk.tasks.stepped.connect(self._stepped)
        desk.changed.connect(self._news)
        self._clear()

    def _clear(self) -> None:
        self.outlook: Outlook | None = None
        self.last: Synced | None = None
        self.trouble: DeskError | None = None
        self._to_receive = 0
        self._task, self._looking = 0, 0
        self._is_asked = False
        self._next: tuple[Kind, bool] | None = None
        self._tried = 0.0
        self.just_signed = ""

    # --- how it stands -----------------------------------------------------------------------

    @property
    def is_working(self) -> bool:
        """Tell whether an exchange is under way."""
        return bool(self._task)

    @property
    def was_asked(self) -> bool:
        """Tell whether a person asked for the last exchange, and is told how it ended."""
        return self._is_asked

    @property
    def state(self) -> SyncState | None:
        """How the project stands, in one of the eight states; None while nothing is known."""
        known = self.outlook
        if known is None:
            return None
        if self.is_working:
            step, done = self._desk.tasks.step_of(self._task)
            return SyncState("working", step=done + 1 if step else 0)
        state = replace(known.state, age_s=self._age_s(known))
        if state.code == "no-remote":
            return state
        if self.trouble is not None:
            return replace(state, code="refused")
        return self._after_exchange(state)

    def _after_exchange(self, state: SyncState) -> SyncState:
        """Return the state with what only the last exchange could tell."""
        if self.last is not None and self.last.state.code == "offline":
            return replace(state, code="offline")
        if self.last is not None and self.last.in_the_way:
            return replace(state, code="choose", to_choose=len(self.last.in_the_way))
        if self._to_receive and state.code in ("same", "to-send"):
            code = "both" if state.to_send else "to-receive"
            return replace(state, code=code, to_receive=self._to_receive)
        return state

    def _age_s(self, known: Outlook) -> int:
        return max(0, clock.now_ms() - known.synced_ms) // 1000 if known.synced_ms else -1

    # --- by itself -----------------------------------------------------------------------------

    @Slot()
    def begin(self) -> None:
        """Look how things stand, then receive: the first page of the project is filled."""
        self._age.start()
        self.receive_timer.start()
        self.look_here()

    def forget(self) -> None:
        """Know nothing any more: the project is closed."""
        for timer in (self.receive_timer, self.send_timer, self._age):
            timer.stop()
        self._clear()
        self.changed.emit()

    @Slot()
    def looked_at(self) -> None:
        """Receive, if that is not to be done by hand: the window is looked at again."""
        if time.monotonic() - self._tried >= FOCUS_S:
            self._receive_due()

    @Slot()
    def _receive_due(self) -> None:
        known = self.outlook
        if known is None or not known.address:
            return
        if known.sends and known.state.to_send and not self.send_timer.isActive():
            self._start("sync")  # it could not be sent before
        elif known.receives:
            self._start("receive")

    @Slot()
    def _send_due(self) -> None:
        if self._has_address and self.outlook is not None and self.outlook.sends:
            self._start("sync")

    @property
    def _has_address(self) -> bool:
        return self.outlook is not None and bool(self.outlook.address)

    @Slot(object)
    def _news(self, changes: Changes) -> None:
        """Count anew what there is to send; what was done here is sent a while after the last of it."""
        if changes.line and self._has_address and self.outlook is not None and self.outlook.sends:
            self.send_timer.start()
        self.look_here()

    def look_here(self) -> None:
        """Look how things stand without asking the team copy."""
        if not self._looking:
            self._looking = self._desk.work(team_work.outlook, then=self._looked, failed=self._not_looked, on_wire=True)

    @Slot(object)
    def _looked(self, found: Outlook) -> None:
        self._looking = 0
        is_first = self.outlook is None
        self._know(found)
        self._wait_to_send()
        if is_first:
            self.looked_at()

    def _wait_to_send(self) -> None:
        """Send in a while what waits; after a refusal not before something else happens."""
        known, is_offline = self.outlook, self.last is not None and self.last.state.code == "offline"
        if known is None or self.trouble is not None or is_offline or self.send_timer.isActive():
            return
        if known.sends and known.address and known.state.to_send:
            self.send_timer.start()

    @Slot(object)
    def _not_looked(self, error: BaseException) -> None:
        self._looking = 0
        self._desk.refuse(error)

    def _know(self, found: Outlook) -> None:
        self.outlook = found
        if found.trouble is not None:
            self.trouble = found.trouble
        self.changed.emit()

    # --- by the person ---------------------------------------------------------------------------

    @Slot()
    def sync_now(self) -> None:
        """Look for news, receive, merge and send; where there is no team copy yet, ask where it lies."""
        self._desk.refresh()
        if self.outlook is not None and not self._has_address:
            self.sheet_wanted.emit("address")
        else:
            self._start("sync", is_asked=True)

    def resume(self) -> None:
        """Sync again: what an exchange needed was set right, or another team copy was set."""
        self.trouble, self.last, self._to_receive = None, None, 0
        self._start("sync", is_asked=True)

    def ask_to_send(self, done: str) -> None:
        """Ask whether something that was just signed shall be sent at once; ``done`` says what."""
        self.just_signed = done
        self.sheet_wanted.emit("send")

    @Slot()
    def look(self) -> None:
        """Only look what there is to receive."""
        self._start("look", is_asked=True)

    @Slot()
    def cancel(self) -> None:
        """Stop the exchange that is under way; every step of it is whole or not begun."""
        self._next = None
        self._desk.tasks.stop(self._task)

    @Slot()
    def turn_receive(self) -> None:
        """Receive when the window is looked at and every five minutes, or from now on only by hand."""
        if self.outlook is not None:
            self._choose(receives=not self.outlook.receives)

    @Slot()
    def turn_send(self) -> None:
        """Send a minute after the last change, or from now on only by hand."""
        if self.outlook is not None:
            self.send_timer.stop()
            self._choose(sends=not self.outlook.sends)

    def _choose(self, **values: bool) -> None:
        self._desk.work(team_work.choose_rhythm, values, then=self._looked)

    @Slot()
    def restore(self) -> None:
        """Put back what the shared folder lost of what this machine has seen."""
        title = _("Putting entries back")
        self._desk.work(team_work.restore, then=self._restored, title=title, on_wire=True)

    @Slot(object)
    def _restored(self, found: tuple[tuple[Share, ...], Changes]) -> None:
        restored, changes = found
        if restored:
            self._desk.said.emit(_("Put back, byte for byte: {shares}.", shares=shares(restored)), False)
        else:
            self._desk.said.emit(_("The shared folder holds everything that this machine has seen."), False)
        self._desk.tell(changes)
        if restored and self._has_address and self.outlook is not None and self.outlook.sends:
            self._start("sync")

    # --- the exchange ------------------------------------------------------------------------------

    def _start(self, kind: Kind, *, is_asked: bool = False) -> None:
        if self._task:
            if is_asked or kind == "sync":
                self._next = (kind, is_asked)
            return
        self._tried = time.monotonic()
        self._is_asked = is_asked
        title = _("Syncing with the team copy") if is_asked else ""
        self._task = self._desk.work(
            team_work.exchange, kind, then=self._exchanged, failed=self._crashed, title=title, on_wire=True
        )
        self.changed.emit()

    @Slot(int)
    def _stepped(self, number: int) -> None:
        if number and number == self._task:
            self.changed.emit()

    @Slot(object)
    def _exchanged(self, found: Exchanged) -> None:
        self._task = 0
        if not isinstance(found.error, Cancelled):
            self.trouble, self.last = found.error, found.synced or self.last
        if found.synced is not None:
            self._to_receive = found.synced.state.to_receive
        if found.kind == "sync":
            self.send_timer.stop()
        self._know(found.outlook)
        self._wait_to_send()
        if found.changes:
            self._desk.tell(found.changes)
        if self._is_asked:
            self._answer(found)
        if self._next is not None:
            (kind, is_asked), self._next = self._next, None
            self._start(kind, is_asked=is_asked)

    @Slot(object)
    def _crashed(self, error: BaseException) -> None:
        self._task = 0
        self.changed.emit()
        self._desk.refuse(error)

    def _answer(self, found: Exchanged) -> None:
        """Say to the person who asked how it ended."""
        if found.error is not None:
            self._desk.refuse(found.error)
            if found.error.code == UNTRUSTED_CODE:
                self.sheet_wanted.emit("trust")
        elif found.synced is not None and found.synced.in_the_way:
            self._desk.refuse(in_the_way(found.synced))
        elif found.synced is not None and found.synced.state.code != "offline":
            state = self.state or found.synced.state
            self._desk.said.emit(f"{done(found.synced)} {state.text}.".strip(), False)


def shares(found: tuple[Share, ...]) -> str:
    """Return how many entries of whom."""
    return ", ".join(_("{n} of {name}", n=each.entries, name=each.name) for each in found)


def done(synced: Synced) -> str:
    """Return what an exchange did in a sentence or two; empty if there was nothing to do."""
    parts = [_("Received: {shares}.", shares=shares(synced.received))] if synced.received else []
    parts += [plural("Sent: {n} entry.", "Sent: {n} entries.", synced.sent)] if synced.sent else []
    return " ".join(parts)


def in_the_way(synced: Synced) -> DeskError:
    """Return what to say of files that keep a merge from being made."""
    return DeskError(
        _("Not merged and not sent, because of your files: {files}.", files=", ".join(synced.in_the_way[:5])),
        _("What others wrote was read all the same. Merge or put away these files with git, then sync again."),
        code="SYNC-204",
    )
