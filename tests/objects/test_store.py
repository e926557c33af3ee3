"""Objects: the name is the content; what is not that content is never handed out."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from mlops_desk.kernel.errors import Cancelled, DeskError
from mlops_desk.objects.store import SHARED_LIMIT_BYTES, ObjectStore


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "private", tmp_path / "shared")


def test_that_bytes_are_found_by_their_sha256(store: ObjectStore, tmp_path: Path) -> None:
    digest = store.put(b"data")
    assert digest == sha256(b"data").hexdigest()
    assert store.path(digest).read_bytes() == b"data"
    file = tmp_path / "file"
    file.write_bytes(b"data")
    assert store.put_file(file) == digest
    assert not (tmp_path / "shared").exists()


def test_that_changed_bytes_are_never_handed_out(store: ObjectStore, tmp_path: Path) -> None:
    digest = store.put(b"data")
    store.path(digest)
    place = store.path(digest)
    place.write_bytes(b"fake")
    os.utime(place, ns=(1, 1))
    with pytest.raises(DeskError, match="damaged"):
        store.path(digest)


def test_that_an_absent_object_is_a_state_said_in_a_sentence(store: ObjectStore) -> None:
    assert not store.has("0" * 64)
    with pytest.raises(DeskError, match="not on this machine"):
        store.path("0" * 64)
    with pytest.raises(DeskError, match="names no object"):
        store.path("../../etc/passwd")


def test_that_only_small_objects_enter_the_shared_folder(store: ObjectStore, tmp_path: Path) -> None:
    small, large = store.put(b"x"), store.put(bytes(SHARED_LIMIT_BYTES + 1))
    assert store.share(small)
    assert not store.share(large)
    assert [path.name for path in (tmp_path / "shared").rglob("*") if path.is_file()] == [small]


def test_that_an_object_taken_out_of_the_shared_folder_stays_here(store: ObjectStore, tmp_path: Path) -> None:
    digest = store.put(b"small")
    store.share(digest)
    other = ObjectStore(tmp_path / "other", tmp_path / "shared")
    assert other.shared() == {digest}
    other.withdraw(digest)
    other.withdraw(digest)
    assert other.shared() == store.shared() == frozenset()
    assert other.read(digest) == store.read(digest) == b"small"


def test_that_what_is_absent_is_asked_for_when_it_is_needed(store: ObjectStore) -> None:
    asked: list[str] = []
    digest = sha256(b"late").hexdigest()

    def supply(name: str) -> None:
        asked.append(name)
        store.put(b"late")

    supplied = store.supplied_by(supply)
    assert not supplied.has(digest), "to look is not to ask"
    assert supplied.path(digest).read_bytes() == b"late"
    assert supplied.bring(digest)
    assert asked == [digest], "what is here is not asked for again"


def test_that_what_cannot_be_brought_is_refused_or_done_without(store: ObjectStore) -> None:
    def nowhere(_name: str) -> None:
        raise DeskError("It lies on Ana's machine.")

    def stopped(_name: str) -> None:
        raise Cancelled("Stopped.")

    assert not store.bring("0" * 64)
    assert not store.supplied_by(nowhere).bring("0" * 64)
    with pytest.raises(DeskError, match="Ana's machine"):
        store.supplied_by(nowhere).path("0" * 64)
    with pytest.raises(Cancelled):
        store.supplied_by(stopped).bring("0" * 64)
