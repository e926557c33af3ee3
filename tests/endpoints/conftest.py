"""Models as files, endpoints that many tests share, and one for a test of its own."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from mlops_desk.kernel.endpoint import Endpoint, ServeJob, new_key
from mlops_desk.science.persist import save_model
from tests.endpoints.client import Client
from tests.science.models import small_model

KINDS = {
    "linear": ("linear", "classification", 2),
    "forest": ("forest", "classification", 3),
    "amount": ("linear", "regression", 0),
}


class Shelf(NamedTuple):
    """Model files by kind: path and sha256."""

    files: dict

    def job(self, kind="linear", label=None, **more):
        key, key_hash = new_key()
        path, sha256 = self.files[kind]
        fields = {"release_id": f"r-{kind}", "environment": "staging", "key_hash": key_hash} | more
        return key, ServeJob(model=str(path), sha256=sha256, label=label or f"{kind}@1", **fields)


class Running:
    """An endpoint and its key."""

    def __init__(self, key, job):
        self.key = key
        self.endpoint = Endpoint.start(job)

    @property
    def port(self):
        return self.endpoint.port

    def client(self):
        return Client(self.port, self.key)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    files = {}
    for kind, (name, task, k) in KINDS.items():
        pipeline, schema, _table = small_model(name, task, k)
        path = folder / f"{kind}.skops"
        files[kind] = (path, save_model(pipeline, schema, path).sha256)
    return Shelf(files)


@pytest.fixture(scope="session")
def shared(shelf, tmp_path_factory):
    """Give endpoints that live as long as the tests, one for each kind of model; what they answer is captured."""
    running = {}

    def of(kind="linear"):
        if kind not in running:
            folder = str(tmp_path_factory.mktemp(kind))
            running[kind] = Running(*shelf.job(kind, capture_folder=folder, capture_s=0.3, capture_rows_per_file=2000))
        return running[kind]

    yield of
    for one in running.values():
        one.endpoint.stop()


@pytest.fixture
def client(shared):
    with shared().client() as one:
        yield one


@pytest.fixture
def serve(shelf):
    """Start endpoints that end with the test."""
    started = []

    def start(kind="linear", **more):
        started.append(Running(*shelf.job(kind, **more)))
        return started[-1]

    yield start
    for one in started:
        one.endpoint.stop()
