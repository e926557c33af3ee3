"""Trees of a loaded model, judged before C code walks them: it checks no index and would read past its arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.science.table import Array

BITSET_WORDS = 8  # of 32 bits: one for each of the 256 bins of a category


def check_trees(model: Any, width: int) -> None:
    """Refuse trees that would lead C code out of its arrays or in circles.

    Children lie inside the tree and after their parent, so a walk ends; a split asks for one of the ``width``
    columns that the model is given; a split by category finds its set of categories and the known ones.
    Models without trees pass.

    Raises:
        DeskError: MODEL-104.
    """
    for one in getattr(model, "estimators_", ()):
        _check_tree(one, model, width)
    steps = getattr(model, "_predictors", ())
    if len(steps):
        _refuse_unless(model.n_features_in_ == width)
        seen = model._preprocess_X(np.zeros((1, width)), reset=False).shape[1]  # noqa: SLF001 - what predict calls
        by_category = np.asarray(model._bin_mapper.is_categorical_)  # noqa: SLF001
        _refuse_unless(by_category.shape == (seen,) and by_category.dtype.kind in "bu")
        for one in (predictor for step in steps for predictor in step):
            _check_predictor(one, by_category != 0)


def broken_tree() -> DeskError:
    """Say that a tree points out of itself."""
    return DeskError(
        _("This model file holds a broken tree: it points at what is not there."),
        _("Nothing is used of it. Train the model anew here; a file like this can be an attack."),
        code="MODEL-104",
    )


def _check_tree(one: Any, forest: Any, width: int) -> None:
    _refuse_unless(type(one).__name__ in ("DecisionTreeClassifier", "DecisionTreeRegressor"))
    tree = one.tree_
    # First of all: node_count is told by the file, and every array asked of the tree is that long.
    _refuse_unless(0 < tree.node_count <= tree.capacity)
    _refuse_unless(tree.n_features == one.n_features_in_ == forest.n_features_in_ == width)
    inner = tree.children_left != -1  # as C code tells a leaf
    _check_children(tree.children_left, tree.children_right, inner)
    _refuse_unless(_within(tree.feature[inner], width))


def _check_predictor(one: Any, by_category: Array) -> None:
    nodes, sets = one.nodes, one.raw_left_cat_bitsets
    _refuse_unless(nodes.ndim == 1 and len(nodes) > 0)
    inner = nodes["is_leaf"] == 0
    _check_children(nodes["left"].astype(np.int64), nodes["right"].astype(np.int64), inner)
    asked = nodes["feature_idx"][inner].astype(np.int64)
    _refuse_unless(_within(asked, len(by_category)))
    splits_by_category = nodes["is_categorical"][inner] != 0
    if splits_by_category.any():
        _refuse_unless(sets.ndim == 2 and sets.shape[1] == BITSET_WORDS)
        _refuse_unless(_within(nodes["bitset_idx"][inner][splits_by_category], len(sets)))
        _refuse_unless(bool(by_category[asked[splits_by_category]].all()))


def _check_children(left: Array, right: Array, inner: Array) -> None:
    parents = np.flatnonzero(inner)
    for children in (left[inner], right[inner]):
        _refuse_unless(bool((children > parents).all()) and _within(children, len(inner)))


def _within(places: Array, count: int) -> bool:
    wide = places.astype(np.int64)
    return bool(((wide >= 0) & (wide < count)).all())


def _refuse_unless(is_sound: bool) -> None:  # noqa: FBT001 - reads as a claim
    if not is_sound:
        raise broken_tree()
