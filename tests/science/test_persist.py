"""A model comes back as it was; a hostile file is refused with a code and touches nothing."""

from __future__ import annotations

import contextlib
import json
import pickle
import sys
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge, SGDClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from mlops_desk.kernel.errors import DeskError
from mlops_desk.science.archive import check_archive, repacked
from mlops_desk.science.candidates import CANDIDATES
from mlops_desk.science.features import encode
from mlops_desk.science.persist import load_model, save_model
from tests.science.models import small_model


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("name", CANDIDATES)
def test_that_every_model_comes_back_bit_for_bit(tmp_path, name, task):
    pipeline, schema, table = small_model(name, task)
    made = save_model(pipeline, schema, tmp_path / "model.skops")
    assert made.size_bytes == (tmp_path / "model.skops").stat().st_size
    loaded = load_model(tmp_path / "model.skops")
    matrix = encode(table, schema.features)
    assert loaded.schema == schema
    assert loaded.notes == ()
    assert np.array_equal(pipeline.predict(matrix), loaded.pipeline.predict(matrix))


@pytest.mark.parametrize("name", CANDIDATES)
def test_that_the_same_model_is_the_same_bytes(tmp_path, name):
    made, keep = [], []
    for number in range(2):
        pipeline, schema, _table = small_model(name)
        made.append(save_model(pipeline, schema, tmp_path / f"{number}.skops").sha256)
        keep += [object() for _n in range(1000)]  # shifts addresses
    assert made[0] == made[1]


@pytest.fixture
def model(tmp_path):
    pipeline, schema, _table = small_model("linear")
    save_model(pipeline, schema, tmp_path / "good.skops")
    return tmp_path / "good.skops"


def _members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _pack(path, members, level=6):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _refused(path):
    with pytest.raises(DeskError) as caught:
        load_model(path)
    assert caught.value.hint
    return caught.value.code


class Gadget:
    def __init__(self, canary):
        self.canary = canary

    def __reduce__(self):
        return (open, (self.canary, "w"))


def test_that_a_pickle_by_another_name_is_refused_and_runs_nothing(tmp_path):
    canary = tmp_path / "canary"
    path = tmp_path / "evil.skops"
    path.write_bytes(pickle.dumps(Gadget(str(canary))))
    assert _refused(path) == "MODEL-101"
    assert not canary.exists()


def test_that_a_planted_call_is_refused_and_runs_nothing(tmp_path, model):
    canary = tmp_path / "canary"
    members = _members(model)
    schema = json.loads(members["schema.json"])
    for module, name in (("os", "system"), ("posix", "system"), ("subprocess", "Popen"), ("antigravity", "x")):
        planted = {
            "__class__": name,
            "__module__": module,
            "__loader__": "ObjectNode",
            "__reduce__": {"args": {"__class__": "str", "__module__": "builtins", "content": f"touch {canary}"}},
            "content": {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": '"x"'},
            "__id__": 999_999,
        }
        evil = json.dumps(schema | {"content": planted})
        path = _pack(tmp_path / "e.skops", members | {"schema.json": evil.encode()})
        with pytest.raises(DeskError, match="may not hold"):  # before skops sees it
            check_archive(path)
        assert _refused(path) == "MODEL-103"
    assert "antigravity" not in sys.modules
    assert not canary.exists()


@pytest.mark.parametrize(
    ("module", "name"), [("builtins", "eval"), ("builtins", "exec"), ("numpy", "save"), ("builtins", "getattr")]
)
def test_that_a_function_of_an_allowed_package_is_still_not_allowed(tmp_path, model, module, name):
    members = _members(model)
    function = {"__class__": name, "__module__": module, "__loader__": "FunctionNode", "__id__": 7}
    raw = _members(_pack_bytes(tmp_path, skops.io.dumps(FunctionTransformer(func=np.sqrt))))
    schema = json.loads(raw["schema.json"])
    schema["content"]["content"]["func"] = function
    assert _refused(_pack(tmp_path / "e.skops", members | {"schema.json": json.dumps(schema).encode()})) in {
        "MODEL-101",
        "MODEL-103",
    }


def _pack_bytes(folder, raw):
    path = folder / "raw.skops"
    path.write_bytes(raw)
    return path


def test_that_a_zip_bomb_is_refused_by_its_directory(tmp_path, model):
    members = _members(model) | {"bomb.npy": bytes(300 * 1024**2)}
    assert _refused(_pack(tmp_path / "bomb.skops", members)) == "MODEL-102"


def test_that_a_thousand_small_bombs_are_refused(tmp_path, model):
    members = _members(model) | {f"{n}.npy": bytes(900 * 1024) for n in range(100)}
    assert _refused(_pack(tmp_path / "bombs.skops", members, 9)) == "MODEL-102"


def test_that_too_many_members_are_refused(tmp_path, model):
    members = _members(model) | {f"{n}.npy": b"x" for n in range(10_001)}
    assert _refused(_pack(tmp_path / "many.skops", members)) == "MODEL-102"


def test_that_a_directory_that_lies_about_sizes_is_refused(tmp_path, model):
    raw = _pack(tmp_path / "lie.skops", _members(model) | {"schema.json": b" " * 100_000 + b"{}"}).read_bytes()
    place = raw.rindex(b"schema.json") - 46 + 24  # the uncompressed size in the central directory
    path = tmp_path / "lie2.skops"
    path.write_bytes(raw[:place] + (10).to_bytes(4, "little") + raw[place + 4 :])
    assert _refused(path) == "MODEL-101"


@pytest.mark.parametrize("depth", [300, 100_000])
def test_that_a_deep_schema_is_refused(tmp_path, model, depth):
    deep = b'{"content":' * depth + b"1" + b"}" * depth
    assert _refused(_pack(tmp_path / "deep.skops", _members(model) | {"schema.json": deep})) in {
        "MODEL-101",
        "MODEL-102",
    }


def test_that_a_huge_schema_is_refused(tmp_path, model):
    rng = np.random.default_rng(0)
    huge = rng.integers(32, 126, 17 * 1024**2).astype(np.uint8).tobytes()
    assert _refused(_pack(tmp_path / "huge.skops", _members(model) | {"schema.json": huge}, 1)) == "MODEL-102"


def test_that_a_truncated_file_is_refused_wherever_it_ends(tmp_path, model):
    raw = model.read_bytes()
    for size in [0, 1, *range(100, len(raw), len(raw) // 25), len(raw) - 1]:
        path = tmp_path / "cut.skops"
        path.write_bytes(raw[:size])
        assert _refused(path) == "MODEL-101"


def test_that_a_flipped_bit_never_escapes_as_another_error(tmp_path, model):
    raw = bytearray(model.read_bytes())
    rng = np.random.default_rng(0)
    path = tmp_path / "flip.skops"
    for place in rng.integers(0, len(raw), 120):
        broken = bytearray(raw)
        broken[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(broken)
        with contextlib.suppress(DeskError):  # nothing else may come out
            load_model(path)


def test_that_members_standing_twice_and_a_model_without_card_are_refused(tmp_path, model):
    members = _members(model)
    _pack(tmp_path / "d.skops", members)
    with zipfile.ZipFile(tmp_path / "d.skops", "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("schema.json", b"{}")
    assert _refused(tmp_path / "d.skops") == "MODEL-101"
    del members["model.json"]
    assert _refused(_pack(tmp_path / "bare.skops", members)) == "MODEL-101"


def test_that_a_model_of_other_parts_is_refused(tmp_path, model):
    card = {"model.json": _members(model)["model.json"]}
    fitted = SGDClassifier().fit([[0.0], [1.0]], [0, 1])
    (tmp_path / "sgd.skops").write_bytes(repacked(skops.io.dumps(fitted), card))
    assert _refused(tmp_path / "sgd.skops") == "MODEL-103"


def test_that_a_known_part_in_the_wrong_place_is_refused(tmp_path, model):
    card = {"model.json": _members(model)["model.json"]}
    fitted = skops.io.dumps(Pipeline([("columns", SimpleImputer()), ("model", Ridge())]).fit([[0.0] * 4] * 2, [0, 1]))
    (tmp_path / "p.skops").write_bytes(repacked(fitted, card))
    check_archive(tmp_path / "p.skops")
    assert _refused(tmp_path / "p.skops") == "MODEL-104"
