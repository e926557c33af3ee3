"""The team copy of a project: receive, merge, send, and how the project stands to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from mlops_desk.areas.team.member import JoinRequest, Member
from mlops_desk.journal import files
from mlops_desk.journal.entry import line_id
from mlops_desk.kernel import clock, settings
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.projection.rows import Reader
from mlops_desk.sync import config, git
from mlops_desk.sync.address import Address, parse
from mlops_desk.sync.config import Configuration
from mlops_desk.sync.exchange import TEAM, Exchange, Offline, again
from mlops_desk.sync.git import Git
from mlops_desk.sync.states import STEPS, SyncState, state_of
from mlops_desk.workspace import machine, memory
from mlops_desk.workspace.door import Workspace
from mlops_desk.workspace.invitation import Invitation
from mlops_desk.workspace.outlook import Outlook, Share, Synced, Waiting
from mlops_desk.workspace.signed_here import is_signature
from mlops_desk.workspace.team_folder import FolderGuard, marked_in, meet, name_remote, open_git, prepare_folder

WAITING_SHOWN = 20
_PATIENCE_S = 60


class TeamCopy:
    """The exchange between an open project and the address that was typed on this machine.

    ``changes`` are the rows that became different by what was done, even where it failed in the end.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._project = workspace.project
        self._folder = workspace.project.folder.resolve()
        self.changes = Changes()

    @property
    def address(self) -> Address | None:
        """Where the team copy lies; None if nobody said so on this machine."""
        remote = settings.project(self._project.id).remote
        return parse(remote) if remote else None

    def settle_at(self, typed: str, stop: Stop | None = None) -> Address:
        """Make an address the team copy of this project on this machine; an empty folder becomes one.

        Raises:
            DeskError: it is none.
            Cancelled: the person stopped it; the address is as it was.
        """
        self._must_be_own()
        address = parse(typed)
        if address.kind == "path":
            prepare_folder(Path(address.text))
        here = self._git(address)
        meet(here, address, stop or Stop())
        name_remote(here, address)
        settings.remember(self._project.id, remote=address.text)
        return address

    def configurations(self) -> tuple[Configuration, ...]:
        """Return the git configurations that an exchange meets: the folder's, and that of a team copy in a folder."""
        self._must_be_own()
        address = self.address
        places = [self._folder, *([Path(address.text)] if address and address.kind == "path" else [])]
        return tuple(config.read(place) for place in places)

    def trust(self, found: Sequence[Configuration]) -> None:
        """Trust git configurations on this machine exactly as they were found; what is changed later is not trusted."""
        settings.remember(self._project.id, trusted_configurations=[each.digest for each in found])

    def invitation(self) -> Invitation:
        """Return the invitation to this project.

        Raises:
            DeskError: it has no team copy.
        """
        address = self.address
        if address is None:
            raise DeskError(
                _("This project has no team copy yet."), _("Set it: `mlops-desk sync --remote URL`."), code="SYNC-113"
            )
        return Invitation(address.text, self._project.id)

    def restore(self) -> tuple[Share, ...]:
        """Put back what the shared folder lost of what this machine has seen; returns by person how many entries."""
        restored = self.shares(memory.restore(self._project))
        self._refresh()
        return restored

    def sync(self, progress: Progress, stop: Stop, *, sends: bool = True) -> Synced:
        """Receive and merge, and send unless that is to wait.

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
            with self._alone(stop):
                blocked, sent = self._exchange(exchange, progress, stop, sends=sends)
        except Offline:
            return Synced(SyncState("offline", to_send=self._unsent(exchange), age_s=self._age_s()))
        self._refresh()
        settings.remember(self._project.id, synced_ms=clock.now_ms())
        return Synced(
            self._state(self._unsent(exchange), len(blocked)),
            self.shares(self._counts() - kept),
            sent,
            self._lost(),
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

    def outlook(self) -> Outlook:
        """Return how the project stands as far as this machine knows; nobody else is asked."""
        kept = settings.project(self._project.id)
        address = self.address
        known = Outlook(SyncState("no-remote"), receives=kept.receives, sends=kept.sends, lost=self._lost())
        if address is None:
            is_carried = git.is_carried(self._folder) and not git.is_own(self._folder)
            state = SyncState("no-remote", to_send=self._own_count())
            return msgspec.structs.replace(known, state=state, trouble=_stands_aside() if is_carried else None)
        host = address.host if address.kind == "https" else ""
        known = msgspec.structs.replace(known, address=address.text, host=host, synced_ms=kept.synced_ms)
        try:
            self._must_be_own()
            unsent = self._unsent_lines(Exchange(self._git(address), address, self._guard()))
        except DeskError as error:
            return msgspec.structs.replace(known, state=SyncState("refused", age_s=self._age_s()), trouble=error)
        waiting, signed = self._waiting(unsent)
        return msgspec.structs.replace(known, state=self._state(len(unsent)), waiting=waiting, signed=signed)

    @contextmanager
    def _alone(self, stop: Stop) -> Iterator[None]:
        """Wait until no other process of this machine exchanges this project."""
        self._project.locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._project.locks / f"sync-{self._project.id}.lock")
        try:
            lock.acquire(timeout=_PATIENCE_S, cancel_check=lambda: stop.wished)
        except Timeout:
            if stop.wished:
                raise Cancelled(_("Stopped."), _("Nothing was exchanged."), code="TASK-101") from None
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

    def _exchange(self, exchange: Exchange, progress: Progress, stop: Stop, *, sends: bool) -> tuple[list[str], int]:
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
            if blocked or not sends:
                return True
            progress(_("Sending"), 2, STEPS)
            return exchange.send(theirs, stop)

        if not again(attempt, stop):
            raise DeskError(
                _("Others were quicker eight times in a row; nothing was sent."),
                _("Your entries are safe here. Try again in a moment."),
                code="SYNC-133",
            )
        progress(_("Done"), STEPS, STEPS)
        return blocked, 0 if blocked or not sends else unsent

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
        self._refresh()
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
        mine = set(self._project.own_devices())
        theirs: dict[str, list[bytes]] = {}
        for path, content in found:
            device = path.split("/")[1]
            if device in mine:
                theirs.setdefault(device, []).extend(files.lines_in(content))
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

    def _refresh(self) -> None:
        self.changes |= self._workspace.refresh()

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
            raise _stands_aside()
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

    def _lost(self) -> tuple[Share, ...]:
        short = {each.author for each in self._workspace.findings() if each.code == "rollback"}
        lost = {device: len(lines) for device, lines in memory.lost(self._project, short).items()} if short else {}
        return self.shares(lost)

    def _unsent(self, exchange: Exchange) -> int:
        return len(self._unsent_lines(exchange))

    def _unsent_lines(self, exchange: Exchange) -> set[bytes]:
        """Return the own entries that the team copy did not hold when it was last seen."""
        tree = exchange.repository.tree(exchange.repository.commit_of(TEAM), "journals")
        found: set[bytes] = set()
        for device, lines in self._own_lines().items():
            here = {path: item for path, item in tree.items() if path.startswith(f"journals/{device}/")}
            there = {line for _path, content in exchange.repository.contents(here) for line in files.lines_in(content)}
            found |= lines - there
        return found

    def _waiting(self, lines: set[bytes]) -> tuple[tuple[Waiting, ...], frozenset[str]]:
        """Return the newest entries among some lines, and the ids of those that are signatures."""
        query = "SELECT kind, ms, id FROM line WHERE id IN (SELECT unnest(?)) ORDER BY ms DESC, counter DESC"
        ids = [line_id(line) for line in lines]
        found = self._workspace.ask(lambda rows: rows.sql(query, ids)) if ids else []
        newest = tuple(Waiting(kind, clock.instant(ms)) for kind, ms, _id in found[:WAITING_SHOWN])
        return newest, frozenset(id_ for kind, _ms, id_ in found if is_signature(kind))

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


def _stands_aside() -> DeskError:
    return DeskError(
        _("This project lies inside a code repository, which carries it; the desk stands aside."),
        _("Send and receive it with git there; the rows follow."),
        code="SYNC-104",
    )


def _names(rows: Reader) -> dict[str, str]:
    """Return the name of the member each device belongs to, or of who asks to join with it."""
    found = {each.device: each.name for each in rows.find(JoinRequest)}
    return found | {device: each.name for each in rows.find(Member, order="id") for device in each.devices}
