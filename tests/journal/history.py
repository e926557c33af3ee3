"""Histories of a team that trusts nobody: devices that date back, skip, replay, fork, escalate and cut each other."""

from __future__ import annotations

import random
from typing import Any

from tests.journal.oracle import Said

ROLES = ("owner", "ml-engineer", "ai-ethics", "observer")
MEMBERS = ("ana", "ben", "cid", "dora", "A", "B")  # the last two are named like machines
DEVICES = ("A", "A2", "B", "B2", "C", "C2", "D", "S")
OWNERS_OF = {"A": "ana", "A2": "ana", "B": "ben", "B2": "ben", "C": "cid", "C2": "cid", "D": "dora", "S": "dora"}
KEYS = ("K", "K2", "K3")
ORDINARY = ("note.write", "gate.sign")
APPROVALS = ("gate.sign",)
TEAM = (
    "roster.admit",
    "roster.admit",
    "roster.device_admit",
    "roster.roles",
    "roster.roles",
    "roster.revoke",
    "roster.device_revoke",
    "roster.accept_late",
    "roster.fork_confirm",
    "recovery.rotate",
)


class History:
    """Lines one after another, each by some device that knows some of what was said before."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.lines: list[Said] = []
        self._team: list[Said] = []
        self._knows: dict[str, set[str]] = {device: set() for device in (*DEVICES, *KEYS)}
        value = {"member": "ana", "member_name": "Ana", "device": "A", "roles": ["ml-engineer"], "recovery": "K"}
        self._say("A", "project.create", "", value)

    def go_on(self, steps: int) -> list[Said]:
        """Let some lines follow, and return all of them."""
        for _ in range(steps):
            chance = self.chance
            device = self._author()
            if chance.random() < 0.8:
                self._knows[device] |= {event.id for event in self._team}
            if chance.random() < 0.5 or device in KEYS:
                kind = chance.choice(TEAM if len(self.lines) > 8 else TEAM[:3])
                self._say(device, kind, "", self._value(device, kind))
            else:
                self._say(device, chance.choice(ORDINARY), chance.choice(ROLES[1:3]), {})
        return self.lines

    def _author(self) -> str:
        chance = self.chance
        if chance.random() < 0.06:
            return chance.choice(KEYS)
        bound = [str(event.value["device"]) for event in self._team if event.kind in TEAM[:3] and event.device in "AB"]
        return chance.choice(["A", "A", *bound] if chance.random() < 0.8 else DEVICES)

    def _say(self, device: str, kind: str, acting: str, value: dict[str, Any]) -> None:
        chance = self.chance
        own = [line for line in self.lines if line.device == device]
        if not own:
            seq, prev = 1, ""
        else:
            before = chance.choice(own) if chance.random() < 0.07 else own[-1]  # else a fork
            seq, prev = before.seq + 1 + (chance.random() < 0.01), before.id  # a number may be left out
            if chance.random() < 0.01:
                prev = chance.choice(self.lines).id  # as if it followed somebody else's
        id_ = f"{chance.randrange(4096):03x}-{len(self.lines)}"
        line = Said(id_, device, seq, prev, self._heads(device), acting, kind, value)
        self.lines.append(line)
        self._knows[device].add(id_) if line.is_team else None
        if line.is_team:
            self._team.append(line)

    def _heads(self, device: str) -> tuple[str, ...]:
        chance, known = self.chance, [event for event in self._team if event.id in self._knows[device]]
        if known and chance.random() < 0.08:  # dated back, or chosen as it suits
            return tuple(sorted({chance.choice(known).id for _ in range(chance.randint(1, 2))}))
        if chance.random() < 0.003:
            return ("nobody-has-it",)
        inner = {head for event in known for head in event.roster}
        return tuple(sorted(event.id for event in known if event.id not in inner))

    def _value(self, device: str, kind: str) -> dict[str, Any]:
        chance = self.chance
        target = device if chance.random() < 0.1 else chance.choice(DEVICES if chance.random() < 0.95 else KEYS)
        rightly = chance.random() < 0.9
        member = OWNERS_OF.get(target, "ana") if rightly else chance.choice(MEMBERS)
        roles = sorted({chance.choice(ROLES[:3]) for _ in range(chance.randint(1, 3))})
        return {
            "member": member,
            "device": target,
            "name": member.title(),
            "roles": roles,
            "cut": {each: self._end(each) for each in DEVICES if chance.random() < 0.7},
            "upto": self._end(target),
            "keep": [self._end(target)[1] for _ in range(chance.randint(0, 2))],
            "pub": chance.choice(KEYS),
        }

    def _end(self, device: str) -> list[Any]:
        chance, own = self.chance, [line for line in self.lines if line.device == device]
        if not own or chance.random() < 0.05:
            return [chance.randint(0, 5), "not-here"]
        end = own[-1] if chance.random() < 0.6 else chance.choice(own)
        return [end.seq, end.id]
