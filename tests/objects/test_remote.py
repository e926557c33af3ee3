"""Objects elsewhere: carried whole through every cut, verified, and never trusting what lies there."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.objects import folder as folders
from mlops_desk.objects import remote
from mlops_desk.objects.folder import Folder
from mlops_desk.objects.remote import Carriage, Unreachable
from mlops_desk.objects.store import place_of

CHUNK = 4
DATA = b"0123456789abcde"  # four chunks, the last one short
DIGEST = sha256(DATA).hexdigest()


class Source:
    """Bytes to read, which may be cut off after some chunks."""

    def __init__(self, data: bytes, chunks: int = 1000) -> None:
        self.data, self.chunks, self.was_read = data, chunks, 0

    def read(self, _digest: str, offset: int, count: int) -> bytes:
        if not self.chunks:
            raise Unreachable("gone")
        self.chunks -= 1
        found = self.data[offset : offset + count]
        self.was_read += len(found)
        return found


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote, "CHUNK_BYTES", CHUNK)
        patch.setattr(folders, "CHUNK_BYTES", CHUNK)
        yield


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "place"
    made.mkdir()
    return made


def carry(
    source: Source, target: Folder, digest: str = DIGEST, size: int = len(DATA), stop: Stop | None = None
) -> None:
    Carriage(digest, size, lambda _done: None, stop or Stop()).carry(source, target)


def files_in(place: Path) -> list[str]:
    return sorted(each.relative_to(place).as_posix() for each in place.rglob("*") if not each.is_dir())


@pytest.mark.parametrize("chunks", range(5))
def test_that_what_was_cut_at_any_chunk_goes_on_from_there(place: Path, chunks: int) -> None:
    target = Folder(place, "me")
    with pytest.raises(Unreachable):
        carry(Source(DATA, chunks), target, size=len(DATA) + 4 * CHUNK)  # never the end: cut after these chunks
    assert target.size(DIGEST) is None, "nothing has the name before it is whole"
    again = Source(DATA)
    carry(again, target)
    assert target.read(DIGEST, 0, 100) == DATA
    assert again.was_read <= len(DATA) - min(CHUNK * chunks, len(DATA)) + CHUNK, "only the last chunk is read again"
    assert files_in(place) == [f"sha256/{DIGEST[:2]}/{DIGEST}"]


@given(data=st.binary(max_size=30), begun=st.binary(max_size=40))
def test_that_whatever_lies_there_unfinished_the_object_arrives_whole(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, begun: bytes
) -> None:
    place = tmp_path_factory.mktemp("place")
    digest, target = sha256(data).hexdigest(), Folder(place, "me")
    target.write(digest, 0, begun)
    carry(Source(data), target, digest, len(data))
    assert place_of(place, digest).read_bytes() == data
    assert len(files_in(place)) == 1


def test_that_a_beginning_that_was_damaged_far_back_is_carried_again(place: Path) -> None:
    target = Folder(place, "me")
    target.write(DIGEST, 0, b"X" + DATA[1:9])
    carry(Source(DATA), target)
    assert target.read(DIGEST, 0, 100) == DATA


def test_that_other_bytes_never_get_the_name_and_are_thrown_away(place: Path) -> None:
    for wrong in (b"something else!", b"short", b""):
        with pytest.raises(DeskError, match="is something else"):
            carry(Source(wrong), Folder(place, "me"))
        assert files_in(place) == []


def test_that_a_stop_keeps_what_arrived(place: Path) -> None:
    stop, source, target = Stop(), Source(DATA), Folder(place, "me")
    told: list[int] = []

    def tell(done: int) -> None:
        told.append(done)
        if done >= 2 * CHUNK:
            stop.set()

    with pytest.raises(Cancelled):
        Carriage(DIGEST, len(DATA), tell, stop).carry(source, target)
    assert told == [0, CHUNK, 2 * CHUNK]
    again = Source(DATA)
    carry(again, target)
    assert again.was_read < len(DATA)


def test_that_two_machines_that_send_at_once_do_not_meet_in_one_file(place: Path) -> None:
    ana, ben = Folder(place, "ana"), Folder(place, "ben")
    ana.write(DIGEST, 0, DATA[:4])
    carry(Source(DATA), ben)
    carry(Source(DATA), ana)
    assert files_in(place) == [f"sha256/{DIGEST[:2]}/{DIGEST}"]


def test_that_nothing_is_overwritten(place: Path) -> None:
    target = place_of(place, DIGEST)
    target.parent.mkdir(parents=True)
    target.write_bytes(b"other")
    with pytest.raises(DeskError, match="Something else lies"):
        carry(Source(DATA), Folder(place, "me"))
    assert target.read_bytes() == b"other"


def test_that_a_stick_that_is_not_plugged_in_is_no_empty_folder(tmp_path: Path) -> None:
    away = Folder(tmp_path / "stick" / "project", "me")
    for ask in (lambda: away.size(DIGEST), lambda: carry(Source(DATA), away), away.check):
        with pytest.raises(Unreachable, match="cannot be used now"):
            ask()
    assert not (tmp_path / "stick").exists()


# --- what somebody may have put there --------------------------------------------------------------


def _link_to_file(at: Path, victim: Path) -> None:
    at.symlink_to(victim)


def _hard_link(at: Path, victim: Path) -> None:
    at.hardlink_to(victim)


def _pipe(at: Path, _victim: Path) -> None:
    os.mkfifo(at)


def _folder(at: Path, _victim: Path) -> None:
    at.mkdir()


def _dangling(at: Path, victim: Path) -> None:
    at.symlink_to(victim.parent / "new")


PLANTS = [_link_to_file, _pipe, _folder, _dangling]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("plant", PLANTS)
def test_that_only_a_plain_file_is_an_object(place: Path, tmp_path: Path, plant: Callable[[Path, Path], None]) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(DATA)
    at = place_of(place, DIGEST)
    at.parent.mkdir(parents=True)
    plant(at, victim)
    target = Folder(place, "me")
    assert target.size(DIGEST) is None
    with pytest.raises(DeskError):
        target.read(DIGEST, 0, 4)
    with pytest.raises(DeskError):
        carry(Source(DATA), target)
    assert victim.read_bytes() == DATA
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("plant", [*PLANTS, _hard_link])
def test_that_what_is_planted_as_unfinished_is_not_written_through(
    place: Path, tmp_path: Path, plant: Callable[[Path, Path], None]
) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(DATA[:4])
    (place / "unfinished").mkdir()
    plant(place / "unfinished" / f"me-{DIGEST}", victim)
    if plant is _folder:
        with pytest.raises(DeskError):
            carry(Source(DATA), Folder(place, "me"))
    else:
        carry(Source(DATA), Folder(place, "me"))
    assert victim.read_bytes() == DATA[:4]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["unfinished", "sha256", f"sha256/{DIGEST[:2]}"])
def test_that_no_folder_that_is_a_link_is_followed(place: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (place / name).parent.mkdir(exist_ok=True)
    (place / name).symlink_to(outside, target_is_directory=True)
    assert Folder(place, "me").size(DIGEST) is None
    with pytest.raises(Unreachable, match="link"):
        carry(Source(DATA), Folder(place, "me"))
    assert list(outside.iterdir()) == []


def test_that_a_name_that_is_no_sha256_is_refused(place: Path) -> None:
    for name in ("../../etc/passwd", "a" * 63, "A" * 64, ""):
        with pytest.raises(DeskError, match="names no object"):
            Folder(place, "me").size(name)
