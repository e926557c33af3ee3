"""What may be imported, beyond what import-linter's contracts say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from tests.architecture.house import ROOT, modules

HEAVY = {"PySide6", "duckdb", "sklearn", "scipy", "numpy", "matplotlib", "pandas", "keyring"}
# Loading a file of these runs whatever its author wrote into it.
RUNS_CODE_ON_LOADING = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}
# May be large, but only inside the function that needs it.
LATE = {"sklearn", "scipy", "pandas", "matplotlib", "keyring"}


def _loaded_by(statement: str) -> set[str]:
    program = f"import json, sys; {statement}; print(json.dumps(sorted({{n.partition('.')[0] for n in sys.modules}})))"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    line = [sys.executable, "-c", program]
    answer = subprocess.run(line, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    return set(json.loads(answer.stdout))


@pytest.mark.parametrize("name", ["mlops_desk", "mlops_desk.kernel", "mlops_desk.science"])
def test_that_importing_the_package_costs_no_heavy_library(name: str):
    assert _loaded_by(f"import {name}") & HEAVY == set()


def test_that_nothing_is_loaded_that_runs_code_on_loading():
    guilty = [
        f"{module.name} imports {name}"
        for module in modules("mlops_desk")
        for name in module.imports()
        if name.partition(".")[0] in RUNS_CODE_ON_LOADING or name == "joblib.load"
    ]
    called = [place for module in modules("mlops_desk") for place in module.places_of("joblib.load")]
    assert guilty + called == []


def test_that_slow_libraries_are_imported_where_they_are_used():
    guilty = [
        f"{module.name} imports {name} at its top"
        for module in modules("mlops_desk")
        for name in module.imports_at_top()
        if name.partition(".")[0] in LATE
    ]
    assert guilty == []


def test_that_shapes_are_read_in_one_place():
    """Two threads that let msgspec work out the same structure at once end the process; see `kernel.wire`."""
    raw = re.compile(r"msgspec\.(json\.decode\([^\n]*type=|json\.Decoder\([^)]|convert\()")
    found = {module.name for module in modules("mlops_desk") if raw.search(module.text)}
    assert found == {"mlops_desk/kernel/wire.py"}
