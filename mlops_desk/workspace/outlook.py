"""How a project stands to its team copy, and what an exchange did: the answers that faces show."""

from __future__ import annotations

from datetime import datetime

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.sync.states import SyncState


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


class Waiting(msgspec.Struct, frozen=True):
    """An own entry that the team copy does not hold yet: the kind of its act, and when it was made."""

    kind: str
    at: datetime


class Outlook(msgspec.Struct, frozen=True):
    """How a project stands to its team copy as far as this machine knows, without asking there.

    ``host`` is the one that may want a token, empty if none does; ``waiting`` are the newest entries to send,
    ``signed`` the ids of those to send that are signatures; ``trouble`` says why no exchange is possible.
    """

    state: SyncState
    address: str = ""
    host: str = ""
    synced_ms: int = 0
    waiting: tuple[Waiting, ...] = ()
    signed: frozenset[str] = frozenset()
    lost: tuple[Share, ...] = ()
    receives: bool = True
    sends: bool = True
    trouble: DeskError | None = None
