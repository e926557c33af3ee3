"""Opening a file: everything a file can be, either a table or one sentence."""

from __future__ import annotations

# mypy: disable-error-code="union-attr"
# A figure that is None fails the test as loudly as the checker would.
import contextlib
import gzip
import hashlib
import os
import pickle
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.science.sources import OpenJob, Source, open_file, open_source, to_parquet
from tests.science.reading import read_columns

GOOD = b"a,b\n1,x\n2,y\n"
PARQUET_MAGIC = b"PAR1" + bytes(20) + b"PAR1"

BAD = {
    "204-empty.csv": b"",
    "205-header.csv": b"a,b\n",
    "205-bare.csv": b"a,b",
    "205-blank.csv": b"\n\n",
    "213-empty.json": b"[]",
    "206-short.csv": b"a,b\n1,x\n2\n",
    "206-long.csv": b"a,b\n1,x\n2,y,z\n",
    "206-late.csv": GOOD + b"1,2\n" * 30_000 + b"1,2,3\n",
    "206-open-quote.csv": GOOD + b'"3,z\n',
    "206-open-late.csv": GOOD + b"1,2\n" * 30_000 + b'1,"2\n',
    "206-quote.csv": b'a,b\n1,x\n"y"z,5\n2,2\n',
    "207-windows.csv": b"a,b\n1,\x93x\x94\n",
    "207-latin.csv": b"a,b\n1,\xe9t\xe9\n",
    "206-two-ends.csv": b"a,b\r\n1,x\n2\r\n",
    "206-two-ends-long.csv": b"a,b\r\n1,x\n2,y,z\r\n",
    "210-table.json": b"\n a,b\n1,2\n",
    "210-lines.csv": b'{"a": 1}\n{"a": 2}\n',
    "210-list.csv": b'[\n {"a": 1, "b": 2},\n {"a": 2, "b": 2}]\n',
    "213-late.json": b'{"a": 1}\n' * 3000 + b'{"a" 1}\n',
    "207-nul.csv": b"a,b\n1,x\0y\n2,z\n",
    "208-utf16.csv": "a,b\n1,x\n".encode("utf-16"),
    "208-utf16le.tsv": "a\tb\n1\tx\n".encode("utf-16-le"),
    "209-gzip.csv": gzip.compress(GOOD),
    "209-gzip.csv.gz": gzip.compress(GOOD),
    "209-zip.csv": b"PK\x03\x04" + bytes(100),
    "209-zstd.csv": b"\x28\xb5\x2f\xfd" + bytes(50),
    "209-bzip2.csv": b"BZh91AY" + bytes(50),
    "209-xz.csv": b"\xfd7zXZ\x00" + bytes(50),
    "210-parquet.csv": PARQUET_MAGIC,
    "210-csv.parquet": GOOD,
    "210-page.csv": b"\n <!DOCTYPE html><html></html>",
    "210-excel.csv": b"PK\x03\x04" + bytes(20) + b"[Content_Types].xml",
    "210-excel.xlsx": b"PK\x03\x04" + bytes(20),
    "210-pickle.csv": pickle.dumps([1, 2, 3]),
    "210-pickle.pkl": b"anything",
    "211-twice.csv": b"a,b,A\n1,2,3\n",
    "212-what.data": GOOD,
    "212-none": GOOD,
    "213-damaged.parquet": PARQUET_MAGIC,
    "213-scalars.json": b"[1, 2]",
    "213-broken.json": b'{"a": 1',
    "217-people.csv": b"39,State-gov,77\n50,Self,83\n38,Private,21\n",
    "217-numbers.csv": b"1.5,2\n3.5,4\n",
    "217-dates.csv": b"ann,2020-01-01\nbob,2020-01-02\n",
    "217-gaps.csv": b"ann,,3\nbob,x,4\n",
    "215-wide.csv": b",".join(b"c%d" % n for n in range(10_001)) + b"\n",
}


def made(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "said", "hint"),
    [
        ("207-latin.csv", "seems to be Latin-1", "iconv -f ISO-8859-1 -t UTF-8 207-latin.csv"),
        ("207-windows.csv", "seems to be Windows-1252", "iconv -f WINDOWS-1252"),
        ("210-table.json", "is a text table such as CSV, not JSON", ".csv"),
        ("210-lines.csv", "is JSON", ".json"),
        ("213-late.json", "is not valid JSON near object 300", "one object per line"),
        ("213-broken.json", "is not valid JSON", "one object per line"),
    ],
)
def test_that_what_a_file_seems_to_be_is_said_in_our_own_words(tmp_path, name, said, hint):
    with pytest.raises(DeskError, match=said) as refused:
        open_source(made(tmp_path, name, BAD[name]))
    assert hint in refused.value.hint
    assert "Invalid Input" not in refused.value.sentence


def test_that_a_late_letter_of_another_encoding_is_seen(tmp_path):
    with pytest.raises(DeskError, match="Latin-1"):
        open_source(made(tmp_path, "t.csv", b"a,b\n" + b"1,x\n" * 400_000 + b"1,\xe9\n"))


@pytest.mark.parametrize("value", [b"x%d", b'"x\r\n,%d"', b'"x\n""%d"'])
def test_that_lines_that_end_in_two_ways_are_read(tmp_path, value):
    ends = (b"\r\n", b"\n", b"\r\n")
    rows = [b"%d," % at + value % at + ends[at % 3] for at in range(5000)]
    source = open_source(made(tmp_path, "t.csv", b"n,t\r\n" + b"".join(rows)))
    assert (source.rows, source.columns[0].type) == (5000, "BIGINT")
    found = read_columns(source, ["n", "t"])
    assert found["n"].tolist() == list(range(5000))
    assert found["t"][7] == (value % 7).decode().strip('"').replace('""', '"')


@pytest.mark.parametrize("name", BAD)
def test_that_a_bad_file_is_refused_with_a_sentence_a_hint_and_its_code(tmp_path, name):
    with pytest.raises(DeskError) as refused:
        open_source(made(tmp_path, name, BAD[name]))
    assert refused.value.code == f"DATA-{name[:3]}", refused.value.sentence
    assert refused.value.sentence.strip()
    assert refused.value.hint.strip()
    assert "\n" not in refused.value.sentence


def test_that_what_is_not_a_file_is_refused(tmp_path):
    for path, code in ((tmp_path / "none.csv", "201"), (tmp_path, "202"), ("a\0b.csv", "203")):
        with pytest.raises(DeskError) as refused:
            open_source(path)
        assert refused.value.code == f"DATA-{code}"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_that_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DeskError) as refused:
        open_source(tmp_path / "pipe.csv")
    assert refused.value.code == "DATA-202"


def test_that_a_pickle_is_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "sprung"),))

    with pytest.raises(DeskError):
        open_source(made(tmp_path, "data.csv", pickle.dumps(Trap())))
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("content", "encoding", "word"),
    [
        ("a,b\n1,café\n".encode(), "utf-8", "café"),
        (b"\xef\xbb\xbf" + "a,b\n1,café\n".encode(), "utf-8-sig", "café"),
    ],
)
def test_that_the_encoding_is_found_and_said(tmp_path, content, encoding, word):
    source = open_source(made(tmp_path, "t.csv", content))
    assert source.encoding == encoding
    assert source.names == ("a", "b")
    assert read_columns(source, ["b"])["b"].tolist() == [word]


@pytest.mark.parametrize(
    "content",
    ["country,2019,2020\nCH,1,2\nDE,3,4\n", "2019,2020,2021\n1,2,3\n", ",a,b\n0,x,y\n1,z,w\n", "a,1,b\nc,d,e\n"],
)
def test_that_years_and_an_index_in_the_header_are_names(tmp_path, content):
    source = open_source(made(tmp_path, "t.csv", content.encode()))
    assert source.rows == content.count("\n") - 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_that_the_separator_is_found(tmp_path, delimiter):
    source = open_source(made(tmp_path, "t.csv", f"a{delimiter}b\n1{delimiter}x y\n".encode()))
    assert source.names == ("a", "b")


def test_that_the_separator_is_the_one_that_fits_the_rows(tmp_path):
    source = open_source(made(tmp_path, "t.csv", b"Preis, EUR, netto;Menge\n1,50;3\n2,75;4\n"))
    assert source.names == ("Preis, EUR, netto", "Menge")
    assert open_source(made(tmp_path, "u.csv", b" a , b\n1,2\n")).names == ("a", "b")


def test_that_a_source_says_what_the_file_is(tmp_path):
    source = open_source(made(tmp_path, "t.csv", GOOD))
    assert source.rows == 2
    assert source.size_bytes == len(GOOD)
    assert source.sha256 == hashlib.sha256(GOOD).hexdigest()
    assert [column.type for column in source.columns] == ["BIGINT", "VARCHAR"]
    assert msgspec.json.decode(msgspec.json.encode(source), type=Source) == source
    assert open_file(OpenJob(path=source.path), silent) == source


def test_that_a_type_a_late_row_breaks_becomes_text(tmp_path):
    source = open_source(made(tmp_path, "t.csv", b"a,b\n" + b"1,2\n" * 30_000 + b"?,2\n"))
    assert [column.type for column in source.columns] == ["VARCHAR", "BIGINT"]
    assert source.rows == 30_001


def test_that_day_first_dates_survive_the_reading(tmp_path):
    source = open_source(made(tmp_path, "t.csv", b"d\n13/02/2011\n14/03/2011\n"))
    assert read_columns(source, ["d"])["d"].astype("datetime64[D]").astype(str).tolist() == ["2011-02-13", "2011-03-14"]


def test_that_leading_zeros_are_kept(tmp_path):
    assert read_columns(open_source(made(tmp_path, "t.csv", b"zip\n08001\n10115\n")), ["zip"])["zip"][0] == "08001"


def test_that_missing_values_keep_their_place(tmp_path):
    source = open_source(made(tmp_path, "t.csv", b"n,f,t,b\n1,1.5,x,true\n,,,\n3,2.5,z,false\n"))
    found = read_columns(source, source.names)
    assert np.array_equal(found["n"], [1, np.nan, 3], equal_nan=True)
    assert np.array_equal(found["f"], [1.5, np.nan, 2.5], equal_nan=True)
    assert found["t"].tolist() == ["x", None, "z"]
    assert found["b"].tolist() == [True, None, False]


@pytest.mark.parametrize("name", ["st*r?.csv", "br[ac]ket.csv", "qu'ote.csv", "year=2011.csv", "ümläut ☃.csv"])
def test_that_a_path_is_only_ever_a_path(tmp_path, name):
    if os.name == "nt" and set(name) & set('*?"'):
        pytest.skip("Windows has no such names")
    made(tmp_path, "star.csv", b"other\n1\n")
    assert open_source(made(tmp_path, name, GOOD)).names == ("a", "b")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize(
    ("name", "sibling"),
    [("s*.csv", "sxx.csv"), ("a[1].csv", "a1.csv"), ("q?.parquet", "q1.parquet"), ("j[a].json", "ja.json")],
)
def test_that_a_name_like_a_pattern_reads_its_own_file(tmp_path, name, sibling):
    for column, each in (("mine", name), ("other", sibling)):
        kind = {"csv": "csv", "parquet": "parquet", "json": "json"}[each.rpartition(".")[2]]
        duckdb.sql(f"COPY (SELECT i AS {column} FROM range(3) r(i)) TO '{tmp_path}/made' (FORMAT {kind})")
        (tmp_path / "made").rename(tmp_path / each)
    source = open_source(tmp_path / name)
    assert source.names == ("mine",)
    assert read_columns(source, ["mine"])["mine"].tolist() == [0, 1, 2]
    assert open_source(to_parquet(source, tmp_path / "o[1]*.parquet")).rows == 3


def test_that_json_objects_with_many_differing_keys_open(tmp_path):
    lines = "".join(f'{{"k{at}": 1, "l{at}": 2}}\n' for at in range(300))
    assert len(open_source(made(tmp_path, "t.jsonl", lines.encode())).names) == 600


def test_that_column_names_are_only_ever_names(tmp_path):
    header = b'"a""b","c\'d","e; DROP TABLE x",{f},"g\nh"\n'
    source = open_source(made(tmp_path, "t.csv", header + b"1,2,3,4,5\n"))
    assert source.names == ('a"b', "c'd", "e; DROP TABLE x", "{f}", "g\nh")
    assert [int(each[0]) for each in read_columns(source, source.names).values()] == [1, 2, 3, 4, 5]
    assert open_source(to_parquet(source, tmp_path / "o.parquet")).names == source.names


def test_that_json_is_read_with_nested_values_as_text(tmp_path):
    source = open_source(made(tmp_path, "t.jsonl", b'{"a": 1, "b": {"c": [1]}}\n{"a": "x"}\n'))
    assert source.rows == 2
    assert read_columns(source, ["a"])["a"].tolist() == ["1", "x"]


def test_that_parquet_keeps_rows_types_and_order(tmp_path):
    source = open_source(made(tmp_path, "t.csv", b"n,when\n" + b"".join(b"%d,2020-01-02\n" % n for n in range(5000))))
    stored = open_source(to_parquet(source, tmp_path / "it's.parquet"))
    assert (stored.format, stored.encoding, stored.rows) == ("parquet", "binary", 5000)
    assert stored.columns == source.columns
    assert np.array_equal(read_columns(stored, ["n"])["n"], np.arange(5000))


def test_that_parquet_with_the_same_name_twice_is_refused_and_nested_names_are_not(tmp_path):
    twice, nested = tmp_path / "twice.parquet", tmp_path / "nested.parquet"
    duckdb.sql("SELECT 1 AS id, {'id': 2, 'n': 3} AS s").write_parquet(str(nested))
    assert open_source(nested).names == ("id", "s")
    duckdb.sql("SELECT 1 AS aa, 2 AS ab").write_parquet(str(twice))
    twice.write_bytes(twice.read_bytes().replace(b"ab", b"aa"))
    with pytest.raises(DeskError) as refused:
        open_source(twice)
    assert refused.value.code == "DATA-211"


def test_that_a_locked_connection_reads_no_other_file(tmp_path):
    from mlops_desk.science.lockdown import locked, text

    mine, other = made(tmp_path, "mine.csv", GOOD), made(tmp_path, "other.csv", GOOD)
    for sql in (f"FROM read_csv({text(str(other))})", "INSTALL httpfs", "SET enable_external_access = true"):
        with pytest.raises(DeskError), locked(mine) as opened:
            opened.execute(sql)


def test_that_progress_runs_to_the_size_of_the_file(tmp_path):
    steps: list[tuple[int, int]] = []
    open_source(made(tmp_path, "t.csv", GOOD), lambda _step, done, total: steps.append((done, total)))
    assert (len(GOOD), len(GOOD)) in steps


table = st.lists(
    st.lists(st.sampled_from([b"1", b"", b"x", b"2.5", b'"', b"a b", b"NA", b"\xe9"]), min_size=1, max_size=3),
    max_size=6,
).map(lambda rows: b"\n".join(b",".join(row) for row in rows))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(st.binary(max_size=200), table), kind=st.sampled_from(["csv", "tsv", "json", "parquet", "xyz"])
)
def test_that_any_bytes_open_or_are_refused_politely(tmp_path, content, kind):
    head = b"PAR1" if kind == "parquet" else b""
    try:
        source = open_source(made(tmp_path, f"t.{kind}", head + content))
    except DeskError:
        return
    assert all(len(array) == source.rows for array in read_columns(source, source.names).values())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_that_a_damaged_parquet_file_is_refused_politely(tmp_path, at, byte):
    whole = tmp_path / "whole.parquet"
    if not whole.exists():
        duckdb.sql("SELECT i, i::VARCHAR AS t FROM range(100) r(i)").write_parquet(str(whole))
    content = bytearray(whole.read_bytes())
    content[at % len(content)] = byte
    with contextlib.suppress(DeskError):
        source = open_source(made(tmp_path, "damaged.parquet", bytes(content)))
        read_columns(source, source.names)


def test_that_the_real_tables_open():
    folder = os.environ.get("MLOPS_DESK_REAL_DATA")
    if not folder:
        pytest.skip("MLOPS_DESK_REAL_DATA is not set")
    assert (
        open_source(Path(folder) / "adult.csv").rows,
        open_source(Path(folder) / "bike_hour_official.csv").rows,
    ) == (
        32561,
        17379,
    )
