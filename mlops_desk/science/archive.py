"""The zip around a model: judged by its directory before anything is read, and written the same each time."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from pathlib import Path
from typing import Any

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _

MAX_MEMBERS = 10_000
MAX_RATIO = 200
MAX_SCHEMA_BYTES = 16 * 1024**2
MAX_TOTAL_BYTES = 1024**3
MAX_FILE_BYTES = 512 * 1024**2
MAX_DEPTH = 200
# Packages whose types a model may name; skops imports what is named, so others are refused unseen.
PACKAGES = frozenset({"builtins", "functools", "numpy", "sklearn"})
# Of scikit-learn, the parts of which this program makes models, and no other: what skops trusts is far more.
PARTS = frozenset(
    f"sklearn.{each}"
    for each in (
        "_loss._loss.CyHalfBinomialLoss",
        "_loss._loss.CyHalfMultinomialLoss",
        "_loss._loss.CyHalfSquaredError",
        "_loss.link.IdentityLink",
        "_loss.link.Interval",
        "_loss.link.LogitLink",
        "_loss.link.MultinomialLogit",
        "_loss.loss.HalfBinomialLoss",
        "_loss.loss.HalfMultinomialLoss",
        "_loss.loss.HalfSquaredError",
        "compose._column_transformer.ColumnTransformer",
        "dummy.DummyClassifier",
        "dummy.DummyRegressor",
        "ensemble._forest.RandomForestClassifier",
        "ensemble._forest.RandomForestRegressor",
        "ensemble._hist_gradient_boosting.binning._BinMapper",
        "ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
        "ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor",
        "ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "impute._base.SimpleImputer",
        "linear_model._logistic.LogisticRegression",
        "linear_model._ridge.Ridge",
        "pipeline.Pipeline",
        "preprocessing._data.StandardScaler",
        "preprocessing._encoders.OneHotEncoder",
        "preprocessing._encoders.OrdinalEncoder",
        "preprocessing._function_transformer.FunctionTransformer",
        "preprocessing._label.LabelEncoder",
        "tree._classes.DecisionTreeClassifier",
        "tree._classes.DecisionTreeRegressor",
        "tree._tree.Tree",
        "utils.validation.check_array",
    )
)
_WHEN = (1980, 1, 1, 0, 0, 0)


def check_archive(path: Path) -> None:
    """Refuse a file whose zip directory or type list is not that of a model; nothing is built from it.

    At most 10,000 members, no member or total packed tighter than 200 to 1, schema.json at most 16 MiB,
    1 GiB in all, nesting at most 200 deep, only types of ``PACKAGES`` and, of scikit-learn, ``PARTS``.

    Raises:
        DeskError: MODEL-101 (no model file), MODEL-102 (too large), MODEL-103 (a type that is not allowed).
    """
    try:
        schema = _checked_schema(path)
    except DeskError:
        raise
    except Exception as error:  # zipfile raises a dozen kinds on broken bytes, zlib.error among them
        raise no_model(error) from error
    _check_schema(schema)


def repacked(raw: bytes, extra: dict[str, bytes]) -> bytes:
    """Return a skops archive in one canonical form, with more members: equal models are equal bytes.

    skops names members and objects by memory addresses and zip holds the time of day; here addresses become
    1, 2, 3… in order of appearance and every time is 1980.
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(members.pop("schema.json"))
    numbers: dict[int, int] = {}
    files = _renumber(schema, numbers, itertools.count(1))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for old, new in files.items():
            _write(packed, new, members[old])
        _write(packed, "schema.json", json.dumps(schema, separators=(",", ":")).encode())
        for name, content in extra.items():
            _write(packed, name, content)
    return buffer.getvalue()


def no_model(error: BaseException) -> DeskError:
    """Say that a file is no model, with the reason in the words of the library."""
    reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
    return DeskError(
        _("This file is no model that can be read: {reason}", reason=reason),
        _("Models are .skops files as MLOps Desk writes them. Nothing was loaded."),
        code="MODEL-101",
    )


def too_large(reason: str) -> DeskError:
    """Say which bound a file breaks."""
    return DeskError(
        _("This model file takes more than it may: {reason}.", reason=reason),
        _("Nothing was loaded. Ask who made it; a file like this can be an attack."),
        code="MODEL-102",
    )


def not_allowed(names: str) -> DeskError:
    """Say which types a file would have built."""
    return DeskError(
        _("This model file holds what a model may not hold: {names}", names=names),
        _("Nothing was loaded. Train it anew here; files from strangers can be an attack."),
        code="MODEL-103",
    )


def _checked_schema(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise too_large(_("the file is larger than {n} MiB", n=MAX_FILE_BYTES // 1024**2))
    with zipfile.ZipFile(path) as archive:
        _check_directory(archive.infolist())
        return archive.read("schema.json")


def _check_directory(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise too_large(_("it has {n} members", n=len(members)))
    if len({one.filename for one in members}) != len(members):
        raise no_model(ValueError("a member stands twice"))
    unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if unpacked > MAX_TOTAL_BYTES:
        raise too_large(_("it unpacks to {n} MiB", n=unpacked // 1024**2))
    big = [one for one in members if one.file_size > 1024**2]  # small members cannot hurt; zeros pack 1,000 to 1
    if any(one.file_size > MAX_RATIO * max(one.compress_size, 1) for one in big) or unpacked > MAX_RATIO * max(
        packed, 1
    ):
        raise too_large(_("it is packed tighter than {n} to 1", n=MAX_RATIO))
    for name in ("schema.json", "model.json"):
        if any(one.filename == name and one.file_size > MAX_SCHEMA_BYTES for one in members):
            raise too_large(_("{name} is larger than {n} MiB", name=name, n=MAX_SCHEMA_BYTES // 1024**2))


def _check_schema(raw: bytes) -> None:
    try:
        schema = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise no_model(error) from error
    waiting: list[tuple[Any, int]] = [(schema, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise too_large(_("it is nested more than {n} deep", n=MAX_DEPTH))
        if isinstance(node, dict):
            _check_type(node)
            waiting += [(value, depth + 1) for value in node.values()]
        elif isinstance(node, list):
            waiting += [(value, depth + 1) for value in node]


def _check_type(node: dict[str, Any]) -> None:
    """Refuse a node that names a module, a function or a method outside of the packages, or another part of sklearn."""
    for key in ("__module__", "module_path"):
        module = node.get(key)
        if module is None:
            continue
        package = module.partition(".")[0] if isinstance(module, str) else ""
        named = f"{module}.{node.get('__class__') or node.get('function')}"
        if package not in PACKAGES or (package == "sklearn" and named not in PARTS):
            raise not_allowed(named[:200])


def _renumber(node: Any, numbers: dict[int, int], counter: itertools.count[int]) -> dict[str, str]:
    """Rename addresses in place, depth first; return old -> new member names."""
    files: dict[str, str] = {}
    if isinstance(node, dict):
        if isinstance(node.get("__id__"), int):
            node["__id__"] = _number(node["__id__"], numbers, counter)
        name = node.get("file")
        if isinstance(name, str):
            stem, dot, suffix = name.partition(".")
            node["file"] = files[name] = (
                f"{_number(int(stem), numbers, counter) if stem.isdigit() else stem}{dot}{suffix}"
            )
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        files |= _renumber(value, numbers, counter)
    return files


def _number(address: int, numbers: dict[int, int], counter: itertools.count[int]) -> int:
    if address not in numbers:
        numbers[address] = next(counter)
    return numbers[address]


def _write(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, date_time=_WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    packed.writestr(info, content, compresslevel=6)
