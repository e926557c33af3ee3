"""The verifier that travels alone says what the desk says of every line, whatever was done to the files."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from nacl import bindings

from mlops_desk.catalogue import RULES
from mlops_desk.journal import events, keys
from mlops_desk.journal.entry import DOMAIN, HEAD, MIDDLE, TAIL, Flaw, canonical, line_id
from mlops_desk.journal.opening import open_own
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.ids import base64url
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace.project import Project
from mlops_desk.workspace.verify import verify

PATH = resource("verify_journal.py")
KEYS = [keys.from_seed(bytes([number]) * 32) for number in range(1, 5)]
MAX_LINES = 200
KINDS = (
    *(events.GENESIS, events.ADMIT, events.DEVICE_ADMIT, events.ROLES, events.REVOKE, events.DEVICE_REVOKE),
    *(events.ACCEPT_LATE, events.FORK_CONFIRM, events.ROTATE, events.REQUEST),
)
PASSED = "not judged here"
JUDGED = {
    "malformed",
    "bad-signature",
    "malformed-signed",
    "unknown-version",
    "waiting-chain",
    "waiting-roster",
    "view-went-back",
    "fork",
    "no-beginning",
}
WEAK = "a" * 51 + "q"  # 32 zero bytes with a spare bit set: no canonical key


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_journal", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


THEIRS = load()


def signed(body: bytes, key: keys.DeviceKey) -> bytes:
    """Return the line of a body that an insider signed, whatever it says."""
    signature = bindings.crypto_sign(DOMAIN + body, key.secret)[:64]
    return HEAD + base64url(signature).encode() + MIDDLE + body + TAIL


def op(value: Any) -> dict[str, Any]:
    return {"op": "fact", "t": "x", "id": "a" * 26, "v": value}


class Team:
    """Journals of a few devices, written at random, by all rules or by some."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.lines: dict[str, list[bytes]] = {key.device: [] for key in KEYS}
        self.tips: dict[str, tuple[int, str, list[str]]] = {key.device: (0, "", []) for key in KEYS}
        self.team: list[str] = []
        self.project = ""
        founder = {"member": "ana", "name": "P", "member_name": "Ana", "device": KEYS[0].device, "roles": ["owner"]}
        self.project = self.write(KEYS[0], events.GENESIS, op(founder))
        for _turn in range(random.randrange(2, 25)):
            self.step()

    def step(self) -> None:
        key = self.random.choice(KEYS)
        if self.random.random() < 0.4:
            named = self.random.choice([*KEYS, KEYS[0]]).device if self.random.random() < 0.9 else WEAK
            value = {"member": self.random.choice("abc"), "device": named, "roles": ["owner"], "pub": named}
            value |= {"recovery": self.random.choice(["", named, WEAK])} if self.random.random() < 0.3 else {}
            self.write(key, self.random.choice(KINDS), op(value))
        else:
            self.write(key, self.random.choice(["kpi.add", "model.register", "policy.set"]), op("text é\n"))

    def write(self, key: keys.DeviceKey, kind: str, *ops: dict[str, Any]) -> str:
        seq, prev, heads = self.tips[key.device]
        chance = self.random.random
        if self.team and (not heads or chance() < 0.3):
            heads = self.random.sample(self.team, min(len(self.team), self.random.randrange(1, 3)))
        body = {
            "v": 1 if chance() < 0.97 else 2,
            "project": "" if kind == events.GENESIS else self.project,
            "device": key.device,
            "seq": seq + 1 if chance() < 0.97 else self.random.randrange(1, 9),
            "prev": prev,
            "time": [self.random.randrange(10**6), 0],
            "roster": heads,
            "seen": [],
            "as": "owner",
            "kind": kind,
            "ops": list(ops),
        }
        line = signed(canonical(body), key)
        id_ = line_id(line)
        self.lines[key.device].append(line)
        if chance() < 0.97:  # else the next line is a fork of this one
            self.tips[key.device] = (seq + 1, id_, heads)
        if events.is_roster(kind):
            self.team.append(id_)
        return id_


def damaged(files: dict[str, bytes], random: Random) -> dict[str, bytes]:
    """Return files of lines after something was done to one of them."""
    name = random.choice(sorted(files))
    content = files[name]
    lines = content.split(b"\n")
    place = random.randrange(len(lines))
    other = f"journals/{random.choice(KEYS).device}/{random.randrange(3):06}.jsonl"
    deeds: dict[str, Callable[[], dict[str, bytes]]] = {
        "flip": lambda: {name: _flipped(content, random)},
        "drop": lambda: {name: b"\n".join(lines[:place] + lines[place + 1 :])},
        "swap": lambda: {name: b"\n".join(random.sample(lines, len(lines))) + b"\n"},
        "tear": lambda: {name: content[: random.randrange(len(content) + 1)]},
        "windows": lambda: {name: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")},
        "junk": lambda: {name: b"\n".join([*lines[:place], b"<<<<<<< HEAD", random.randbytes(40), *lines[place:]])},
        "copy": lambda: {name.removesuffix(".jsonl") + " (Ana's conflicted copy 1).jsonl": content},
        "sync": lambda: {name.removesuffix(".jsonl") + ".sync-conflict-1.jsonl": _flipped(content, random)},
        "foreign": lambda: {other: files.get(other, b"") + lines[place] + b"\n"},
        "stranger": lambda: {f"journals/{WEAK}/000001.jsonl": content, "journals/readme.jsonl": b"x\n"},
        "name": lambda: {name.removesuffix(".jsonl") + "-2.jsonl": content},
    }
    return files | deeds[random.choice(sorted(deeds))]()


def _flipped(content: bytes, random: Random) -> bytes:
    place = random.randrange(max(1, len(content)))
    return content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]


def write_files(folder: Path, project: str, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "desk.toml").write_text(f'format = 1\nproject = "{project}"\n')


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Path]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLOPS_DESK_HOME", str(tmp_path_factory.mktemp("home")))
        base, numbers = tmp_path_factory.mktemp("fuzz"), iter(range(10**6))
        yield lambda: base / str(next(numbers))


@settings(max_examples=120, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(0, 3))
@example(1617, 3)
def test_that_both_say_the_same_of_fuzzed_journals(room: Callable[[], Path], seed: int, deeds: int) -> None:
    random, folder = Random(seed), room()
    team = Team(random)
    files: dict[str, bytes] = {}
    for device, lines in team.lines.items():
        half = len(lines) // 2
        for number, part in ((1, lines[:half]), (2, lines[half:])):
            files[f"journals/{device}/{number:06}.jsonl"] = b"".join(line + b"\n" for line in part)
    for _deed in range(deeds):
        files = damaged(files, random)
    write_files(folder, team.project, files)
    ours = verify(Project(folder, team.project), RULES, silent, Stop())
    counts, theirs = THEIRS.check(folder)
    said = {(each.code, each.place) for each in ours.findings if each.code in JUDGED}
    assert {(verdict, place) for verdict, place, _reason in theirs if verdict != PASSED} == said
    assert counts.total() >= ours.lines == sum(ours.verdicts.values())
    assert counts[PASSED] == sum(n for code, n in ours.verdicts.items() if code not in JUDGED)
    is_sound = not any(verdict in THEIRS.GRAVE for verdict, _place, _reason in theirs)
    assert is_sound == (not any(each.grave for each in ours.findings if each.code in JUDGED))


def verdict_of(opener: Callable[..., Any], line: bytes, device: str, project: str) -> str:
    try:
        opener(line, device, project)
    except Flaw as flaw:
        return flaw.verdict
    except THEIRS.Flaw as flaw:
        return str(flaw.args[0])
    return PASSED


wild: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats()
    | st.sampled_from(["", "ok", "e\u0301", "\u0007", "\u007f", "x" * 65_537, "owner", "\U0001f600", "roster.admit"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("vfopé") | st.text(), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = ["v", "project", "device", "seq", "prev", "time", "roster", "seen", "as", "kind", "ops", "crit", "more"]


@settings(max_examples=250)
@given(st.lists(st.tuples(st.sampled_from(FIELDS), wild), max_size=2), st.lists(wild, max_size=2), st.integers(0, 400))
@example([("ops", [{"op": [], "t": "x", "id": "y"}])], [], 0)
@example([("ops", [{"op": "withdraw", "t": "x", "id": "y", "pred": [["a", True]]}])], [], 0)
@example([("roster", ["r"] * 17)], [], 0)
@example([("time", [1, True])], [], 0)
@example([("ops", [op({"device": WEAK})]), ("kind", "roster.admit")], [], 0)
def test_that_both_say_the_same_of_what_an_insider_signs(
    changed: list[tuple[str, Any]], more: list[Any], place: int
) -> None:
    key = KEYS[0]
    body = {
        "v": 1,
        "project": "p" * 43,
        "device": key.device,
        "seq": 2,
        "prev": "q",
        "time": [1, 0],
        "roster": ["r"],
        "seen": [],
        "as": "owner",
        "kind": "kpi.add",
        "ops": [op(each) for each in more] or [op(1)],
    } | dict(changed)
    raw = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    for text in (
        raw,
        raw[:place] + b" " + raw[place:],
        raw.replace(b"1", b"1.0", 1),
        raw[:place] + b"\\" + raw[place:],
    ):
        line = signed(text, key)
        mine = verdict_of(open_own, line, key.device, "p" * 43)
        assert verdict_of(THEIRS.open_line, line, key.device, "p" * 43) == mine


@pytest.mark.parametrize(("depth", "expected"), [(16, PASSED), (17, "malformed-signed"), (100_000, "malformed-signed")])
def test_that_both_stop_at_the_same_depth(depth: int, expected: str) -> None:
    key = KEYS[0]
    body = canonical(
        dict.fromkeys(("project", "prev"), "p")
        | {"v": 1, "device": key.device, "seq": 2, "time": [1, 0], "roster": [], "seen": [], "as": ""}
        | {"kind": "kpi.add", "ops": [op(1)], "more": 0}
    )
    line = signed(body.replace(b'"more":0', b'"more":' + b"[" * (depth - 1) + b"]" * (depth - 1)), key)
    assert verdict_of(THEIRS.open_line, line, key.device, "p") == expected
    assert verdict_of(open_own, line, key.device, "p") == expected


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-I", str(PATH), str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=plain, timeout=60)


def test_that_it_runs_alone_and_ends_1_where_something_was_altered(desk, folder: Path) -> None:
    desk.do(RULES.act("kpi.add", name="Time"))
    desk.publish()
    sound = run(folder)
    assert (sound.returncode, sound.stderr) == (0, "")
    assert sound.stdout == "Lines: 2 not judged here.\n"
    [path] = folder.glob("journals/*/*.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"Time"', b'"Tame"'))
    altered = run(folder, "--json")
    assert altered.returncode == 1
    found = msgspec.json.decode(altered.stdout)
    assert [each["verdict"] for each in found["findings"]] == ["bad-signature"]
    assert found["findings"][0]["place"].startswith(f"journals/{path.parent.name}/000001.jsonl, byte ")
    assert run(folder / "journals").returncode == 2


def test_that_an_auditor_can_read_it_and_needs_nothing_of_the_desk() -> None:
    text = PATH.read_text("utf-8")
    assert text.count("\n") <= MAX_LINES
    imported = {name.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} - sys.stdlib_module_names == {"nacl"}
