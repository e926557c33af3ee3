"""The workspace of one project on this machine: do, ask, refresh."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from mlops_desk.areas.datasets.sharing import withdraw_closed
from mlops_desk.catalogue import RULES
from mlops_desk.journal import chain, keys, roster
from mlops_desk.journal.entry import Entry, Flaw, line_id, seal
from mlops_desk.journal.events import Event, is_roster
from mlops_desk.journal.files import OwnJournal, Tip, publish, unpublished
from mlops_desk.journal.opening import open_own
from mlops_desk.kernel import clock, settings
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.assets import build
from mlops_desk.kernel.changes import Change, Changes
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.here import Here
from mlops_desk.kernel.progress import Progress, silent
from mlops_desk.kernel.record import fields_of
from mlops_desk.kernel.roles import role_name
from mlops_desk.kernel.words import _, language
from mlops_desk.objects.store import ObjectStore
from mlops_desk.projection.answers import Answers
from mlops_desk.projection.database import Database, StoreError
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace import machine, refusing, status
from mlops_desk.workspace import project as projects
from mlops_desk.workspace.bench import WorkBench
from mlops_desk.workspace.deep import deepened
from mlops_desk.workspace.intake import Intake
from mlops_desk.workspace.present import Actor, PresentRows
from mlops_desk.workspace.verify import Verified, verify
from mlops_desk.workspace.versions import REGISTRY

P = ParamSpec("P")
T = TypeVar("T")


class Workspace:
    """One project, open. Acts are done one at a time; questions may come from any thread."""

    def __init__(self, folder: Path, *, acting: str = "", me: str = "") -> None:
        """Open the project of a folder and catch up with it.

        ``acting`` is the slug of the role to act in, else the one used last here; ``me``
        names one of several members whose keys are on this machine, in samples only.

        Raises:
            DeskError: the folder is no project, or of a newer format.
        """
        self.project = projects.load(folder)
        self._lock = threading.RLock()
        self._acted = False
        self._own: OwnJournal | None = None
        self._alone: set[str] = set()
        self._database = Database(self.project.cache, RULES.nouns, REGISTRY)
        self._intake = Intake(self.project, self._database, RULES)
        self._answers = Answers(self._database, "")
        self.objects = ObjectStore(self.project.private / "objects", self.project.shared_objects)
        try:
            self.news = self.refresh().said
            self._own = self._own_journal(me)
            self.acting = self._acting(acting)
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Share what was done here and give the store back."""
        with suppress(StoreError):  # both only save the next start some work
            self._intake.save()
            self._answers.save()
        if self._acted:
            self.publish()
        self._database.close()

    # --- who -----------------------------------------------------------------------------

    @property
    def member(self) -> roster.Member | None:
        """Who acts here, as the team sees them; None for somebody who has not been admitted."""
        return self._intake.roster.now.author(self._own.device) if self._own else None

    @property
    def team(self) -> roster.Roster:
        """The team as all its entries say."""
        return self._intake.roster

    @property
    def recovery_keys(self) -> list[str]:
        """The recovery key of the project; empty if it was founded without one."""
        return self._intake.roster.recovery_keys

    @property
    def here(self) -> Here:
        """This machine, and who sits at it."""
        return Here(self.project.id, self.member.id if self.member else "", self.device)

    @property
    def device(self) -> str:
        """The device whose key is used here; empty if none is."""
        return self._own.device if self._own else ""

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles in which the person may act."""
        return tuple(sorted(self.member.roles)) if self.member else ()

    def act_as(self, role: str, *, remember: bool = True) -> None:
        """Choose the acting role, and remember it on this machine.

        Raises:
            DeskError: the person does not hold it.
        """
        self.acting = self._acting(role)
        if remember:
            settings.remember(self.project.id, acting=role)

    def _own_journal(self, me: str) -> OwnJournal | None:
        devices = self.project.own_devices()
        remembered = settings.project(self.project.id).device
        view = self._intake.roster.now
        device = remembered if remembered in devices else (devices[0] if devices else "")
        if me:
            if not self.project.is_sample:
                raise DeskError(
                    _("--me works only in sample projects, where several members live on one machine."),
                    _("Here you are who your key says you are."),
                    code="TEAM-110",
                )
            fitting = [each for each in devices if (who := view.author(each)) and me in (who.name, who.name.split()[0])]
            if not fitting:
                raise DeskError(_("No key of {name} is on this machine.", name=me), code="TEAM-111")
            device = fitting[0]
        return self.project.journal_of(device) if device else None

    def _acting(self, wish: str) -> str:
        roles = self.roles
        if wish and wish not in roles:
            held = ", ".join(role_name(role) for role in roles) or _("none")
            raise DeskError(
                _("You do not hold the role {role} here.", role=role_name(wish)),
                _("Your roles: {held}.", held=held),
                code="TEAM-112",
            )
        remembered = settings.project(self.project.id).acting
        working = [role for role in roles if role != "owner"] or list(roles)
        return wish or (remembered if remembered in roles else (working[0] if working else ""))

    # --- ask -----------------------------------------------------------------------------

    def ask(self, query: Callable[Concatenate[Reader, P], T], *values: P.args, **named: P.kwargs) -> T:
        """Return what a query function finds in the rows; may be called from any thread."""
        reader = Reader(
            self._database.connection.cursor(), RULES.nouns, REGISTRY, self.here, self._answers, self.objects
        )
        try:
            return reader.ask(query, *values, **named)
        finally:
            reader.close()

    def findings(self) -> list[Finding]:
        """Return what is wrong or still on its way, the grave first."""
        return self.ask(status.findings)

    # --- refresh -------------------------------------------------------------------------

    def refresh(self) -> Changes:
        """Take in what others, or other processes of this machine, have written."""
        with self._lock:
            changes = self._catch_up() | Changes(said=self._withdraw())
            if self._own is not None and self.acting not in self.roles:
                self.acting = self._acting("")  # admitted just now, or the roles were changed
            return changes

    def _catch_up(self) -> Changes:
        changes = self._intake.refresh()
        self._renew_answers(changes)
        return changes

    def _withdraw(self) -> str:
        """Take out of the shared folder what may not lie there any more; returns a sentence if there was anything."""
        return self.ask(withdraw_closed, self.objects)

    def _renew_answers(self, changes: Changes) -> None:
        """Go on without answers that changes may have ended, or that were given in another language."""
        content = f"{build()} {language()} {self._intake.content}"
        if content != self._answers.content:
            self._answers = self._answers.after(content, changes.nouns)

    def rebuild(self) -> int:
        """Throw the store away and make it again from the journals; returns the number of lines."""
        with self._lock:
            self._database.rebuild()
            self._intake = Intake(self.project, self._database, RULES)
            self._answers = Answers(self._database, "")
            self.refresh()
            return int(self._database.sql("SELECT count(*) FROM line")[0][0])

    def verify(self, progress: Progress = silent, stop: Stop | None = None, *, is_deep: bool = False) -> Verified:
        """Check every line again from its bytes; ``is_deep``: objects and rows, too. Changes and heals nothing.

        Raises:
            Cancelled: somebody wished to stop.
        """
        checked = verify(self.project, RULES, progress, stop or Stop())
        return deepened(checked, self, progress, stop or Stop()) if is_deep else checked

    def publish(self) -> str:
        """Bring the shared copy of the own journals up to date; returns why it could not be, or an empty text.

        A folder that cannot be written does not stop work: the entries are safe here.
        """
        try:
            with self._lock:
                for own in self._own_journals():
                    publish(own, self.project.journals)
                self._acted = False
        except OSError as error:
            return _(
                "Recorded on this machine, not in the project folder yet: {reason}.", reason=error.strerror or error
            )
        return ""

    def unpublished(self) -> int:
        """Return how many own entries are not in the project folder."""
        return sum(unpublished(own, self.project.journals) for own in self._own_journals())

    def _own_journals(self) -> list[OwnJournal]:
        return [self.project.journal_of(device) for device in self.project.own_devices()]

    # --- do ------------------------------------------------------------------------------

    def do(self, act: Act, *, progress: Progress = silent, stop: Stop | None = None) -> Changes:
        """Do one act: long work first, then one entry, committed before this returns.

        Raises:
            DeskError: it is refused; nothing was changed.
            Cancelled: it was stopped; nothing was changed.
        """
        own = self._own if act.does_without_entry else self._must_own()
        act = self._resolved(act)
        prepared = self._prepare(act, progress, stop or Stop())
        if own is None:  # somebody who may only read: the work is done, and nothing is recorded
            return Changes(said=self._said(act, prepared))
        self._must_be_alone(own)
        with self._lock, own.lock:
            before = self._catch_up()
            if self._intake.is_forked(own.device):
                raise refusing.used_elsewhere()
            key = keys.load(own.device)
            tip = own.tip()
            who = Actor(self.member.id if self.member else "", self.acting, clock.now())
            present = PresentRows(self._database, self._intake.ledger, who, self.here, self._answers)
            ops = tuple(act.changes(present, prepared))
            if not ops:
                said = self._said(act, prepared) if act.does_without_entry else act.found(prepared)
                return before | Changes(said=f"{said} {self._withdraw()}".strip())
            line, entry = self._sealed(act, ops, tip, key)
            own.append(line, Tip(entry.seq, line_id(line), entry.time, entry.roster))
            self._acted = True
            changes = before | self._commit(own, line, entry)
        said = f"{self._said(act, prepared)} {self._withdraw()}".strip()
        return changes | Changes(line=line_id(line), said=said, id=ops[0].id)

    def _said(self, act: Act, prepared: Any) -> str:
        """Return the sentence that says what was done, and what follows from it."""
        if self._own and not self.team.member_of(self._own.device) and not act.does_without_entry:
            return _("Kept as written before joining: it counts for nothing. Do it again once an owner admitted you.")
        outcome = "" if type(act).outcome is Act.outcome else self.ask(act.outcome)
        return " ".join(each for each in (_done(act), act.found(prepared), outcome) if each)

    def _must_own(self) -> OwnJournal:
        if self._own is None:
            raise DeskError(
                _("You are not a member of this project on this machine."),
                _("Everything can be read; to act, ask an owner to admit you."),
                code="TEAM-113",
            )
        return self._own

    def _must_be_alone(self, own: OwnJournal) -> None:
        """Refuse to write with a key that was copied here; asked once while it is open."""
        if own.device not in self._alone:
            if not machine.is_original(self.project, own.device):
                raise refusing.copied()
            machine.mend(self.project)
            self._alone.add(own.device)

    def _resolved(self, act: Act) -> Act:
        """Replace names and prefixes by the ids they mean."""

        def query(rows: Reader) -> dict[str, Any]:
            found: dict[str, Any] = {}
            for each in fields_of(type(act)):
                value = getattr(act, each.name)
                if each.about.of and value:
                    many = isinstance(value, tuple)
                    ids = tuple(rows.resolve(each.about.of, text) for text in (value if many else (value,)))
                    found[each.name] = ids if many else ids[0]
            return found

        resolved = self.ask(query)
        return act.but(**resolved) if resolved else act

    def _prepare(self, act: Act, progress: Progress, stop: Stop) -> Any:
        if type(act).prepare is Act.prepare:
            return None
        bench = WorkBench(self._database, self.project, self.here, self.objects, progress, stop)
        try:
            return act.prepare(bench)
        finally:
            bench.close()

    def _sealed(self, act: Act, ops: tuple[Change, ...], tip: Tip, key: keys.DeviceKey) -> tuple[bytes, Entry]:
        is_team = is_roster(act.entry_kind())
        entry = Entry(
            project=self.project.id,
            device=key.device,
            seq=tip.seq + 1,
            prev=tip.id,
            time=clock.next_stamp(max(tip.stamp, clock.Stamp(self._intake.latest_ms, 0)), clock.now_ms()),
            roster=self._intake.roster.heads[-roster.MAX_HEADS :],
            seen=self._intake.news_for(key.device),
            acting="" if is_team else self.acting,
            kind=act.entry_kind(),
            ops=ops,
        )
        try:
            line = seal(entry, key.secret)
        except Flaw as flaw:
            raise refusing.too_large(flaw) from None
        self._check(line, entry, tip, is_team=is_team)
        return line, entry

    def _check(self, line: bytes, entry: Entry, tip: Tip, *, is_team: bool) -> None:
        """Refuse here what every reader would set aside; only who asks to join may write before it counts."""
        id_ = line_id(line)
        try:
            open_own(line, entry.device, self.project.id)
        except Flaw as flaw:
            raise refusing.cannot(flaw.reason) from None
        folded = self._intake.roster
        if is_team:
            folded = roster.fold([*folded.events.values(), Event.of(id_, entry)])
        judge = chain.Judge(folded, RULES, {}, chain.Chains(lambda _device: {}))
        placed = {tip.id: chain.Place(entry.device, tip.seq, tip.roster)} if tip.seq else {}
        verdict = judge.judge([chain.Claim.of(id_, entry, RULES)], placed)[id_]
        if verdict.code == chain.OK or verdict.reason == chain.BEFORE_JOINING:
            return
        if verdict.code == "invalid-op":
            raise refusing.cannot(verdict.reason)
        if self.member is None and not folded.member_of(entry.device):
            raise refusing.not_admitted()
        raise refusing.would_not_count(verdict, self.acting, is_team=is_team)

    def _commit(self, own: OwnJournal, line: bytes, entry: Entry) -> Changes:
        try:
            changes = self._intake.commit(line, entry, own.segments()[-1])
        except StoreError:
            self._intake = Intake(self.project, self._database, RULES)  # the store is as before; it reads the line anew
            raise
        self._renew_answers(changes)
        return changes

    def digest(self) -> str:
        """Return the hash of all rows: equal wherever the same lines count."""
        return self.ask(Reader.digest)


def _done(act: Act) -> str:
    """Return the sentence that says what was done."""
    return _(act.done, **{each.name: getattr(act, each.name) for each in fields_of(type(act))}) if act.done else ""
