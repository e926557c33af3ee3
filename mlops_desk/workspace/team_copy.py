"""The team copy of a project: receive, merge, send, and how the project stands to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from mlops_desk.areas.team.member import JoinRequest, Member
from mlops_desk.journal import files
from mlops_desk.kernel import clock, settings
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.projection.rows import Reader
from mlops_desk.sync import config, git
from mlops_desk.sync.address import Address, parse
from mlops_desk.sync.exchange import TEAM, Exchange, Offline, again
from mlops_desk.sync.git import Git
from mlops_desk.sync.states import SyncState, state_of
from mlops_desk.workspace import machine, memory
from mlops_desk.workspace.door import Workspace
from mlops_desk.workspace.team_folder import FolderGuard, marked_in, meet, name_remote, open_git, prepare_folder

STEPS = 3
_PATIENCE_S = 60


class Share(msgspec.Struct, frozen=True):
    """How many entries of one person."""

    name: str
    entries: int


class Synced(msgspec.Struct, frozen=True):
    """What an exchange did: entries received by person, own ones sent, what the copy lost, files in the way."""

    state: SyncState
    received: tuple[Share, ...] = ()
    sent: int = 0
    lost: tuple[Share, ...] = ()
    in_the_way: tuple[str, ...] = ()


class TeamCopy:
    """The exchange between an open project and the address that was typed on this machine."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._project = workspace.project
        self._folder = workspace.project.folder.resolve()

    @property
    def address(self) -> Address | None:
        """Where the team copy lies; None if nobody said so on this machine."""
        remote = settings.project(self._project.id).remote
        return parse(remote) if remote else None

    def settle_at(self, typed: str) -> Address:
        """Make an address the team copy of this project on this machine; an empty folder becomes one.

        Raises:
            DeskError: it is none.
        """
        self._must_be_own()
        address = parse(typed)
        if address.kind == "path":
            prepare_folder(Path(address.text))
        here = self._git(address)
        meet(here, address)
        name_remote(here, address)
        settings.remember(self._project.id, remote=address.text)
        return address

    def trust(self) -> None:
        """Trust the git configuration of the folder and of a team copy in a folder, as it is now, on this machine."""
        self._must_be_own()
        address = self.address
        places = [self._folder, *([Path(address.text)] if address and address.kind == "path" else [])]
        digests = [config.read(place).digest for place in places]
        settings.remember(self._project.id, trusted_configurations=digests)

    def sync(self, progress: Progress, stop: Stop) -> Synced:
        """Receive, merge and send.

        Raises:
            DeskError: the team copy refuses, or git is not allowed to run here.
            Cancelled: the person stopped it; every step is whole or not begun.
        """
        self._must_be_own()
        address = self.address
        kept = self._counts()
        if address is None:
            return Synced(SyncState("no-remote", to_send=self._own_count()))
        exchange = Exchange(self._git(address), address, self._guard())
        try:
            with self._alone():
                blocked, sent = self._exchange(exchange, progress, stop)
        except Offline:
            return Synced(SyncState("offline", to_send=self._unsent(exchange), age_s=self._age_s()))
        self._workspace.refresh()
        settings.remember(self._project.id, synced_ms=clock.now_ms())
        short = {each.author for each in self._workspace.findings() if each.code == "rollback"}
        lost = {device: len(lines) for device, lines in memory.lost(self._project, short).items()} if short else {}
        return Synced(
            self._state(self._unsent(exchange), len(blocked)),
            self.shares(self._counts() - kept),
            sent,
            self.shares(lost),
            tuple(blocked),
        )

    def look(self, stop: Stop) -> SyncState:
        """Look what there is to send and to receive; nothing but the memory of this machine changes."""
        self._must_be_own()
        address = self.address
        if address is None:
            return SyncState("no-remote", to_send=self._own_count())
        exchange = Exchange(self._git(address), address, self._guard())
        try:
            theirs = self._fetched(exchange, stop)
        except Offline:
            return SyncState("offline", to_send=self._unsent(exchange), age_s=self._age_s())
        new = memory.unknown(self._project, exchange.arrived(theirs)) if theirs else {}
        to_receive = sum(len(lines) for lines in new.values())
        return self._state(self._unsent(exchange), to_receive=to_receive)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other process of this machine exchanges this project."""
        self._project.locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._project.locks / f"sync-{self._project.id}.lock", timeout=_PATIENCE_S)
        try:
            lock.acquire()
        except Timeout:
            raise DeskError(
                _("Another window or command is syncing this project."),
                _("Wait until it is done; your entries are safe here."),
                code="SYNC-106",
            ) from None
        try:
            yield
        finally:
            lock.release()

    # --- the exchange ----------------------------------------------------------------------

    def _exchange(self, exchange: Exchange, progress: Progress, stop: Stop) -> tuple[list[str], int]:
        """Return the files in the way and how many own entries were sent."""
        blocked: list[str] = []
        unsent = 0

        def attempt() -> bool:
            nonlocal blocked, unsent
            self._commit(exchange)
            unsent = self._unsent(exchange)
            progress(_("Receiving"), 0, STEPS)
            theirs = self._fetched(exchange, stop)
            progress(_("Merging"), 1, STEPS)
            blocked = self._merged(exchange, theirs)
            progress(_("Sending"), 2, STEPS)
            return bool(blocked) or exchange.send(theirs, stop)

        if not again(attempt, stop):
            raise DeskError(
                _("Others were quicker eight times in a row; nothing was sent."),
                _("Your entries are safe here. Try again in a moment."),
                code="SYNC-133",
            )
        progress(_("Done"), STEPS, STEPS)
        return blocked, 0 if blocked else unsent

    def _commit(self, exchange: Exchange) -> None:
        repository = exchange.repository
        if repository.is_under_way() or not repository.branch():
            raise DeskError(
                _("You are in the middle of a merge or the like in {folder}.", folder=self._project.folder),
                _("Finish or abort it with git, then sync again. Your entries are safe here."),
                code="SYNC-105",
            )
        self._workspace.publish()
        exchange.commit(_("Entries of {name}", name=self._me()[0]))

    def _fetched(self, exchange: Exchange, stop: Stop) -> str:
        theirs = exchange.fetch(stop)
        if theirs:
            marked = marked_in(exchange.repository, theirs)
            if marked and marked != self._project.id:
                raise DeskError(
                    _("The team copy is that of another project."),
                    _("Nothing was taken in. Check the address: `mlops-desk sync --remote URL`."),
                    code="SYNC-134",
                )
        return theirs

    def _merged(self, exchange: Exchange, theirs: str) -> list[str]:
        """Take in what was fetched; its journals are read even where their files cannot be put in place."""
        if not theirs:
            return []
        self._workspace.refresh()
        found = list(exchange.arrived(theirs))
        self._must_be_alone_with_its_key(found)
        arrived = memory.unknown(self._project, found)
        blocked = exchange.merge(theirs)
        if blocked:
            memory.keep_ahead(self._project, arrived)
        else:
            memory.settle(self._project, arrived)
            self._commit(exchange)
        return blocked

    def _must_be_alone_with_its_key(self, found: list[tuple[str, bytes]]) -> None:
        """Refuse to send where a key of this machine has signed what this machine does not know."""
        theirs: dict[str, list[bytes]] = {}
        for path, content in found:
            theirs.setdefault(path.split("/")[1], []).extend(files.lines_in(content))
        if machine.mend(self._project, theirs):
            self._workspace.refresh()
        for device in self._mine():
            own = self._project.journal_of(device)
            if any(own.is_used_elsewhere(content) for path, content in found if path.split("/")[1] == device):
                raise DeskError(
                    _("The team copy holds entries of this machine that this machine does not know."),
                    _(
                        "Its key was copied, or its private data comes from an old copy. Nothing was sent and nothing "
                        "is lost; tell an owner, and go on with a new key: `mlops-desk team device renew`."
                    ),
                    code="JOURNAL-121",
                )

    def _git(self, address: Address) -> Git:
        return open_git(self._folder, self._project.id, self._me(), address)

    def _guard(self) -> FolderGuard:
        return FolderGuard(self._project, frozenset(self._mine()))

    def _mine(self) -> list[str]:
        """Return the device in use: journals of keys that this machine gave up are met like those of others."""
        return [self._workspace.device] if self._workspace.device else []

    def _must_be_own(self) -> None:
        folder = self._folder
        if not git.version():
            raise DeskError(
                _("git is not installed here."), _("Install it; your entries are safe here."), code="SYNC-102"
            )
        if git.is_own(folder):
            return
        if git.is_carried(folder):
            raise DeskError(
                _("This project lies inside a code repository, which carries it; the desk stands aside."),
                _("Send and receive it with git there; the rows follow."),
                code="SYNC-104",
            )
        git.begin(folder)

    # --- how it stands ---------------------------------------------------------------------

    def _state(self, to_send: int, to_choose: int = 0, to_receive: int = 0) -> SyncState:
        grave = sum(each.grave for each in self._workspace.findings())
        return state_of(
            to_send=to_send, to_receive=to_receive, to_choose=to_choose, not_trusted=grave, age_s=self._age_s()
        )

    def _age_s(self) -> int:
        synced = settings.project(self._project.id).synced_ms
        return max(0, clock.now_ms() - synced) // 1000 if synced else -1

    def _unsent(self, exchange: Exchange) -> int:
        """Return how many own entries the team copy did not hold when it was last seen."""
        tree = exchange.repository.tree(exchange.repository.commit_of(TEAM), "journals")
        count = 0
        for device, lines in self._own_lines().items():
            here = {path: item for path, item in tree.items() if path.startswith(f"journals/{device}/")}
            there = {line for _path, content in exchange.repository.contents(here) for line in files.lines_in(content)}
            count += len(lines - there)
        return count

    def _own_lines(self) -> dict[str, set[bytes]]:
        return {device: memory.lines_of(self._project.own / device) for device in self._project.own_devices()}

    def _own_count(self) -> int:
        return sum(len(lines) for lines in self._own_lines().values())

    def _counts(self) -> Counter[str]:
        query = "SELECT device, count(*) FROM line GROUP BY device"
        mine = set(self._project.own_devices())
        found = self._workspace.ask(lambda rows: rows.sql(query))
        return Counter({device: count for device, count in found if device not in mine})

    def shares(self, counts: Mapping[str, int]) -> tuple[Share, ...]:
        """Return counts by device as counts by person."""
        names = self._workspace.ask(_names)
        by_name: Counter[str] = Counter()
        for device, count in counts.items():
            by_name[names.get(device, f"{device[:8]}…")] += count
        return tuple(Share(name, count) for name, count in sorted(by_name.items()))

    def _me(self) -> tuple[str, str]:
        """Return name and address for what plain git shows; neither proves anything."""
        name = self._workspace.ask(_names).get(self._workspace.device, "")
        mails = self._workspace.ask(lambda rows: {each.name: each.mail for each in rows.find(Member, order="id")})
        return name or "MLOps Desk", mails.get(name, "")


def _names(rows: Reader) -> dict[str, str]:
    """Return the name of the member each device belongs to, or of who asks to join with it."""
    found = {each.device: each.name for each in rows.find(JoinRequest)}
    return found | {device: each.name for each in rows.find(Member, order="id") for device in each.devices}
