"""The bytes of a line: fixed frame, canonical body, signature over the raw bytes, verified before parsed."""

from __future__ import annotations

import base64
import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from nacl import bindings
from nacl.exceptions import BadSignatureError

from mlops_desk.kernel import wire
from mlops_desk.kernel.changes import OPS, Change, Op
from mlops_desk.kernel.clock import Stamp
from mlops_desk.kernel.ids import base64url, from_base32
from mlops_desk.kernel.words import _

FORMAT = 1
DOMAIN = b"mlopsdesk-journal-v1\n"
HEAD, MIDDLE, TAIL = b'{"s":"', b'","e":', b"}"
SIGNATURE_CHARS = 86
BODY_START = len(HEAD) + SIGNATURE_CHARS + len(MIDDLE)

MAX_LINE_BYTES = 256 * 1024
MAX_DEPTH = 16
MAX_OPS = 1_000
MAX_TEXT_BYTES = 64 * 1024
MAX_KEY_CHARS = 64
MAX_ARRAY = 10_000
MAX_INT = 2**53
MAX_ROSTER_HEADS = 16
MAX_SEEN_HEADS = 64
MAX_PLAIN_BYTES = 16 * 1024  # within them no text is too long and no list has too many items

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()
_KIND = re.compile(r"[a-z][a-z0-9-]{0,40}\.[a-z][a-z0-9_-]{0,40}")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CORE = frozenset({"v", "project", "device", "seq", "prev", "time", "roster", "seen", "as", "kind", "ops"})
_OP_KEYS = {
    "set": {"f", "v", "pred"},
    "fact": {"v"},
    "add": {"f", "v"},
    "remove": {"f", "pred"},
    "withdraw": set[str](),
}


class Entry(msgspec.Struct, frozen=True):
    """The body of a line, parsed. ``prev`` is empty for the first line of a device."""

    project: str
    device: str
    seq: int
    prev: str
    time: Stamp
    roster: tuple[str, ...]
    seen: tuple[str, ...]
    acting: str
    kind: str
    ops: tuple[Change, ...]
    crit: bool = False
    version: int = FORMAT

    def body(self) -> dict[str, Any]:
        """Return the body as it stands in the line."""
        found = {
            "v": self.version,
            "project": self.project,
            "device": self.device,
            "seq": self.seq,
            "prev": self.prev,
            "time": list(self.time),
            "roster": list(self.roster),
            "seen": list(self.seen),
            "as": self.acting,
            "kind": self.kind,
            "ops": [op.wire() for op in self.ops],
        }
        return {**found, "crit": True} if self.crit else found


class _PlainOp(msgspec.Struct):
    """An op of a plain body, exactly as it stands there."""

    op: Op
    t: str
    id: str
    f: str | msgspec.UnsetType = msgspec.UNSET
    v: Any = msgspec.UNSET
    pred: tuple[tuple[str, int], ...] | msgspec.UnsetType = msgspec.UNSET


class _PlainBody(msgspec.Struct, rename={"acting": "as"}):
    """A plain body, exactly as it stands in the line."""

    v: int
    project: str
    device: str
    seq: int
    prev: str
    time: Stamp
    roster: tuple[str, ...]
    seen: tuple[str, ...]
    acting: str
    kind: str
    ops: tuple[_PlainOp, ...]
    crit: bool | msgspec.UnsetType = msgspec.UNSET


class Flaw(ValueError):  # noqa: N818 - carries a verdict, is never shown as an error
    """A line that does not count, with its verdict and the reason in words."""

    def __init__(self, verdict: str, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason


def canonical(value: Any) -> bytes:
    """Return the one JSON text of a value: sorted keys, no white space, UTF-8 as it is."""
    return _encoder.encode(value)


def line_id(line: bytes) -> str:
    """Return the id of a line without its line feed: sha256 in URL-safe base64, 43 characters."""
    return base64url(sha256(line).digest())


def seal(entry: Entry, secret_key: bytes) -> bytes:
    """Return the signed line of an entry, without line feed.

    ``secret_key`` is the 64-byte Ed25519 key of libsodium.

    Raises:
        Flaw: the entry breaks a limit of the format and would be refused by every reader.
    """
    body = canonical(entry.body())
    if BODY_START + len(body) + 1 > MAX_LINE_BYTES:
        raise Flaw("malformed", "the entry is larger than 256 KiB")
    _parse(body, entry.device, entry.project)
    signature = bindings.crypto_sign(DOMAIN + body, secret_key)[: bindings.crypto_sign_BYTES]
    return HEAD + base64url(signature).encode() + MIDDLE + body + TAIL


def open_line(line: bytes, device: str, project: str) -> Entry:
    """Check steps L0 to L2 and return the entry of a line without line feed.

    ``project`` is the id of the project; the genesis line itself carries an empty one.

    Raises:
        Flaw: with the verdict ``malformed``, ``bad-signature`` or ``malformed-signed``.
    """
    signature, body = unframe(line)
    key = _key_of(device)
    if key is None:
        raise Flaw("malformed", "the folder's name is not a key")
    try:
        bindings.crypto_sign_open(signature + DOMAIN + body, key)
    except BadSignatureError:
        raise Flaw("bad-signature", "the signature does not fit the line") from None
    return _parse(body, device, project)


@lru_cache(maxsize=4096)
def _key_of(device: str) -> bytes | None:
    return from_base32(device)


def unframe(line: bytes) -> tuple[bytes, bytes]:
    """Return signature and body of a line (step L0).

    Raises:
        Flaw: ``malformed``.
    """
    framed = (
        BODY_START + 2 < len(line) <= MAX_LINE_BYTES
        and line.startswith(HEAD)
        and line[BODY_START - len(MIDDLE) : BODY_START] == MIDDLE
        and line.endswith(TAIL)
    )
    if not framed:
        raise Flaw("malformed", "this is not a line of a journal")
    text = line[len(HEAD) : len(HEAD) + SIGNATURE_CHARS]
    try:
        signature = base64.b64decode(text + b"==", altchars=b"-_", validate=True)
    except ValueError:
        signature = b""
    if len(signature) != bindings.crypto_sign_BYTES or base64url(signature).encode() != text:
        raise Flaw("malformed", "the signature is not written in its canonical form")
    return signature, line[BODY_START:-1]


def _bad(reason: str) -> Flaw:
    return Flaw("malformed-signed", reason)


def _parse(body: bytes, device: str, project: str) -> Entry:
    entry = _plain(body) or _entry_of(body)
    expected = "" if entry.kind == "project.create" else project
    if entry.device != device or entry.project != expected:
        raise _bad("the line belongs to another device or project")
    return entry


def _plain(body: bytes) -> Entry | None:
    """Return the entry of a body as nearly all are, in a third of the time; None where one must look closer.

    Its few bytes are plain ASCII without escapes, so no text and no list can break a limit, and have its exact shape,
    so that writing it again proves every key. What this takes, :func:`_entry_of` takes too, with the same entry.
    """
    if len(body) > MAX_PLAIN_BYTES or not body.isascii() or b"\\" in body or b"\x7f" in body:
        return None
    try:
        found = wire.read(body, _PlainBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if _encoder.encode(found) != body or not _is_possible(found):
        return None
    ops: list[Change] = []
    for op in found.ops:
        is_whole = all(getattr(op, key) is not msgspec.UNSET for key in _OP_KEYS[op.op])
        if not is_whole or not _is_small(op.v) or not all(-MAX_INT < index < MAX_INT for _id, index in op.pred or ()):
            return None
        ops.append(Change(op.op, op.t, op.id, op.f or "", None if op.v is msgspec.UNSET else op.v, op.pred or ()))
    who = (found.project, found.device, found.seq, found.prev, found.time, found.roster, found.seen)
    return Entry(*who, found.acting, found.kind, tuple(ops), found.crit is True)


def _is_possible(found: _PlainBody) -> bool:
    """Tell whether numbers, lists and kind of a plain body are within the limits of the format."""
    return (
        found.v == FORMAT
        and 1 <= found.seq < MAX_INT
        and (found.seq == 1) == (found.prev == "")
        and 0 <= found.time.ms < MAX_INT
        and 0 <= found.time.counter < MAX_INT
        and len(found.roster) <= MAX_ROSTER_HEADS
        and len(found.seen) <= MAX_SEEN_HEADS
        and 1 <= len(found.ops) <= MAX_OPS
        and found.crit is not False
        and _KIND.fullmatch(found.kind) is not None
    )


def _is_small(value: Any) -> bool:
    """Tell whether a value of a plain body is a text, nothing, or texts by short names."""
    if type(value) is dict:
        return all(type(each) is str and len(key) <= MAX_KEY_CHARS for key, each in value.items())
    return type(value) is str or value is None or value is msgspec.UNSET


def _entry_of(body: bytes) -> Entry:
    try:
        found = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _bad(_("the body is not JSON: {reason}", reason=error)) from None
    _check_value(found, 1)
    if canonical(found) != body:
        raise _bad("the body is not written in its canonical form")
    if not isinstance(found, dict) or not found.keys() >= _CORE:
        raise _bad("a key of the body is missing")
    return _entry(found)


def _check_value(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _bad("the body is nested too deeply")
    kind = type(value)
    if kind is str:
        _check_text(value)
    elif kind is int:
        if not -MAX_INT < value < MAX_INT:
            raise _bad("a whole number is too large")
    elif kind is dict:
        _check_keys(value)
        _check_items(list(value.values()), depth)
    elif kind is list:
        _check_items(value, depth)
    elif not (value is None or kind is bool):
        raise _bad("a number with a fraction stands where only whole numbers may")


def _check_items(items: list[Any], depth: int) -> None:
    if len(items) > MAX_ARRAY:
        raise _bad("a list is too long")
    for item in items:
        _check_value(item, depth + 1)


def _check_keys(value: dict[str, Any]) -> None:
    for key in value:
        if len(key) > MAX_KEY_CHARS or not key.isascii():
            raise _bad("a key is too long or not plain ASCII")


def _check_text(text: str) -> None:
    if len(text) * 4 > MAX_TEXT_BYTES and len(text.encode()) > MAX_TEXT_BYTES:
        raise _bad("a text is longer than 64 KiB")
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise _bad("a text is not in Unicode normal form C")
    if _FORBIDDEN.search(text):
        raise _bad("a text holds control characters")


def _texts(value: Any, most: int, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > most or not all(type(item) is str for item in value):
        raise _bad(_("{name} is not a list of ids", name=name))
    return tuple(value)


def _typed(found: dict[str, Any], name: str, kind: type) -> Any:
    value = found[name]
    if type(value) is not kind:
        raise _bad(_("{name} has the wrong type", name=name))
    return value


def _entry(found: dict[str, Any]) -> Entry:
    version = _typed(found, "v", int)
    if version != FORMAT:
        raise Flaw("unknown-version", _("the line is of format {version}", version=version))
    time = found["time"]
    if not isinstance(time, list) or len(time) != 2 or not all(type(part) is int and part >= 0 for part in time):
        raise _bad("time is not a pair of whole numbers")
    seq = _typed(found, "seq", int)
    prev = _typed(found, "prev", str)
    if seq < 1 or (seq == 1) != (prev == ""):
        raise _bad("the place in the chain is not possible")
    kind = _typed(found, "kind", str)
    if _KIND.fullmatch(kind) is None:
        raise _bad("kind is not <noun>.<verb>")
    crit = found.get("crit", False)
    if "crit" in found and crit is not True:
        raise _bad("crit is true or absent")
    return Entry(
        project=_typed(found, "project", str),
        device=_typed(found, "device", str),
        seq=seq,
        prev=prev,
        time=Stamp(*time),
        roster=_texts(found["roster"], MAX_ROSTER_HEADS, "roster"),
        seen=_texts(found["seen"], MAX_SEEN_HEADS, "seen"),
        acting=_typed(found, "as", str),
        kind=kind,
        ops=_ops(found["ops"]),
        crit=crit,
    )


def _ops(found: Any) -> tuple[Change, ...]:
    if not isinstance(found, list) or not 1 <= len(found) <= MAX_OPS:
        raise _bad("ops is not a list of 1 to 1,000 changes")
    return tuple(_op(op) for op in found)


def _op(op: Any) -> Change:
    if not isinstance(op, dict) or type(op.get("op")) is not str or op["op"] not in OPS:
        raise _bad("an op is not one of the known kinds")
    if not all(type(op.get(key)) is str for key in ("t", "id")) or not _OP_KEYS[op["op"]] <= op.keys():
        raise _bad("a key of an op is missing")
    field = op.get("f", "")
    if type(field) is not str:
        raise _bad("f is not a text")
    return Change(op["op"], op["t"], op["id"], field, op.get("v"), _pred(op.get("pred", [])))


def _pred(found: Any) -> tuple[tuple[str, int], ...]:
    fits = isinstance(found, list) and all(
        isinstance(pair, list) and len(pair) == 2 and type(pair[0]) is str and type(pair[1]) is int for pair in found
    )
    if not fits:
        raise _bad("pred is not a list of pairs")
    return tuple((pair[0], pair[1]) for pair in found)
