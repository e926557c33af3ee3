"""The commit point: nothing acknowledged is lost, nothing half written stays, whatever the disk does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.journal import files
from mlops_desk.journal.files import publish, read_new, scan
from mlops_desk.kernel.errors import DeskError
from tests.journal.writing import KEY, content, is_unbroken, journal, write


def test_that_lines_form_an_unbroken_chain(tmp_path: Path) -> None:
    own = journal(tmp_path)
    lines = [write(own) for _ in range(5)]
    assert content(own) == b"".join(line + b"\n" for line in lines)
    assert is_unbroken(content(own))


def test_that_a_new_segment_begins_after_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SEGMENT_LINES", 3)
    own = journal(tmp_path)
    for _ in range(7):
        write(own)
    assert [path.name for path in own.segments()] == ["000001.jsonl", "000002.jsonl", "000003.jsonl"]
    assert is_unbroken(content(own))
    assert journal(tmp_path).tip().seq == 7


def test_that_lines_of_junk_behind_the_last_sound_one_are_put_aside_together(tmp_path: Path) -> None:
    own = journal(tmp_path)
    first, last = write(own), write(own)
    path = own.segments()[0]
    path.write_bytes(path.read_bytes() + b"junk\n\nmore\n" + last[:50])
    again = journal(tmp_path)
    with again.lock:
        assert again.tip().seq == 2
    assert content(again) == first + b"\n" + last + b"\n"
    assert (tmp_path / "own" / f"{KEY.device}.torn").read_bytes() == b"junk\n\nmore\n" + last[:50]


@pytest.mark.parametrize("filler", [0, 255, 65])
def test_that_a_tail_filled_with_junk_is_put_aside(tmp_path: Path, filler: int) -> None:
    own = journal(tmp_path)
    first = write(own)
    path = own.segments()[0]
    for junk in (bytes([filler]) * 100, bytes([filler]) * 100 + b"\n"):
        path.write_bytes(first + b"\n" + junk)
        again = journal(tmp_path)
        with again.lock:
            assert again.tip().seq == 1
        assert content(again) == first + b"\n"
        write(again)
        assert is_unbroken(content(again))
        path.write_bytes(first + b"\n")
        (tmp_path / "own" / f"{KEY.device}.head").unlink()


def test_that_a_short_write_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = journal(tmp_path)
    write(own)
    before = content(own)
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, data: real(handle, data[:20]))
        with pytest.raises(DeskError, match="disk is full"):
            write(own)
    assert content(own) == before


def test_that_a_journal_from_an_old_copy_is_not_continued(tmp_path: Path) -> None:
    own = journal(tmp_path)
    write(own)
    old = own.segments()[0].read_bytes()
    write(own)
    own.segments()[0].write_bytes(old)
    with pytest.raises(DeskError, match="shorter than it was"):
        write(journal(tmp_path))


def test_that_publishing_mends_a_damaged_copy_and_touches_nothing_else(tmp_path: Path) -> None:
    own = journal(tmp_path)
    write(own)
    shared = tmp_path / "journals"
    publish(own, shared)
    copy = shared / KEY.device / "000001.jsonl"
    written_at = copy.stat().st_mtime_ns
    publish(own, shared)
    assert copy.stat().st_mtime_ns == written_at
    copy.write_bytes(b"junk")
    publish(own, shared)
    assert copy.read_bytes() == content(own)


def test_that_line_ends_and_marks_of_other_systems_change_nothing(tmp_path: Path) -> None:
    own = journal(tmp_path)
    lines = [write(own), write(own)]
    path = tmp_path / "copy.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + content(own).replace(b"\n", b"\r\n"))
    assert [line for _place, line in read_new(path).lines] == lines


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_that_reading_on_gives_what_reading_whole_gives(first: bytes, more: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "f"
        path.write_bytes(first)
        start = read_new(path)
        path.write_bytes(first + more)
        rest = read_new(path, start.size, start.digest)
        assert [line for _p, line in (*start.lines, *rest.lines)] == [line for _p, line in read_new(path).lines]


def test_that_a_changed_prefix_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"one\ntwo\n")
    start = read_new(path)
    path.write_bytes(b"ONE\ntwo\nthree\n")
    again = read_new(path, start.size, start.digest)
    assert again.whole
    assert [line for _p, line in again.lines] == [b"ONE", b"two", b"three"]


def test_that_only_files_of_journals_are_read(tmp_path: Path) -> None:
    folder = tmp_path / KEY.device
    folder.mkdir()
    for name in ("000001.jsonl", "000001.sync-conflict-20261123-1.jsonl", "1.jsonl", "x.txt", ".mlj-7.tmp"):
        (folder / name).write_bytes(b"")
    (folder / "000002.jsonl").symlink_to("/etc/passwd")
    os.mkfifo(folder / "000003.jsonl")
    (tmp_path / KEY.device.upper()).mkdir()
    found, foreign = scan(tmp_path)
    assert [each.path.name for each in found] == ["000001.jsonl", "000001.sync-conflict-20261123-1.jsonl"]
    assert {each.name for each in foreign} == {"1.jsonl", "x.txt", "000002.jsonl", "000003.jsonl", KEY.device.upper()}
