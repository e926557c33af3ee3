"""The recovery key: 24 words that are senior to everybody; kept on the founder's machine until they are on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mlops_desk.areas.team.device import Device
from mlops_desk.areas.team.ends import counted_until
from mlops_desk.areas.team.member import JoinRequest, Member
from mlops_desk.journal import events, keys, roster
from mlops_desk.journal.entry import Entry, line_id, seal
from mlops_desk.kernel import clock, secrets
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.roles import OWNER
from mlops_desk.kernel.seedwords import from_words, to_words
from mlops_desk.kernel.words import _
from mlops_desk.workspace import memory
from mlops_desk.workspace.door import Workspace

Step = tuple[str, dict[str, Any]]


def _name(device: str) -> str:
    return f"{keys.RECOVERY}{device}"


def unsaved_words(workspace: Workspace) -> str:
    """Return the 24 words if they lie on this machine and nobody said that they are on paper; else an empty text."""
    for device in workspace.recovery_keys:
        kept = secrets.get(_name(device))
        if kept is not None:
            return to_words(kept.value)
    return ""


def is_unsaved(workspace: Workspace) -> bool:
    """Tell whether the project hangs on this machine: the words are not on paper and there is no second owner."""
    members = workspace.ask(lambda rows: rows.find(Member, "active", order="id"))
    if workspace.project.is_sample or sum(OWNER.slug in each.roles for each in members) > 1:
        return False
    return any(secrets.kind_of(_name(device)) for device in workspace.recovery_keys)


def forget(workspace: Workspace, text: str) -> None:
    """Forget the words on this machine once somebody typed them from the paper.

    Raises:
        DeskError: they are others.
    """
    key = _key_of(workspace, text)
    secrets.forget(_name(key.device))


def _key_of(workspace: Workspace, text: str) -> keys.DeviceKey:
    key = keys.from_seed(from_words(text))
    if key.device not in workspace.recovery_keys:
        raise DeskError(
            _("These are not the words of this project's recovery key."),
            _("Nothing was changed. If it was replaced, use the newer words."),
            code="KEY-122",
        )
    return key


class Recovery:
    """What somebody may do who holds the 24 words: every step is an entry of the recovery key's own journal."""

    def __init__(self, workspace: Workspace, text: str) -> None:
        self._workspace = workspace
        self._key = _key_of(workspace, text)

    def take_this_machine(self, member: str, *, keeps_others: bool) -> list[str]:
        """Make this machine one of a member's, and retire their others unless they are kept; returns what was done.

        Raises:
            DeskError: this machine did not ask to join, or belongs to somebody already.
        """
        desk = self._workspace
        who = self._find(member)
        asked = [each for each in desk.ask(lambda rows: rows.find(JoinRequest)) if each.device == desk.device]
        if not asked or desk.team.member_of(desk.device):
            raise DeskError(
                _("This machine belongs to a member already.")
                if desk.member
                else _("This machine did not ask to join."),
                _("On a new machine type `mlops-desk get`, on an old one `mlops-desk team device renew`; then this."),
                code="KEY-123",
            )
        others = desk.ask(lambda rows: rows.find(Device, "member = ? AND NOT retired", who.id, order="since"))
        steps: list[Step] = [
            (events.DEVICE_ADMIT, {"member": who.id, "device": desk.device, "request": asked[0].line}),
        ]
        for each in [] if keeps_others else others:
            ends = desk.ask(counted_until, [each.id])
            cut = {device: [end.seq, end.id] for device, end in ends.items()}
            steps.append((events.DEVICE_REVOKE, {"device": each.id, "cut": cut, "reason": _("recovered")}))
        self._write(steps)
        said = [_("This machine belongs to {name} now.", name=who.name)]
        return said + [
            _("Retired their machine “{name}”.", name=each.name) for each in ([] if keeps_others else others)
        ]

    def make_owner(self, member: str) -> list[str]:
        """Give a member the role of an owner beside their others."""
        who = self._find(member)
        self._write([(events.ROLES, {"member": who.id, "roles": [*who.roles, OWNER.slug], "cut": {}})])
        return [_("{name} is an owner now.", name=who.name)]

    def replace(self) -> str:
        """Replace the recovery key and return its new 24 words; the old ones are worth nothing from now on."""
        key, _kind = keys.create(keys.RECOVERY)
        self._write([(events.ROTATE, {"pub": key.device})])
        return unsaved_words(self._workspace)

    def _find(self, text: str) -> Member:
        found = self._workspace.ask(lambda rows: rows.get(Member, rows.resolve(Member.noun, text)))
        if not found.active:
            raise DeskError(_("{name} was removed from the team, which is for ever.", name=found.name), code="KEY-124")
        return found

    # --- the journal of the key ------------------------------------------------------------

    def _write(self, steps: Iterable[Step]) -> None:
        """Write entries one after another: first remembered here, which is safe, then put into the shared folder."""
        desk, device = self._workspace, self._key.device
        for kind, value in steps:
            entry = self._entry(kind, value)
            line = seal(entry, self._key.secret)
            event = events.Event.of(line_id(line), entry)
            folded = roster.fold([*desk.team.events.values(), event])
            if event.id not in folded.accepted:
                raise DeskError(
                    _("The recovery key may not do this: {reason}.", reason=folded.rejected[event.id]),
                    _("It was replaced by another one, or the same was done already."),
                    code="KEY-125",
                )
            memory.remember(desk.project, {device: [line]})
            memory.restore(desk.project, {device})
            desk.refresh()

    def _entry(self, kind: str, value: Mapping[str, Any]) -> Entry:
        desk, device = self._workspace, self._key.device
        query = "SELECT seq, id FROM line WHERE device = ? AND verdict <> 'waiting-chain' ORDER BY seq DESC, id LIMIT 1"
        seq, prev = next(iter(desk.ask(lambda rows: rows.sql(query, device))), (0, ""))
        return Entry(
            project=desk.project.id,
            device=device,
            seq=seq + 1,
            prev=prev,
            time=clock.Stamp(clock.now_ms(), 0),
            roster=desk.team.heads[-roster.MAX_HEADS :],
            seen=(),
            acting="",
            kind=kind,
            ops=(Change("fact", "roster", new_id(), value=dict(value)),),
        )
