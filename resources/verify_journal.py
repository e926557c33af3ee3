"""Check the journals of an MLOps Desk project without MLOps Desk: read this file, then run it.

    python verify_journal.py FOLDER [--json]        (Python 3.11 or newer, and `pip install pynacl`)

FOLDER is a project folder or an unpacked audit pack. Every line gets one verdict of docs/journal-format.md: malformed,
bad-signature, malformed-signed, unknown-version, waiting-chain, waiting-roster, view-went-back, or "not judged here":
it is authentic and in its place, and whether its author had the right is for MLOps Desk to say. Beside lines it names
a fork (one number used twice), no-beginning, and an altered-file (not what SHA256SUMS or its own name says).
Exit 0: nothing was altered or forged; 1: something was; 2: this is no such folder.
"""

import base64
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from nacl import bindings
from nacl.exceptions import BadSignatureError

GRAVE = {"malformed", "bad-signature", "malformed-signed", "view-went-back", "fork", "no-beginning", "altered-file"}
OPS = {"set": {"f", "v", "pred"}, "fact": {"v"}, "add": {"f", "v"}, "remove": {"f", "pred"}, "withdraw": set[str]()}
FRAME = re.compile(rb'\{"s":"([\w-]{86})","e":(.{2,})\}', re.DOTALL)
BINDING = ("project.create", "roster.admit", "roster.device_admit")
TEAM = re.compile(r"project\.create$|roster\.|policy\.|recovery\.")
KIND = re.compile(r"[a-z][a-z0-9-]{0,40}\.[a-z][a-z0-9_-]{0,40}")
SEGMENT = re.compile(r"[a-z2-7]{52}/[0-9]{6}(\.sync-conflict-[^/]*| \([^/]*conflicted copy[^/]*\))?\.jsonl")
PASSED = "not judged here"
OBJECT = "sha256/??/" + "?" * 64
LINE_BYTES, FILE_BYTES = 256 * 1024, 8 * 1024 * 1024


class Flaw(Exception):  # noqa: N818 - a verdict and its reason, no error
    """Why a line does not count."""


def line_id(line: bytes) -> str:
    """Return the name of a line: the digest of its bytes."""
    return base64.urlsafe_b64encode(sha256(line).digest()).rstrip(b"=").decode()


def key_of(device: object) -> bytes:
    """Return the public key that a device's name spells in lower-case base32, spare bits zero; else nothing."""
    key = base64.b32decode(f"{device}====".upper()) if re.fullmatch("[a-z2-7]{52}", str(device)) else b""
    return key if base64.b32encode(key).decode().lower().rstrip("=") == device else b""


def open_line(line: bytes, device: str, project: str) -> dict[str, Any]:
    """Return the body of a line (steps L0 to L2), or raise its flaw; nothing is parsed before its signature fits."""
    frame = FRAME.fullmatch(line) if len(line) <= LINE_BYTES else None
    signature = base64.urlsafe_b64decode(frame[1] + b"==") if frame else b""
    if not frame or base64.urlsafe_b64encode(signature).rstrip(b"=") != frame[1] or not key_of(device):
        raise Flaw("malformed", "this is not a line of a journal")
    try:
        bindings.crypto_sign_open(signature + b"mlopsdesk-journal-v1\n" + frame[2], key_of(device))
    except BadSignatureError:
        raise Flaw("bad-signature", "the signature does not fit the line") from None
    found = parsed(frame[2])
    is_first = found["kind"] == "project.create"
    named = (found["device"], line_id(line) if is_first else found["project"], found["project"] if is_first else "")
    if named != (device, project, ""):
        raise Flaw("malformed-signed", "the line belongs to another device or project")
    value = found["ops"][0].get("v") if len(found["ops"]) == 1 else None
    value = value if isinstance(value, dict) else {}
    keys = [value.get("device"), *filter(None, [value.get("recovery")])] if found["kind"] in BINDING else []
    keys += [value.get("pub")] if found["kind"] == "recovery.rotate" else []
    if not all((key := key_of(each)) and bindings.crypto_core_ed25519_is_valid_point(key) for each in keys):
        raise Flaw("malformed-signed", "a machine or a recovery key that it names has no sound key")
    return found


def parsed(body: bytes) -> dict[str, Any]:
    """Return a body that is canonical (writing it again gives the same bytes) and possible."""
    try:
        found = json.loads(body.decode())
        check_value(found, 1)
        again = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:
        raise Flaw("malformed-signed", str(error)) from None
    if again != body or not isinstance(found, dict) or not found.keys() >= FITS.keys():
        raise Flaw("malformed-signed", "the body is not written in its canonical form, or a key is missing")
    if type(found["v"]) is int and found["v"] != 1:
        raise Flaw("unknown-version", f"the line is of format {found['v']}")
    wrong = [name for name, fits in FITS.items() if not fits(found[name])]
    if wrong or (found["seq"] == 1) != (found["prev"] == "") or found.get("crit", True) is not True:
        raise Flaw("malformed-signed", f"not possible: {', '.join(wrong) or 'the place in the chain, or crit'}")
    return found


def check_value(value: Any, depth: int) -> None:
    """Raise ValueError for what no body may hold, at any depth."""
    keys = value if isinstance(value, dict) else ()
    items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if depth > 16 or len(items) > 10_000 or any(len(key) > 64 or not key.isascii() for key in keys):
        raise ValueError("the body is nested too deeply, a list or a key is too long, or a key is not plain ASCII")
    for each in items:
        check_value(each, depth + 1)
    if isinstance(value, str) and (len(value.encode()) > 64 * 1024 or not unicodedata.is_normalized("NFC", value)):
        raise ValueError("a text is longer than 64 KiB or not in Unicode normal form C")
    if isinstance(value, str) and re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", value):
        raise ValueError("a text holds control characters")
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        raise ValueError("a number has a fraction or is too large")


def is_change(op: Any) -> bool:
    """Tell whether a value is one change."""
    if not isinstance(op, dict) or type(op.get("op")) is not str or not OPS.get(op["op"], {""}) <= op.keys():
        return False
    pred, texts = op.get("pred", []), (op.get("t"), op.get("id"), op.get("f", ""))
    is_pairs = isinstance(pred, list) and all(type(each) is list and [*map(type, each)] == [str, int] for each in pred)
    return is_pairs and [*map(type, texts)] == [str, str, str]


FITS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("project", "device", "prev", "as"), lambda value: type(value) is str),
    "v": lambda value: type(value) is int,
    "seq": lambda value: type(value) is int and value >= 1,
    "time": lambda value: isinstance(value, list) and [*map(type, value)] == [int, int] and min(value) >= 0,
    "roster": lambda value: isinstance(value, list) and len(value) <= 16 and {*map(type, value)} <= {str},
    "seen": lambda value: isinstance(value, list) and len(value) <= 64 and {*map(type, value)} <= {str},
    "kind": lambda value: type(value) is str and KIND.fullmatch(value) is not None,
    "ops": lambda value: isinstance(value, list) and 1 <= len(value) <= 1_000 and all(map(is_change, value)),
}


def judge(entries: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return the verdict of each authentic line (steps L3 to L5): a function of the set of lines alone."""
    followers: dict[str, list[str]] = {}
    for id_, entry in entries.items():
        followers.setdefault(entry["prev"], []).append(id_)
    order, verdicts = followers.get("", [])[:], dict.fromkeys(entries, "waiting-chain")
    for id_ in order:  # it grows by what follows, so each line comes after the one before it
        follows = entries[id_]["device"], entries[id_]["seq"] + 1
        order += [each for each in followers.get(id_, ()) if (entries[each]["device"], entries[each]["seq"]) == follows]
    past: dict[str, set[str]] = {}  # what each team entry relies on, itself included; only of those that need not wait
    rest = {id_ for id_ in order if TEAM.match(entries[id_]["kind"])}
    while known := [id_ for id_ in rest if past.keys() >= set(entries[id_]["roster"])]:
        past |= {id_: {id_}.union(*(past[head] for head in entries[id_]["roster"])) for id_ in known}
        rest -= set(known)
    cited: dict[str, set[str]] = {"": set()}  # the newest team that each line and those before it relied on
    for id_ in order:
        now, before = set(entries[id_]["roster"]), cited[entries[id_]["prev"]]
        goes_on = past.keys() >= now and before <= {each for head in now for each in past[head]}
        verdicts[id_] = PASSED if goes_on else "view-went-back" if past.keys() >= now else "waiting-roster"
        cited[id_] = now if goes_on else now | before
    return verdicts


def check(folder: Path) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """Return how many lines have each verdict, and what was found: verdict, place and reason."""
    marker = re.search(rb'^\s*project\s*=\s*"([\w-]{43})"', (folder / "desk.toml").read_bytes(), re.MULTILINE)
    project = marker[1].decode() if marker else ""
    entries, places, found = dict[str, dict[str, Any]](), dict[str, str](), list[tuple[str, str, str]]()
    for path in sorted(folder.glob("journals/*/*.jsonl")):
        device, offset, is_link = path.parent.name, 0, path.is_symlink() or path.parent.is_symlink()
        is_journal = SEGMENT.fullmatch(f"{device}/{path.name}") and path.is_file() and not is_link
        content = path.read_bytes() if is_journal and path.stat().st_size <= FILE_BYTES else b""
        for piece in content.split(b"\n")[:-1]:  # a tail without its line feed is still being written
            line = piece[: LINE_BYTES + 1].removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf")
            id_, place = line_id(line), f"{path.relative_to(folder).as_posix()}, byte {offset}"
            offset += len(piece) + 1
            try:
                if line and entries.get(id_, {"device": ""})["device"] != device:
                    entries[id_], places[id_] = open_line(line, device, project), place
            except Flaw as flaw:
                found.append((flaw.args[0], place, flaw.args[1]))
    verdicts = judge(entries)
    counts = Counter([*verdicts.values(), *(verdict for verdict, _place, _reason in found)])
    found += [(verdict, places[id_], f"line {id_}") for id_, verdict in verdicts.items() if verdict != PASSED]
    numbers = Counter((entry["device"], entry["seq"]) for entry in entries.values())
    found += [("fork", f"journals/{who}", f"two lines of number {seq}") for (who, seq), n in numbers.items() if n > 1]
    found += [] if project in entries else [("no-beginning", "journals", "the first entry of the project is not here")]
    listed = [line for path in folder.glob("SHA256SUMS") for line in path.read_text("utf-8", "replace").splitlines()]
    listed += [f"{each.name}  {each.relative_to(folder).as_posix()}" for each in folder.glob("objects/" + OBJECT)]
    for digest, _gap, name in sorted(each.partition("  ") for each in listed):
        if not (folder / name).is_file() or sha256((folder / name).read_bytes()).hexdigest() != digest:
            found.append(("altered-file", name, "it is missing, or not what its digest says"))
    return counts, sorted(found, key=lambda each: (each[0] not in GRAVE, each[1]))


if __name__ == "__main__":
    root = Path(next((word for word in sys.argv[1:] if not word.startswith("-")), "."))
    if not (root / "desk.toml").is_file():
        print(f"{root} is no project folder: it holds no desk.toml", file=sys.stderr)
        sys.exit(2)
    verdicts, found = check(root)
    findings = [{"verdict": verdict, "place": place, "reason": reason} for verdict, place, reason in found]
    is_sound = all(verdict not in GRAVE for verdict, _place, _reason in found)
    if "--json" in sys.argv:
        print(json.dumps({"findings": findings, "sound": is_sound, "verdicts": verdicts}, indent=2))
    else:
        summary = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
        print(*("{place}: {verdict}: {reason}".format(**each) for each in findings), f"Lines: {summary}.", sep="\n")
    sys.exit(0 if is_sound else 1)
