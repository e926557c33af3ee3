"""The eight states in which a project can stand to its team copy, in the words people read."""

from __future__ import annotations

from typing import Literal

import msgspec

from mlops_desk.kernel.words import _, plural

Code = Literal[
    "same", "to-send", "to-receive", "both", "working", "choose", "refused", "not-trusted", "offline", "no-remote"
]
STEPS = 3
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


class SyncState(msgspec.Struct, frozen=True):
    """How a project stands to its team copy.

    ``offline`` and ``no-remote`` are two faces of one state, and so are ``choose`` and ``refused``, both of which
    need the person: files are in the way, or no exchange is possible before something is set right.
    ``to_send`` and ``to_receive`` count entries, ``to_choose`` files that need the person,
    ``not_trusted`` entries that do not count; ``age_s`` is the time since the last exchange, -1 if there was none;
    ``step`` is the step of :data:`STEPS` that is at work, 0 if none is known.
    """

    code: Code
    to_send: int = 0
    to_receive: int = 0
    to_choose: int = 0
    not_trusted: int = 0
    age_s: int = -1
    step: int = 0

    @property
    def text(self) -> str:
        """The text of the chip."""
        if self.code == "same":
            return _("Up to date") if self.age_s < 0 else _("Up to date, {age}", age=_ago(self.age_s))
        if self.code == "choose":
            return plural("{n} needs your choice", "{n} need your choice", self.to_choose)
        if self.code == "not-trusted":
            return plural("{n} entry not trusted", "{n} entries not trusted", self.not_trusted)
        if self.code == "working":
            return _("Syncing, step {n} of {all}", n=self.step, all=STEPS) if self.step else _("Syncing")
        if self.code == "refused":
            return _("Not synced, {n} kept here", n=self.to_send) if self.to_send else _("Not synced")
        if self.code in ("offline", "no-remote"):
            place = _("Offline") if self.code == "offline" else _("No team copy yet")
            return _("{place}, {n} kept here", place=place, n=self.to_send) if self.to_send else place
        parts = [_("{n} to send", n=self.to_send)] if self.to_send else []
        parts += [_("{n} to receive", n=self.to_receive)] if self.to_receive else []
        return ", ".join(parts)


def state_of(*, to_send: int, to_receive: int = 0, to_choose: int = 0, not_trusted: int = 0, age_s: int) -> SyncState:
    """Return the state after an exchange; what needs the person comes first."""
    code: Code = "same"
    if to_choose:
        code = "choose"
    elif not_trusted:
        code = "not-trusted"
    elif to_send and to_receive:
        code = "both"
    elif to_send or to_receive:
        code = "to-send" if to_send else "to-receive"
    return SyncState(code, to_send, to_receive, to_choose, not_trusted, age_s)


def _ago(seconds: int) -> str:
    if seconds < _MINUTE_S:
        return _("just now")
    if seconds < _HOUR_S:
        return _("{n} min ago", n=seconds // _MINUTE_S)
    if seconds < _DAY_S:
        return _("{n} h ago", n=seconds // _HOUR_S)
    return plural("{n} day ago", "{n} days ago", seconds // _DAY_S)
