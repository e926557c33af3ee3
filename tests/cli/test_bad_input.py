"""What is bad gets one sentence and a hint, exit code 1, and leaves nothing half done."""

from __future__ import annotations

import gzip
import json
import os
import stat
from pathlib import Path

import pytest

from mlops_desk.areas.datasets.profile import Profile
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Workspace
from tests.areas.facts import tell

ROWS = "".join(f"{n},{'yes' if n % 2 else 'no'},word{n % 5},,same\n" for n in range(60))
TABLE = f"amount,ok,town,empty,one\n{ROWS}"


class Shop:
    """A project with a dataset, the files to try, and how it stands before and after."""

    def __init__(self, folder: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.files, self._capsys = folder, files, capsys

    def run(self, *words: str) -> int:
        return run([*words, "--project", str(self.folder)])

    def stands(self) -> tuple[str, int, bool]:
        with Workspace(self.folder) as desk:
            checked = desk.verify()
            return desk.digest(), checked.lines, checked.is_sound

    def refused(self, *words: str, sentence: str) -> None:
        """Check that the words are refused with one sentence and a hint, and that nothing changed."""
        before = self.stands()
        self._capsys.readouterr()
        assert self.run(*words, "--json") == 1
        printed = self._capsys.readouterr()
        error = json.loads(printed.out)["error"]
        assert sentence in error["sentence"], error
        assert error["hint"]
        assert error["code"]
        assert "\n" not in error["sentence"]
        assert "Traceback" not in printed.err
        assert self.stands() == before


@pytest.fixture
def shop(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Give a shop whose long work is done in this process; the stories do it in children."""
    monkeypatch.setattr("mlops_desk.workspace.bench.WorkBench.work", lambda _bench, task, job: task(job, silent))
    files = tmp_path / "files"
    files.mkdir()
    return Shop(folder, files, capsys)


@pytest.fixture
def loans(shop: Shop) -> Shop:
    """Add a dataset and give the shop back."""
    (shop.files / "loans.csv").write_text(TABLE)
    assert shop.run("dataset", "add", str(shop.files / "loans.csv"), "--name", "loans") == 0
    return shop


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "empty"),
        ("header.csv", b"a,b\n", "no rows"),
        ("ragged.csv", b"a,b\n1,2\n3\n", "Line 3"),
        ("windows.csv", b"a,b\n1,\x93x\x94\n", "UTF-8"),
        ("wide.csv", "a,b\n1,x\n".encode("utf-16"), "UTF-16"),
        ("packed.csv", gzip.compress(b"a,b\n1,2\n", mtime=0), "compressed"),
        ("label.parquet", b"a,b\n1,2\n", "Parquet"),
        ("thing.exe", b"MZ", "thing.exe"),
    ],
)
def test_that_a_bad_file_is_refused(shop: Shop, name: str, content: bytes, sentence: str) -> None:
    (shop.files / name).write_bytes(content)
    shop.refused("dataset", "add", str(shop.files / name), "--name", "x", sentence=sentence)


def test_that_a_missing_folder_or_unreadable_file_is_refused(shop: Shop) -> None:
    shop.refused("dataset", "add", str(shop.files / "none.csv"), "--name", "x", sentence="none.csv")
    shop.refused("dataset", "add", str(shop.files), "--name", "x", sentence="files")
    if os.geteuid():
        locked = shop.files / "locked.csv"
        locked.write_text(TABLE)
        locked.chmod(0)
        shop.refused("dataset", "add", str(locked), "--name", "x", sentence="locked.csv")


def test_that_the_same_content_or_name_is_refused(loans: Shop) -> None:
    file = str(loans.files / "loans.csv")
    loans.refused("dataset", "version", "loans", file, sentence="loans@1 already")
    loans.refused("dataset", "version", "loans", file, "--keep", "reference", sentence="loans@1 already")
    loans.refused("dataset", "add", file, "--name", "loans", sentence="There is a dataset “loans”")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--target", "nothing"], "nothing"),
        (["--target", "one"], "one"),
        (["--target", "empty"], "empty"),
        (["--target", "town", "--task", "regression"], "town"),
        (["--target", "ok", "--metric", "nope"], "There is no metric “nope”"),
        (["--target", "ok", "--seed", "-5"], "-5 cannot be a seed"),
        (["--target", "ok", "--seed", str(2**40)], "cannot be a seed"),
        (["--target", "ok", "--experiment", ""], "name is empty"),
    ],
)
def test_that_a_target_that_cannot_be_learnt_is_refused(loans: Shop, words: list[str], sentence: str) -> None:
    loans.refused("train", "loans", *words, "--recipe", "dummy", sentence=sentence)


def test_that_unknown_and_ambiguous_names_are_refused(shop: Shop) -> None:
    with Workspace(shop.folder) as desk:
        tell(desk, RULES.nouns["kpi"](name="Twin"), RULES.nouns["kpi"](name="Twin"))  # type: ignore[call-arg]
    shop.refused("kpi", "edit", "Twin", "--unit", "h", sentence="means more than one KPI.")
    for words in (["kpi", "show", "zzzz"], ["dataset", "profile", "none"], ["gate", "show", "G3", "none"]):
        shop.refused(*words, sentence="There is no")
    shop.refused("release", "plan", "okm", "--to", "x", sentence="There is no model version “okm”.")
    shop.refused("gate", "show", "G9", "x", sentence="There is no gate “G9”")
    shop.refused("gate", "answer", "XYZ-1", "x", "--choice", "no", "--note", "why", sentence="There is no item")


NAMED = (["kpi"], ["objective"], ["environment"], ["experiment"], ["use-case"])


@pytest.mark.parametrize("command", NAMED, ids=lambda words: words[0])
def test_that_no_record_has_an_empty_hidden_or_taken_name(shop: Shop, command: list[str]) -> None:
    for name, sentence in (("", "name is empty"), ("  ", "name is empty"), ("a\tb", "cannot be seen")):
        shop.refused(*command, "add", "--name", name, sentence=sentence)
    for name in ("One", "Two"):
        assert shop.run(*command, "add", "--name", name) == 0
    shop.refused(*command, "add", "--name", "One", sentence="“One” already")
    shop.refused(*command, "edit", "Two", "--name", "One", sentence="“One” already")
    shop.refused(*command, "edit", "Two", "--name", "", sentence="name is empty")
    assert shop.run(*command, "edit", "Two", "--name", "Two") == 0
    assert shop.run(*command, "archive", "One") == 0
    shop.refused(*command, "add", "--name", "One", sentence="“One” already")


def test_that_a_name_that_becomes_part_of_a_path_holds_no_slash(shop: Shop) -> None:
    for name in ("../../up", "a\\b"):
        shop.refused("environment", "add", "--name", name, sentence="holds / or \\")


def test_that_datasets_and_projects_have_names(loans: Shop, tmp_path: Path) -> None:
    file = loans.files / "other.csv"
    file.write_text(TABLE + "61,no,x,,same\n")
    loans.refused("dataset", "add", str(file), "--name", "", sentence="name is empty")
    assert loans.run("dataset", "add", str(file), "--name", "other") == 0
    loans.refused("dataset", "edit", "other", "--name", "loans", sentence="“loans” already")
    words = ["--member", "Ana", "--role", "data-scientist"]
    assert run(["init", str(tmp_path / "new"), "--name", "", *words]) == 1
    assert not (tmp_path / "new").exists()


def test_that_a_key_is_not_sealed_where_nobody_can_type(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", refuse)
    shop.refused("keys", "seal", sentence="nobody here to type")


def test_that_a_bug_is_one_json_document_and_a_trace_beside_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fall(*_: object, **_named: object) -> None:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr("mlops_desk.cli.main.Workspace.do", fall)
    assert shop.run("kpi", "add", "--name", "x", "--json") == 70
    printed = capsys.readouterr()
    assert json.loads(printed.out)["error"]["sentence"] == "This is a mistake of the program: ZeroDivisionError: two."
    assert "Traceback" in printed.err


def test_that_an_argument_is_called_by_its_name(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.run("kpi", "check-in", "Time", "many") == 2
    assert "Argument VALUE: “many” is not a number." in capsys.readouterr().err


def test_that_a_role_that_may_not_is_refused(loans: Shop) -> None:
    assert loans.run("use-case", "add", "--name", "Credit") == 0
    loans.refused("gate", "sign", "G1", "Credit", "--as", "data-scientist", sentence="is signed by ARC, DX")
    loans.refused("gate", "sign", "G1", "Credit", "--as", "ai-architect", sentence="cannot be approved yet")
    loans.refused("gate", "sign", "G1", "Credit", "--as", "ai-ethics", sentence="You do not hold the role")
    loans.refused("kpi", "add", "--name", "x", "--as", "owner", sentence="You may not do this as Owner")
    loans.refused("dataset", "confirm", "loans", sentence="no profile yet")


@pytest.mark.parametrize("sql", ["COPY kpi TO 'x.csv'", "SELECT * FROM read_text('/etc/hostname')", "DELETE FROM kpi"])
def test_that_sql_that_reads_or_writes_files_is_refused(shop: Shop, sql: str) -> None:
    shop.refused("ask", sql, sentence="allowed" if "read_text" in sql else "Only one SELECT")


def test_that_a_full_disk_leaves_nothing_half_done(
    loans: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    before = loans.stands()
    more = loans.files / "more.csv"
    more.write_text(TABLE + "61,no,x,,same\n")
    for words in (["kpi", "add", "--name", "x"], ["dataset", "version", "loans", str(more)]):
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", refuse)
            assert loans.run(*words) == 1
        assert "Traceback" not in capsys.readouterr().err
        assert loans.stands() == before
    assert loans.run("dataset", "version", "loans", str(more)) == 0


@pytest.mark.skipif(not os.geteuid(), reason="root may write everywhere")
def test_that_a_read_only_folder_does_not_stop_work(loans: Shop) -> None:
    places = [loans.folder, *(each for each in loans.folder.rglob("*") if each.is_dir() and ".git" not in each.parts)]
    try:
        for each in places:
            each.chmod(stat.S_IRUSR | stat.S_IXUSR)
        assert loans.run("kpi", "add", "--name", "Time") == 0
    finally:
        for each in places:
            each.chmod(stat.S_IRWXU)
    assert loans.stands()[2]


def test_that_the_path_of_a_file_kept_by_reference_is_never_shared(shop: Shop) -> None:
    place = shop.files / "secret-place-of-ana"
    place.mkdir()
    (place / "loans.csv").write_text(TABLE)
    assert shop.run("dataset", "add", str(place / "loans.csv"), "--name", "loans", "--keep", "reference") == 0
    assert shop.run("dataset", "profile", "loans") == 0
    shared = [each for each in shop.folder.rglob("*") if each.is_file() and ".git" not in each.parts]
    whole = b"".join(each.read_bytes() for each in shared)
    assert b"loans.csv" in whole
    assert b"secret-place" not in whole
    assert b"word3" not in whole, "no value of the data"
    assert not (shop.folder / "objects").exists() or not list((shop.folder / "objects").rglob("?" * 64))


def test_that_profiles_are_shared_once_every_column_may_be(loans: Shop) -> None:
    for column in ("amount", "ok", "town", "empty", "one"):
        assert loans.run("dataset", "classify", "loans", column, "public") == 0
    assert loans.run("dataset", "profile", "loans") == 0
    shared = list((loans.folder / "objects").rglob("?" * 64))
    assert len(shared) == 2, "figures and the reference for drift"


def test_that_a_new_version_is_told_with_its_rows_and_what_changed(
    loans: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    for rows, said in (
        (TABLE + "7,no,word1,,same\n", "loans@2: 61 rows, the columns are as before."),
        (
            "amount,ok,place\n1.5,no,x\n",
            "loans@3: 1 row. Columns: gone: town, empty, one; new: place; amount is DOUBLE",
        ),
    ):
        (loans.files / "new.csv").write_text(rows)
        capsys.readouterr()
        assert loans.run("dataset", "version", "loans", str(loans.files / "new.csv")) == 0
        assert said in capsys.readouterr().out


def test_that_raising_a_class_takes_the_figures_out_of_the_shared_folder_and_says_so(
    loans: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    test_that_profiles_are_shared_once_every_column_may_be(loans)
    capsys.readouterr()
    assert loans.run("dataset", "classify", "loans", "town", "pii") == 0
    said = capsys.readouterr().out
    assert "town is pii now. 2 objects" in said
    assert "git history keeps what was once sent" in said
    assert not list((loans.folder / "objects").rglob("?" * 64))
    with Workspace(loans.folder) as desk:
        [profile] = desk.ask(lambda rows: rows.find(Profile))
        assert desk.objects.has(profile.figures)
        assert desk.objects.has(profile.reference)


def test_that_what_comes_back_by_git_is_taken_out_at_the_next_look(
    loans: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    test_that_profiles_are_shared_once_every_column_may_be(loans)
    [first, _second] = list((loans.folder / "objects").rglob("?" * 64))
    content = first.read_bytes()
    assert loans.run("dataset", "classify", "loans", "town", "sensitive") == 0
    first.write_bytes(content)
    capsys.readouterr()
    assert loans.run("dataset", "list") == 0
    assert "1 object with figures" in capsys.readouterr().err
    assert not first.exists()
    assert loans.run("dataset", "profile", "loans") == 0
    assert not first.exists()
