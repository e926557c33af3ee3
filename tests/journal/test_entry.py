"""The bytes of a line: golden lines, one canonical form, and no input that does anything but get a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.journal import entry as bytes_of
from mlops_desk.journal import keys
from mlops_desk.journal.entry import BODY_START, Entry, Flaw, canonical, line_id, open_line, seal
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.clock import Stamp

KEY = keys.from_seed(b"\x01" * 32)
PROJECT = "p" * 43
GOLDEN = Path(__file__).parents[1] / "golden" / "lines-1.jsonl"

CHANGES = {
    "set": Change("set", "kpi", "a" * 26, "target", "0.5", (("x" * 43, 0),)),
    "fact": Change("fact", "check-in", "b" * 26, value={"kpi": "a" * 26, "on": "2026-11-23", "value": "62.5"}),
    "add": Change("add", "use-case", "c" * 26, "tags", "Müller\n"),
    "remove": Change("remove", "use-case", "c" * 26, "tags", pred=(("y" * 43, 3),)),
    "withdraw": Change("withdraw", "check-in", "b" * 26, value="wrong month"),
}


def entry(*ops: Change, **changed: object) -> Entry:
    plain = Entry(
        project=PROJECT,
        device=KEY.device,
        seq=2,
        prev="q" * 43,
        time=Stamp(1_700_000_000_000, 0),
        roster=("r" * 43,),
        seen=(),
        acting="data-scientist",
        kind="kpi.add",
        ops=ops or (CHANGES["set"],),
    )
    return msgspec.structs.replace(plain, **changed)


def sealed_body(body: bytes) -> bytes:
    from nacl import bindings

    from mlops_desk.journal.entry import DOMAIN, HEAD, MIDDLE, TAIL
    from mlops_desk.kernel.ids import base64url

    signature = bindings.crypto_sign(DOMAIN + body, KEY.secret)[:64]
    return HEAD + base64url(signature).encode() + MIDDLE + body + TAIL


def test_that_golden_lines_of_every_op_never_change() -> None:
    lines = [seal(entry(change), KEY.secret) for change in CHANGES.values()]
    assert b"\n".join(lines) + b"\n" == GOLDEN.read_bytes()


def test_that_golden_lines_open_to_what_was_written() -> None:
    for line, change in zip(GOLDEN.read_bytes().splitlines(), CHANGES.values(), strict=True):
        assert open_line(line, KEY.device, PROJECT) == entry(change)


def test_that_a_line_is_json_that_people_can_read() -> None:
    found = msgspec.json.decode(seal(entry(), KEY.secret))
    assert found["e"]["ops"][0] == {
        "op": "set",
        "t": "kpi",
        "id": "a" * 26,
        "f": "target",
        "v": "0.5",
        "pred": [["x" * 43, 0]],
    }
    assert found["e"]["as"] == "data-scientist"


def test_that_any_flipped_byte_costs_the_line() -> None:
    line = seal(entry(), KEY.secret)
    for place in range(len(line)):
        damaged = line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]
        with pytest.raises(Flaw):
            open_line(damaged, KEY.device, PROJECT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"seq":2', b'"seq":2.0'),
        (b'"seq":2', b'"seq":2e0'),
        (b'"seq":2', b'"seq": 2'),
        (b'"seq":2', b'"seq":-0'),
        (b'"seq":2', b'"seq":9007199254740992'),
        (b'"seq":2', b'"seq":true'),
        (b'"v":1}', b'"v":1,"v":1}'),
        (b'"v":1}', b'"v":1,"a":NaN}'),
        (b'"v":1}', b'"v":1,"z":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}'),
        (b'"v":"0.5"', b'"v":0.5'),
        (b'"v":"0.5"', b'"v":"\\u0041"'),
        (b'"v":"0.5"', b'"v":"\\ud800"'),
        (b'"v":"0.5"', '"v":"e\u0301"'.encode()),
        (b'"v":"0.5"', b'"v":"\\u0007"'),
        (b'"op":"set"', b'"op":"put"'),
        (b'"kind":"kpi.add"', b'"kind":"KPI"'),
        (b'"pred":[["', b'"pred":[[1,"'),
        (b'"seen":[]', b'"seen":[1]'),
        (b'"as":"data-scientist",', b""),
    ],
)
def test_that_an_authentic_body_that_is_not_canonical_or_not_possible_is_refused(old: bytes, new: bytes) -> None:
    body = seal(entry(), KEY.secret)[BODY_START:-1]
    assert old in body
    with pytest.raises(Flaw) as caught:
        open_line(sealed_body(body.replace(old, new, 1)), KEY.device, PROJECT)
    assert caught.value.verdict == "malformed-signed"


def test_that_a_line_of_another_project_or_device_does_not_count() -> None:
    line = seal(entry(), KEY.secret)
    with pytest.raises(Flaw, match="another device or project"):
        open_line(line, KEY.device, "o" * 43)
    with pytest.raises(Flaw) as caught:
        open_line(line, keys.from_seed(b"\x02" * 32).device, PROJECT)
    assert caught.value.verdict == "bad-signature"


def test_that_a_newer_version_is_kept_opaque() -> None:
    body = seal(entry(), KEY.secret)[BODY_START:-1].replace(b'"v":1}', b'"v":2}')
    with pytest.raises(Flaw) as caught:
        open_line(sealed_body(body), KEY.device, PROJECT)
    assert caught.value.verdict == "unknown-version"


def test_that_an_entry_over_the_limits_is_never_written() -> None:
    with pytest.raises(Flaw):
        seal(entry(Change("set", "kpi", "a" * 26, "name", "x" * 70_000)), KEY.secret)
    with pytest.raises(Flaw):
        seal(entry(*[CHANGES["set"]] * 1_001), KEY.secret)


@given(st.binary(max_size=300))
def test_that_any_bytes_get_a_verdict_and_never_another_error(junk: bytes) -> None:
    for line in (junk, b'{"s":"' + junk, sealed_body(junk)):
        with pytest.raises(Flaw) as caught:
            open_line(line, KEY.device, PROJECT)
        assert caught.value.verdict in {"malformed", "bad-signature", "malformed-signed", "unknown-version"}


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="ascii", exclude_categories=["Cc"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abcxyz_", min_size=1, max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values)
def test_that_every_value_comes_back_as_it_was_written(value: object) -> None:
    written = entry(Change("set", "kpi", "a" * 26, "name", value))
    assert open_line(seal(written, KEY.secret), KEY.device, PROJECT) == written


@given(values)
def test_that_canonical_text_is_a_fixed_point(value: object) -> None:
    assert canonical(msgspec.json.decode(canonical(value))) == canonical(value)


def test_that_the_id_commits_to_signature_and_body() -> None:
    line = seal(entry(), KEY.secret)
    assert len(line_id(line)) == 43
    assert line_id(line) != line_id(line[:-1] + b" ")


PIECES: tuple[object, ...] = (
    *(0, -1, 1, 2, 2**53, 2**70, True, False, None, 0.5, "", "x", "a.b", "é", "\x07", "e\u0301", "k" * 70_000),
    *([], {}, [1, 2], [2**53, 0], ["a"] * 70, [["a", 2**53]], [["a", -1]], [[[[[[[[[[[1]]]]]]]]]]], {"k" * 65: "x"}),
    *({"a": 1}, {"a": 2**53}, {"a": ["x"]}, "add", "remove", "withdraw", "fact", [{"op": "fact", "t": "x", "id": "y"}]),
)


@pytest.mark.parametrize("op", CHANGES)
def test_that_the_short_way_of_reading_a_body_takes_nothing_that_the_long_way_refuses(op: str) -> None:
    body = seal(entry(CHANGES[op]), KEY.secret)[BODY_START:-1]
    for number, changed in enumerate(_changed(body)):
        for text in (changed, b" " + changed) if number % 9 == 0 else (changed,):
            short = bytes_of._plain(text)
            if short is not None:
                assert short == bytes_of._entry_of(text)


def _changed(body: bytes) -> Iterator[bytes]:
    """Yield a body with each key of it and of its change left out, or with any value in its place."""
    for is_inner in (False, True):
        for key in (*msgspec.json.decode(body), *CHANGES, *"opftvz", "id", "pred", "crit"):
            for piece in (..., *PIECES):
                whole = msgspec.json.decode(body)
                part = whole["ops"][0] if is_inner else whole
                part.pop(key, None)
                yield canonical(whole if piece is ... else _with(whole, part, key, piece))


def _with(whole: object, part: dict[str, object], key: str, piece: object) -> object:
    part[key] = piece
    return whole


def test_that_ordinary_lines_are_read_the_short_way() -> None:
    for name, change in CHANGES.items():
        body = seal(entry(change), KEY.secret)[BODY_START:-1]
        assert (bytes_of._plain(body) is not None) == body.isascii(), name
