"""Our endpoint beside FastAPI with scikit-learn, one row a request: `python -m tests.benchmarks.bench_serving`.

Ours checks the key and the columns and captures every row; the peer checks types with pydantic and answers,
no key, nothing written. The peer is measured as `pip install fastapi uvicorn` gives it (h11, asyncio) and with
uvicorn[standard] (httptools, uvloop). Its model is ours in the lightest form scikit-learn has: StandardScaler and
LogisticRegression on an array. Sixteen keep-alive connections from another process, rounds interleaved.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pickle
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlops_desk.kernel.endpoint import Endpoint, ServeJob, captured, new_key
from mlops_desk.science.candidates import build, grid
from mlops_desk.science.features import ModelSchema, choose_inputs, encode
from mlops_desk.science.persist import save_model
from mlops_desk.science.table import Table

NAMES = [f"n{at}" for at in range(20)]
CONNECTIONS, ROUND_S, ROUNDS = 16, 3, 3
PEERS = {"plain": ("h11", "asyncio"), "standard": ("httptools", "uvloop")}
VENV_VARIABLE = "MLOPS_DESK_BENCH_VENV"  # a venv with fastapi, uvicorn[standard] and scikit-learn, to save its making

PEER = """
import pickle, sys
import numpy as np, uvicorn
from fastapi import FastAPI
from pydantic import create_model
model = pickle.load(open(sys.argv[1], "rb"))
names = [f"n{at}" for at in range(20)]
Row = create_model("Row", **{name: (float, ...) for name in names})
Asked = create_model("Asked", rows=(list[Row], ...))
app = FastAPI()
@app.post("/predict")
async def predict(asked: Asked):
    scores = model.predict_proba(np.array([[getattr(row, name) for name in names] for row in asked.rows]))
    return {"predictions": [{"label": "ab"[int(b >= 0.5)], "scores": {"a": a, "b": b}} for a, b in scores.tolist()]}
uvicorn.run(app, port=int(sys.argv[2]), http=sys.argv[3], loop=sys.argv[4], access_log=False, log_level="warning")
"""
WRK = """
wrk.method = "POST"
wrk.body = [[{body}]]
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer {key}"
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{{"requests":%d,"s":%f,"p50_ms":%f,"p99_ms":%f,"bad":%d}}', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def _models(folder: Path) -> tuple[Path, str]:
    """Write our model and the peer's; return our file and its sha256."""
    rng = np.random.default_rng(0)
    table = Table.of({name: rng.normal(size=5000) for name in NAMES})
    features = choose_inputs(table, NAMES).features
    matrix = encode(table, features)
    y = (matrix @ rng.normal(size=20) + rng.logistic(size=5000) > 0).astype(np.int64)
    schema = ModelSchema(task="classification", target="y", features=features, classes=("a", "b"), positive="b")
    pipeline = build("linear", grid("linear", "classification")[0], "classification", features, 0).fit(matrix, y)
    number = pipeline.named_steps["columns"].named_transformers_["number"]
    peer = make_pipeline(StandardScaler(), LogisticRegression()).fit(matrix, y)
    peer[0].mean_, peer[0].scale_ = number["scale"].mean_, number["scale"].scale_
    peer[1].coef_, peer[1].intercept_ = pipeline.named_steps["model"].coef_, pipeline.named_steps["model"].intercept_
    (folder / "peer.pickle").write_bytes(pickle.dumps(peer))
    return folder / "ours.skops", save_model(pipeline, schema, folder / "ours.skops").sha256


def _python(folder: Path) -> str:
    """Return the interpreter of a venv with the peer's libraries."""
    if VENV_VARIABLE in os.environ:
        return str(Path(os.environ[VENV_VARIABLE]) / "bin" / "python")
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / "bin" / "python")
    wanted = ["fastapi", "uvicorn[standard]", f"scikit-learn=={sklearn.__version__}", f"numpy=={np.__version__}"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python


@contextlib.contextmanager
def _peer(python: str, folder: Path, port: int, http: str, loop: str) -> Iterator[str]:
    process = subprocess.Popen([python, "-c", PEER, str(folder / "peer.pickle"), str(port), http, loop])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _ask(address: str, key: str, body: str) -> Any:
    """Ask once, as soon as there is an answer."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    request = urllib.request.Request(address + "/predict", body.encode(), headers)
    for _try in range(300):
        with contextlib.suppress(ConnectionError, urllib.error.URLError), urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())["predictions"]
        time.sleep(0.1)
    raise TimeoutError(address)


def _load(address: str, key: str, body: str, folder: Path) -> dict[str, float]:
    """Put a server under load from another process: wrk, or else a small client of our own."""
    if shutil.which("wrk"):
        (folder / "load.lua").write_text(WRK.format(body=body, key=key))
        line = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{ROUND_S}s", "-s", str(folder / "load.lua"), address + "/predict"]
    else:
        line = [sys.executable, "-m", "tests.benchmarks.bench_serving", "--load", address.rpartition(":")[2], key, body]
    said = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    figures: dict[str, float] = json.loads(said[said.rindex("{") :])
    assert not figures["bad"], figures
    return {"req_s": figures["requests"] / figures["s"]} | {name: figures[name] for name in ("p50_ms", "p99_ms")}


async def _client(port: int, request: bytes, until: float, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        start = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        took.append(time.perf_counter() - start)
    writer.close()


async def _small_load(port: int, key: str, body: str) -> dict[str, float]:
    head = f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    took: list[float] = []
    until = time.perf_counter() + ROUND_S
    await asyncio.gather(*(_client(port, (head + body).encode(), until, took) for _one in range(CONNECTIONS)))
    p50, p99 = np.quantile(took, [0.5, 0.99]) * 1000
    return {"requests": len(took), "s": ROUND_S, "p50_ms": float(p50), "p99_ms": float(p99), "bad": 0}


def measure() -> dict[str, float]:
    """Return req/s, p50, p99 (medians of interleaved rounds) of ours and both peers, and ratios (goal: >= 1)."""
    rng = np.random.default_rng(1)
    body = json.dumps(
        {"rows": [{name: round(float(value), 4) for name, value in zip(NAMES, rng.normal(size=20), strict=True)}]}
    )
    found: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        python = _python(folder)
        key, key_hash = new_key()
        path, sha256 = _models(folder)
        job = ServeJob(
            model=str(path), sha256=sha256, label="bench@1", release_id="r", environment="bench",
            key_hash=key_hash, capture_folder=str(folder / "captured"),
        )  # fmt: skip
        ours = Endpoint.start(job)
        stack.callback(ours.stop)
        servers = {"ours": ours.address}
        for place, (peer, (http, loop)) in enumerate(PEERS.items()):
            servers[peer] = stack.enter_context(_peer(python, folder, 18_311 + place, http, loop))
        answers = [_ask(address, key, body)[0]["scores"]["b"] for address in servers.values()]
        assert np.allclose(answers, answers[0], rtol=0, atol=1e-9), answers
        for _round in range(ROUNDS):
            for server, address in servers.items():
                found.setdefault(server, []).append(_load(address, key, body, folder))
        status = ours.status()
        assert (status.service.failed, status.service.refused, status.lost) == (0, 0, 0)
        ours.stop()
        assert captured(folder / "captured")
    figures = {
        f"{server}_{name}": statistics.median(one[name] for one in rounds)
        for server, rounds in found.items()
        for name in ("req_s", "p50_ms", "p99_ms")
    }
    return figures | {f"ratio_to_{peer}": figures["ours_req_s"] / figures[f"{peer}_req_s"] for peer in PEERS}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--load"]:
        print(json.dumps(asyncio.run(_small_load(int(sys.argv[2]), sys.argv[3], sys.argv[4]))))
    else:
        print({name: round(value, 2) for name, value in measure().items()}, flush=True)
