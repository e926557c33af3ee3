"""A tampered tree is refused with a sentence before its first answer; C code never follows it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_desk.kernel.errors import DeskError
from mlops_desk.science.persist import load_model, save_model
from tests.science.models import small_model

WITH_TREES = ("forest", "boosting")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Save one model of each kind with trees, and return its members by kind."""
    folder = tmp_path_factory.mktemp("trees")
    found = {}
    for name in WITH_TREES:
        pipeline, schema, _table = small_model(name)
        save_model(pipeline, schema, folder / name)
        with zipfile.ZipFile(folder / name) as archive:
            found[name] = {each: archive.read(each) for each in archive.namelist()}
    return found


def load(path: Path, members: dict[str, bytes]):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return load_model(path)


def refusal(path: Path, members: dict[str, bytes]) -> str:
    with pytest.raises(DeskError) as caught:
        load(path, members)
    assert caught.value.hint
    assert caught.value.code == "MODEL-104", caught.value.sentence
    return caught.value.sentence


def is_tree(array: np.ndarray) -> bool:
    return bool({"left", "left_child"} & set(array.dtype.names or ()))


def changed(members: dict[str, bytes], change, wanted=is_tree) -> dict[str, bytes]:
    """Return the members with the first array that is wanted and that ``change`` altered."""
    for name, content in members.items():
        if name.endswith(".npy") and wanted(array := np.load(io.BytesIO(content))):
            after = change(array.copy())
            if after is not None and (after.shape != array.shape or after.tobytes() != array.tobytes()):
                buffer = io.BytesIO()
                np.save(buffer, after)
                return members | {name: buffer.getvalue()}
    raise AssertionError("nothing to change")


def setting(field: str, value: int, *, among: str = "inner"):
    def change(nodes):
        boosted = "left" in nodes.dtype.names
        inner = nodes["is_leaf"] == 0 if boosted else nodes["left_child"] != -1
        if among == "category":
            inner &= nodes["is_categorical"] != 0
        if among == "number":
            inner &= nodes["is_categorical"] == 0
        if not inner.any():
            return None
        place = np.flatnonzero(inner)[-1]
        nodes[field][place] = np.array(value).astype(nodes.dtype[field])
        return nodes

    return change


@pytest.mark.parametrize("value", [-2, -5, 0, 3, 10**6, 2**31 - 1])
@pytest.mark.parametrize("field", ["left_child", "right_child", "feature", "left", "right", "feature_idx"])
def test_that_an_index_out_of_the_tree_or_back_is_refused(tmp_path, saved, field, value):
    if field.startswith("feature") and value in (0, 3):
        value = 4  # the model has four inputs
    name = "forest" if field in ("left_child", "right_child", "feature") else "boosting"
    assert "broken tree" in refusal(tmp_path / "m", changed(saved[name], setting(field, value)))


@pytest.mark.parametrize("value", [1, 2, 10**6])
def test_that_a_set_of_categories_that_is_not_there_is_refused(tmp_path, saved, value):
    assert "broken tree" in refusal(
        tmp_path / "m", changed(saved["boosting"], setting("bitset_idx", 10**6 + value, among="category"))
    )


def test_that_a_split_by_category_of_a_number_is_refused(tmp_path, saved):
    """The known categories of a column that has none lie outside of their array."""

    def change(nodes):
        found = setting("is_categorical", 1, among="number")(nodes)
        return setting("bitset_idx", 0, among="category")(found) if found is not None else None

    assert "broken tree" in refusal(tmp_path / "m", changed(saved["boosting"], change))


def test_that_a_set_of_categories_that_is_too_narrow_is_refused(tmp_path, saved):
    def is_set(array):
        return array.dtype == np.uint32 and array.ndim == 2 and len(array)

    narrow = saved["boosting"]
    for _every in range(20):  # both sets of every tree
        try:
            narrow = changed(narrow, lambda sets: sets[:, :1].copy() if sets.shape[1] == 8 else None, is_set)
        except AssertionError:
            break
    assert "broken tree" in refusal(tmp_path / "m", narrow)


def told(members: dict[str, bytes], change) -> dict[str, bytes]:
    """Return the members with nodes of the schema changed: ``change`` gets each and tells whether it is done."""
    schema = json.loads(members["schema.json"])
    waiting, is_done = [schema], False
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            is_done = change(node) or is_done
        waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    assert is_done
    return members | {"schema.json": json.dumps(schema).encode()}


@pytest.mark.parametrize("claim", [-5, 0, 3])
def test_that_a_tree_that_lies_about_its_number_of_nodes_is_refused(tmp_path, saved, claim):
    """A greater number is cut to what is there by scikit-learn itself."""

    def change(node):
        count = node.get("node_count")
        if isinstance(count, dict) and "content" in count:
            count |= {"content": str(claim), "__id__": 10**9}  # an id known before would stand for its older value
        return count is not None

    assert "broken tree" in refusal(tmp_path / "m", told(saved["forest"], change))


@pytest.mark.parametrize("name", WITH_TREES)
def test_that_a_model_that_asks_for_more_columns_than_it_gets_is_refused(tmp_path, saved, name):
    def change(node):
        count = node.get("n_features_in_")
        is_whole = isinstance(count, dict) and ("_predictors" in node or "estimators_" in node)
        if is_whole:
            count |= {"content": "5000", "__id__": 10**9}
        return is_whole

    members = told(saved[name], change)
    with pytest.raises(DeskError):
        load(tmp_path / "m", members)


@pytest.mark.parametrize("name", WITH_TREES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_that_any_change_of_a_tree_is_refused_or_answers(tmp_path, saved, name, data):
    """Whatever bytes a tree is given: it is refused with a sentence, or every row gets an answer."""

    def change(nodes):
        raw = bytearray(nodes.tobytes())
        for _time in range(data.draw(st.integers(1, 3))):
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
        return np.frombuffer(bytes(raw), dtype=nodes.dtype)

    try:
        model = load(tmp_path / "m", changed(saved[name], change))
    except DeskError:
        return
    rows = np.random.default_rng(0).normal(0, 30, (50, len(model.schema.features)))
    assert len(model.pipeline.predict(rows)) == 50
