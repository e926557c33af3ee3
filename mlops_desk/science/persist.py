"""A model as one file, and its loading: a fixed list of types, checked before and after anything is built."""

from __future__ import annotations

import hashlib
import platform
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from mlops_desk.kernel import wire
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.science.archive import check_archive, no_model, not_allowed, repacked, too_large
from mlops_desk.science.features import ModelSchema
from mlops_desk.science.tree_checks import check_trees

# Reviewed for scikit-learn 1.9, numpy 2.4, skops 0.16; what skops trusts by itself comes on top.
# dtype: a description of numbers. Tree, TreePredictor: arrays walked by C code, so `check_trees` looks at
# them. partial, check_array: how histogram boosting stores "check the array without its names".
ALLOWED = (
    "functools.partial",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils.validation.check_array",
)
MODELS = frozenset(
    {
        "DummyClassifier",
        "DummyRegressor",
        "HistGradientBoostingClassifier",
        "HistGradientBoostingRegressor",
        "LogisticRegression",
        "RandomForestClassifier",
        "RandomForestRegressor",
        "Ridge",
    }
)
_LIBRARIES = ("duckdb", "numpy", "scikit-learn", "scipy", "skops")


class MadeFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a job wrote: its name in the job's folder, sha256 in hex, size."""

    name: str
    sha256: str
    size_bytes: int


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """What lies beside the numbers in a model file: schema and versions it was made with."""

    schema: ModelSchema
    environment: dict[str, str]


class Model(NamedTuple):
    """A loaded model: the fitted pipeline, its schema, and a sentence for each thing to know."""

    pipeline: Any
    schema: ModelSchema
    notes: tuple[str, ...]


def save_model(pipeline: Any, schema: ModelSchema, path: Path) -> MadeFile:
    """Write a fitted pipeline and its schema as a .skops file; equal models are equal bytes."""
    from skops import io

    card = msgspec.json.encode(ModelCard(schema=schema, environment=environment()))
    path.write_bytes(repacked(io.dumps(pipeline), {"model.json": card}))
    return made_file(path)


def load_model(path: Path) -> Model:
    """Load a model file, having judged its directory, its types and, afterwards, its shape.

    Call it in a child process that is limited (`kernel.limits`): arrays of strangers are walked by C code.

    Raises:
        DeskError: MODEL-101 no model, MODEL-102 takes too much, MODEL-103 types that are not allowed,
            MODEL-104 made of other parts than the models of this program.
    """
    check_archive(path)
    from skops import io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        card = _card(path)
        pipeline = io.load(path, trusted=list(ALLOWED))
        _check_shape(pipeline, card.schema)
    except DeskError:
        raise
    except UntrustedTypesFoundException as error:
        raise not_allowed(str(error)[:200]) from error
    except (MemoryError, RecursionError) as error:
        raise too_large(_("it does not fit into memory")) from error
    except Exception as error:  # whatever a crafted file makes a library raise
        raise no_model(error) from error
    return Model(pipeline, card.schema, _version_notes(card.environment))


def environment() -> dict[str, str]:
    """Return the versions on which the bits of a result depend."""
    found = {name: version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"} | found


def made_file(path: Path) -> MadeFile:
    """Describe a file that was written."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return MadeFile(name=path.name, sha256=digest, size_bytes=path.stat().st_size)


def _card(path: Path) -> ModelCard:
    with zipfile.ZipFile(path) as archive:
        return wire.read(archive.read("model.json"), ModelCard)


def _check_shape(pipeline: Any, schema: ModelSchema) -> None:
    """Refuse what is not a pipeline of our two steps, fitted to the schema's features, that answers a row of zeros."""
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

    names = [name for name, _step in pipeline.steps] if type(pipeline) is Pipeline else []
    model = pipeline.steps[-1][1] if names == ["columns", "model"] else None
    if type(model).__name__ not in MODELS or not type(model).__module__.startswith("sklearn."):
        raise _other_parts(type(model if model is not None else pipeline).__name__)
    if pipeline.n_features_in_ != len(schema.features):
        raise _other_parts(_("{n} inputs instead of {m}", n=pipeline.n_features_in_, m=len(schema.features)))
    row = np.zeros((1, len(schema.features)))
    columns = pipeline.steps[0][1]
    if type(columns) is not ColumnTransformer:
        raise _other_parts(type(columns).__name__)
    check_trees(model, columns.transform(row).shape[1])
    pipeline.predict(row)


def _version_notes(made_with: dict[str, str]) -> tuple[str, ...]:
    here = environment()
    return tuple(
        _(
            "The model was made with {library} {then}; here it is {now}.",
            library=name,
            then=made_with[name],
            now=here[name],
        )
        for name in ("scikit-learn", "numpy")
        if name in made_with and made_with[name].split(".")[:2] != here[name].split(".")[:2]
    )


def _other_parts(name: str) -> DeskError:
    return DeskError(
        _("This model file holds something else than the models of this program: {name}", name=name),
        _("Nothing is used of it. Train the model anew here."),
        code="MODEL-104",
    )
