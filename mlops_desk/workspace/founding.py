"""How a project begins: a key, the first signed entry, and the folder that is marked with its id."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import msgspec

from mlops_desk.journal import events, keys
from mlops_desk.journal.entry import Entry, line_id, seal
from mlops_desk.journal.files import Tip, publish
from mlops_desk.kernel import clock, settings
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.naming import check_text
from mlops_desk.kernel.roles import WORKING_SLUGS
from mlops_desk.kernel.words import _
from mlops_desk.sync import git
from mlops_desk.workspace import machine, project
from mlops_desk.workspace.project import Project

_PERSON = re.compile(r"\s*(?P<name>[^<>]*?)\s*(?:<(?P<mail>[^<>\s]+@[^<>\s]+)>)?\s*")
MAX_NAME_CHARS = 100


class Founder(msgspec.Struct, frozen=True):
    """The person who founds a project: name, mail address (may be empty), and their roles."""

    name: str
    mail: str
    roles: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, roles: Sequence[str]) -> Founder:
        """Return the founder of ``Ana Lima <ana@example.org>`` with at least one of the eight roles.

        Raises:
            DeskError: the name is missing or too long, or no role was named.
        """
        match = _PERSON.fullmatch(text)
        name = match["name"] if match else ""
        if match is None or not name or len(name) > MAX_NAME_CHARS:
            raise DeskError(
                _("“{text}” is not a name with an address.", text=text[:200]),
                _('Write it like "Ana Lima <ana@example.org>".'),
                code="TEAM-101",
            )
        if not set(roles) & WORKING_SLUGS:
            raise DeskError(
                _("Every member holds at least one of the eight roles."),
                _("Add --role with one of: {roles}.", roles=", ".join(sorted(WORKING_SLUGS))),
                code="TEAM-102",
            )
        return cls(name, match["mail"] or "", tuple(dict.fromkeys(roles)))


def found(folder: Path, name: str, purpose: str, founder: Founder, *, is_sample: bool = False) -> Project:
    """Found a project in a folder and return it.

    The marker is written last: whatever goes wrong before leaves the folder as it was.

    Raises:
        DeskError: the folder cannot hold a project, or the key or entry cannot be kept.
    """
    check_text(name)
    folder = folder.resolve()
    with all_or_nothing(folder):
        project.prepare(folder)
        key, _kind = keys.create()
        recovery, _kind = keys.create(keys.RECOVERY)
        entry = _genesis(key.device, recovery.device, name, purpose, founder)
        line = seal(entry, key.secret)
        made = Project(folder, line_id(line), is_sample)
        with all_or_nothing(made.private):
            own = made.journal_of(key.device)
            with own.lock:
                own.append(line, Tip(1, made.id, entry.time, ()))
            machine.settle(made, key.device)
            publish(own, made.journals)
            git.begin(folder)
            project.mark(made)
    settings.remember(made.id, device=key.device, acting=founder.roles[0], folder=str(folder))
    return made


@contextmanager
def all_or_nothing(folder: Path) -> Iterator[None]:
    """Take away what work that fails has put into a folder, and the folder itself if it was not there."""
    was_there = folder.is_dir()
    before = {each.name for each in folder.iterdir()} if was_there else set()
    try:
        yield
    except BaseException:
        for each in [each for each in folder.iterdir() if each.name not in before] if folder.is_dir() else []:
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each, ignore_errors=True)
            else:
                each.unlink(missing_ok=True)
        if not was_there:
            with suppress(OSError):
                folder.rmdir()
        raise


def _genesis(device: str, recovery: str, name: str, purpose: str, founder: Founder) -> Entry:
    value = {
        "name": name,
        "purpose": purpose,
        "nonce": token_hex(16),
        "member": new_id(),
        "member_name": founder.name,
        "mail": founder.mail,
        "device": device,
        "roles": list(founder.roles),
        "recovery": recovery,
    }
    return Entry(
        project="",
        device=device,
        seq=1,
        prev="",
        time=clock.Stamp(clock.now_ms(), 0),
        roster=(),
        seen=(),
        acting="",
        kind=events.GENESIS,
        ops=(Change("fact", "roster", new_id(), value=value),),
    )


def join(made: Project, person: Founder, message: str = "") -> str:
    """Ask to join a project with a new key of this machine; returns the device.

    The request is the first line of the newcomer's journal; an owner admits them.
    """
    key, _kind = keys.create()
    value = {
        "name": person.name,
        "member": new_id(),
        "device": key.device,
        "mail": person.mail,
        "roles": list(person.roles),
        "message": message,
    }
    entry = Entry(
        project=made.id,
        device=key.device,
        seq=1,
        prev="",
        time=clock.Stamp(clock.now_ms(), 0),
        roster=(made.id,),
        seen=(),
        acting="",
        kind=events.REQUEST,
        ops=(Change("fact", "join-request", new_id(), value=value),),
    )
    line = seal(entry, key.secret)
    own = made.journal_of(key.device)
    with own.lock:
        own.append(line, Tip(1, line_id(line), entry.time, entry.roster))
    machine.settle(made, key.device)
    publish(own, made.journals)
    return key.device
