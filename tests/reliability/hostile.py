"""Items that do not belong into a project folder, each with the place it is put and what it tries."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from mlops_desk.journal import keys
from mlops_desk.journal.entry import canonical, line_id
from mlops_desk.kernel.ids import base64url
from mlops_desk.workspace.project import Project
from tests.journal.test_verifier import signed
from tests.sync.test_hostile import VECTORS, script

Plant = Callable[[Project, Path], None]
STRANGER = keys.from_seed(b"\x77" * 32)
SECRET = "canary-secret"
BIDI, LONG = "\u202egnp", "x" * 240
NAMES = (
    *("CON.jsonl", "NUL.jsonl", "aux", "trailing.", "trailing ", "a:b", LONG, "new\nline", BIDI, "é", "e\u0301"),
    *(".mlj-1.tmp", "~syncthing~x.tmp", "-rf", "--help", "%n%s", "{0.__class__}", "$(touch x)", "`touch x`", "000001"),
    *("000001.JSONL", "000001.jsonl~", "0000001.jsonl", ".jsonl", "..jsonl", "*", "?", "'; drop table line; --"),
    *("a" * 52, "A" * 52, STRANGER.device.upper(), f"{STRANGER.device} ", "HEAD", "objects", "refs", "config"),
)
TEXTS = (
    *(
        "<img src=/etc/canary>",
        "<script>x</script>",
        "![](/etc/canary)",
        "javascript:x",
        "&#x41;",
        "\\u0000",
        "=1+1",
        "</title>",
    ),
    *(
        "{{7*7}}",
        "@import url(x)",
        "x" * 60_000,
        "a\u0301" * 5_000,
        BIDI,
        "\u0410n\u0430",
        "=HYPERLINK(1)",
        "%s%n",
        "</title>",
    ),
)
LINES: dict[str, bytes] = {
    "giant": b"x" * 7_000_000,
    "empty": b"\n" * 1_000_000,
    "zeros": bytes(300_000),
    "carriage returns": b"x\r" * 1_000,
    "utf-16": "line\n".encode("utf-16") * 500,
    "byte order mark": b"\xef\xbb\xbf\xef\xbb\xbf\n",
    "marks of a conflict": b"<<<<<<< ours\n=======\n>>>>>>> theirs\n",
    "surrogates": b'{"s":"\\ud800"}\n',
    "overlong": b"\xc0\x80\xe0\x80\xaf\n",
    "random": Random(1).randbytes(200_000) + b"\n",
}
BODIES: dict[str, Any] = {
    "another project": {"project": "z" * 43},
    "another device": {"device": keys.from_seed(b"\x78" * 32).device},
    "number 0": {"seq": 0},
    "number -1": {"seq": -1},
    "number 2^53": {"seq": 2**53},
    "a number left out": {"seq": 9, "prev": "q" * 43},
    "no beginning": {"seq": 2, "prev": "q" * 43},
    "another version": {"v": 2},
    "crit": {"crit": True},
    "crit no": {"crit": "yes"},
    "unknown heads": {"roster": ["n" * 43]},
    "10,000 heads": {"roster": ["n" * 43] * 10_000},
    "seen of no kind": {"seen": {"a": 1}},
    "no ops": {"ops": []},
    "1,001 ops": {"ops": [{"op": "fact", "t": "x", "id": "a", "v": 1}] * 1_001},
    "an op of no kind": {"ops": [{"op": "drop", "t": "kpi", "id": "a", "v": 1}]},
    "sql as a noun": {"ops": [{"op": "fact", "t": 'kpi"; drop table line; --', "id": "a", "v": 1}]},
    "a path as an id": {"ops": [{"op": "fact", "t": "check-in", "id": "../../x", "v": {}}]},
    "time of 2099": {"time": [4_080_000_000_000, 0]},
    "time below 0": {"time": [-1, 0]},
    "time of no kind": {"time": "now"},
    "kind of no kind": {"kind": "../kpi"},
    "deep": {"ops": [{"op": "fact", "t": "x", "id": "a", "v": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}]},
    "a fraction": {"seq": 1.5},
    "self-admission": {"kind": "roster.admit", "as": ""},
    "a second founding": {"kind": "project.create", "project": "", "as": ""},
    "revoking the owner": {"kind": "roster.revoke", "as": ""},
    "a recovery": {"kind": "recovery.rotate", "as": ""},
    "a policy": {"kind": "policy.set", "as": ""},
    "a join request": {"kind": "join.request"},
    "a signature of a gate": {"kind": "gate.sign", "as": "owner"},
}
MARKERS = (b"", b"x" * 200_000, b"[[[", b"format = 99", b'project = "../x"', b'format = "1"', b"\xff\xfe", b"a = " * 9)
FILTERS = ("* filter=x\n", "* merge=x diff=x\n", "journals/** filter=lfs\n")


def items() -> Iterator[tuple[str, Plant]]:
    """Yield every item with its name; planting it is all that it needs."""
    for name in NAMES:
        yield f"file {name[:40]!r}", _file("", name)
        yield f"journal file {name[:40]!r}", _file(f"journals/{STRANGER.device}", name)
    yield from _lines()
    for where in ("journals/{device}/000001.jsonl", "journals/{device}", "objects/sha256/ab", "objects", "trap"):
        for kind, make in LINKS.items():
            yield f"{kind} at {where}", _link(where.format(device=STRANGER.device), make)
    for content in (b"", b"fake", bytes(1_000)):
        yield f"object of {len(content)} bytes that is another", _object(content)
    for number, rules in enumerate(FILTERS):
        yield f"attributes {number}", _text(".gitattributes", rules)
    for path in (".gitmodules", "conftest.py", "msgspec.py", "sitecustomize.py", ".env", "pyvenv.cfg", "Makefile"):
        yield f"a file that runs elsewhere: {path}", _text(path, f"open({SECRET!r}, 'w')\n")
    for name in VECTORS:
        yield f"git: {name}", _vector(name)


def _lines() -> Iterator[tuple[str, Plant]]:
    for kind, content in LINES.items():
        yield f"line: {kind}", _journal(content)
    for kind, changes in BODIES.items():
        yield f"body: {kind}", body(changes)
    for text in TEXTS:
        yield f"text {text[:20]!r}", body({"kind": "join.request", "ops": [_request(text)]})
    for number in range(8):
        yield f"flipped bit {number} of a line of the founder", _flip(number)


def _file(below: str, name: str) -> Plant:
    def plant(project: Project, _canary: Path) -> None:
        folder = project.folder / below
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        if not path.exists():
            path.write_bytes(b"junk\n")

    return plant


def _symlink(path: Path, canary: Path) -> None:
    path.symlink_to(canary.with_name("secret"))


def _loop(path: Path, _canary: Path) -> None:
    path.symlink_to(path.name)


def _root(path: Path, _canary: Path) -> None:
    path.symlink_to("/")


def _pipe(path: Path, _canary: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, _canary: Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


def _sparse(path: Path, _canary: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


LINKS = {"link": _symlink, "loop": _loop, "link to /": _root, "pipe": _pipe, "socket": _socket, "sparse TB": _sparse}


def _link(where: str, make: Callable[[Path, Path], None]) -> Plant:
    def plant(project: Project, canary: Path) -> None:
        path = project.folder / where
        path.parent.mkdir(parents=True, exist_ok=True)
        make(path, canary)

    return plant


def _journal(content: bytes) -> Plant:
    def plant(project: Project, _canary: Path) -> None:
        folder = project.journals / STRANGER.device
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "000001.jsonl").write_bytes(content)

    return plant


def body(changes: dict[str, Any]) -> Plant:
    """Return how a line is planted that a stranger signed, whatever it says."""

    def plant(project: Project, canary: Path) -> None:
        value = {"member": "eve", "name": "Eve", "device": STRANGER.device, "roles": ["owner"], "cut": {}}
        whole = {
            "v": 1,
            "project": project.id,
            "device": STRANGER.device,
            "seq": 1,
            "prev": "",
            "time": [1, 0],
            "roster": [project.id],
            "seen": [],
            "as": "data-scientist",
            "kind": "kpi.add",
            "ops": [{"op": "fact", "t": "roster", "id": "a" * 26, "v": value}],
        }
        _journal(signed(canonical(whole | changes), STRANGER) + b"\n")(project, canary)

    return plant


def _request(text: str) -> dict[str, Any]:
    value = {
        "name": text,
        "member": "eve",
        "mail": text,
        "roles": ["owner"],
        "message": text,
        "device": STRANGER.device,
    }
    return {"op": "fact", "t": "join-request", "id": base64url(line_id(b"x").encode())[:26].lower(), "v": value}


def _flip(bit: int) -> Plant:
    def plant(project: Project, _canary: Path) -> None:
        path = min(project.journals.rglob("*.jsonl"))
        content = bytearray(path.read_bytes())
        content[40 + 50 * bit] ^= 1 << bit
        path.write_bytes(content)

    return plant


def _object(content: bytes) -> Plant:
    def plant(project: Project, _canary: Path) -> None:
        path = project.shared_objects / "sha256" / "ab" / ("ab" + "0" * 62)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return plant


def _text(name: str, content: str) -> Plant:
    def plant(project: Project, _canary: Path) -> None:
        (project.folder / name).write_text(content)

    return plant


def _vector(name: str) -> Plant:
    def plant(project: Project, canary: Path) -> None:
        run = script(canary)
        Path(run).chmod(stat.S_IRWXU)
        VECTORS[name](project.folder, run)

    return plant
