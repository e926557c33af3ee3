"""Nothing comes in without the key, from a web page, under another name, or beyond measure."""

from __future__ import annotations

import asyncio
import json
import socket
import time

import pytest
from starlette.routing import Route

from mlops_desk.endpoints import guard
from mlops_desk.endpoints.application import Application
from mlops_desk.endpoints.guard import Guard
from mlops_desk.endpoints.refusal import Refused
from mlops_desk.kernel.endpoint import key_fits, new_key
from tests.endpoints.client import GOOD, raw, status_of

BODY = json.dumps({"rows": [GOOD]}).encode()
LENGTH = len(BODY)
ROUTES = [("POST", "/predict"), ("GET", "/schema"), ("GET", "/health"), ("GET", "/openapi.json")]


def _head(one, *more, method=b"POST", path=b"/predict", length=LENGTH):
    lines = [method + b" " + path + b" HTTP/1.1", b"Authorization: Bearer " + one.key.encode()]
    lines += [b"Content-Type: application/json"]
    lines += [b"Content-Length: %d" % length] if length is not None else []
    return b"\r\n".join([*lines, *more, b"", b""])


def test_that_the_list_of_routes_here_is_that_of_the_endpoint():
    application = Application(None, Guard(new_key()[1], 1), None)  # type: ignore[arg-type]
    routes = [each for each in application.router.routes if isinstance(each, Route)]
    assert [(min((each.methods or set()) - {"HEAD"}), each.path) for each in routes] == ROUTES


@pytest.mark.parametrize(("method", "path"), [*ROUTES, ("GET", "/"), ("GET", "/docs"), ("DELETE", "/predict")])
def test_that_every_path_wants_the_key(client, method, path):
    answer = client.ask(method, path, BODY if method == "POST" else None, Authorization=None)
    assert (answer.status, answer.code) == (401, "SERVE-203")
    assert "credit" not in json.dumps(answer.body)


@pytest.mark.parametrize(
    "given", ["Bearer wrong", "Bearer ", "bearer {key}", "Basic {key}", "{key}", "Bearer {key}x", "Bearer  {key}"]
)
def test_that_a_wrong_key_opens_nothing(client, given):
    answer = client.predict(GOOD, Authorization=given.format(key=client.key))
    assert answer.status == 401
    assert client.key not in json.dumps(answer.body)


def test_that_a_key_in_the_address_opens_nothing(client):
    assert client.ask(path=f"/health?key={client.key}&access_token={client.key}", Authorization=None).status == 401


def test_that_a_key_of_another_endpoint_opens_nothing(client, shared):
    assert client.ask(Authorization=f"Bearer {shared('forest').key}").status == 401


def test_that_only_a_salted_hash_of_the_key_is_kept():
    (one, one_hash), (two, two_hash) = new_key(), new_key()
    assert key_fits(one.encode(), one_hash)
    assert not key_fits(two.encode(), one_hash)
    assert not key_fits("é".encode(), one_hash)
    assert one not in one_hash
    assert len({one, two, one_hash, two_hash}) == 4
    assert len(one) >= 43


def test_that_wrong_keys_wait_once_there_were_many(monkeypatch):
    waits: list[float] = []

    async def sleep(seconds):
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    key, key_hash = new_key()
    door = Guard(key_hash, 80)

    async def knock(with_key):
        await door.admit([(b"host", b"localhost:80"), (b"authorization", b"Bearer " + with_key)])

    for _try in range(guard.FREE_FAILURES + 3):
        with pytest.raises(Refused):
            asyncio.run(knock(b"wrong"))
    assert waits == [guard.BACK_OFF_S] * 3
    asyncio.run(knock(key.encode()))  # the right key never waits
    assert len(waits) == 3


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example:{port}",
        "127.0.0.1.nip.io:{port}",
        "0.0.0.0:{port}",
        "[::1]:{port}",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:1",
        "127.1:{port}",
        "LOCALHOST:{port}",
        "localhost.:{port}",
        "",
    ],
)
def test_that_another_host_name_is_refused(client, host):
    answer = client.predict(GOOD, Host=host.format(port=client.port))
    assert (answer.status, answer.code) == (400, "SERVE-201")


def test_that_both_names_of_this_host_are_good(client):
    for host in ("localhost", "127.0.0.1"):
        assert client.predict(GOOD, Host=f"{host}:{client.port}").status == 200


def test_that_a_host_missing_or_given_twice_is_refused(shared):
    one = shared()
    host = b"Host: 127.0.0.1:%d" % one.port
    assert status_of(raw(one.port, _head(one) + BODY)) == 400
    assert status_of(raw(one.port, _head(one, host, b"Host: evil.example") + BODY)) == 400
    assert status_of(raw(one.port, _head(one).replace(b"HTTP/1.1", b"HTTP/1.0") + BODY)) == 400
    assert status_of(raw(one.port, _head(one, host) + BODY)) == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:{port}", "https://localhost", ""])
def test_that_a_web_page_is_refused_even_with_the_key(client, origin):
    answer = client.predict(GOOD, Origin=origin.format(port=client.port))
    assert (answer.status, answer.code) == (403, "SERVE-202")
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("site", ["cross-site", "same-origin", "same-site"])
def test_that_what_a_browser_fetches_is_refused(client, site):
    assert client.ask(Sec_Fetch_Site=site).status == 403


def test_that_a_preflight_gets_no_leave(client):
    answer = client.ask("OPTIONS", "/predict", Origin="http://evil.example", Access_Control_Request_Method="POST")
    assert answer.status == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert client.ask("OPTIONS", "/predict").status == 405


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", None, "json", ""]
)
def test_that_a_form_is_refused(client, kind):
    answer = client.predict(GOOD, Content_Type=kind)
    assert (answer.status, answer.code) == (415, "SERVE-302")


def test_that_json_with_a_charset_is_good(client):
    assert client.predict(GOOD, Content_Type="Application/JSON; charset=utf-8").status == 200


def test_that_a_compressed_body_is_refused(client):
    assert client.predict(GOOD, Content_Encoding="gzip").status == 415


@pytest.mark.parametrize(("method", "path"), [("GET", "/predict"), ("POST", "/health"), ("PUT", "/schema")])
def test_that_a_wrong_method_is_told_the_right_one(client, method, path):
    answer = client.ask(method, path)
    assert answer.status == 405
    assert set(answer.headers["allow"].split(", ")) in ({"GET", "HEAD"}, {"POST"})


def test_that_a_head_is_answered_without_a_body(client):
    answer = client.ask("HEAD", "/health")
    assert (answer.status, answer.body) == (200, None)


@pytest.mark.parametrize("path", ["/", "/docs", "/predict/", "//predict", "/..%2fpredict", "/health%00", "/%2e%2e/x"])
def test_that_there_is_nothing_at_other_paths(client, path):
    answer = client.ask(path=path)
    assert (answer.status, answer.code) == (404, "SERVE-300")


def test_that_ten_megabytes_are_refused_with_a_sentence(client, shared):
    answer = client.send(b"x" * 10_000_000)
    assert (answer.status, answer.code, answer.sentence) == (413, "SERVE-303", "The body is larger than 1 MiB.")
    with shared().client() as other:
        assert other.predict(GOOD).status == 200


def test_that_ten_megabytes_without_a_length_are_refused_while_they_arrive(shared):
    one = shared()
    head = _head(one, b"Host: 127.0.0.1:%d" % one.port, b"Transfer-Encoding: chunked", length=None)
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    answer = raw(one.port, head, *[chunk] * 160)
    assert status_of(answer) == 413


def test_that_a_claim_of_two_gigabytes_is_refused_at_once(shared):
    one = shared()
    start = time.monotonic()
    answer = raw(one.port, _head(one, b"Host: 127.0.0.1:%d" % one.port, length=2 * 10**9))
    assert status_of(answer) == 413
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    "lines",
    [
        (b"Transfer-Encoding: chunked",),
        (b"Content-Length: 3",),
        (b"Content-Length: -1",),
        (b"Authorization: Bearer x",),
        (b"Content-Type: text/plain",),
        (b"X-Folded: a\r\n b\x00",),
        (b"No colon",),
    ],
    ids=["length and chunks", "two lengths", "negative", "two keys", "two types", "nul", "no colon"],
)
def test_that_headers_that_contradict_each_other_are_refused(shared, lines):
    one = shared()
    answer = raw(one.port, _head(one, b"Host: 127.0.0.1:%d" % one.port, *lines) + BODY)
    assert status_of(answer) == 400
    assert b"SERVE-20" in answer


@pytest.mark.parametrize(
    "text", [b"GET /health\r\n\r\n", b"\x16\x03\x01\x02\x00", b"\x00" * 100, b"GET / HTTP/9.9\r\n\r\n"]
)
def test_that_what_is_no_http_is_refused(shared, text):
    assert status_of(raw(shared().port, text + b"\r\n\r\n")) in {400, 401}


def test_that_headers_beyond_measure_are_cut_off(shared):
    one = shared()
    answer = raw(one.port, b"GET /health HTTP/1.1\r\nX: ", *[b"x" * 10_000] * 100)
    assert status_of(answer) in {0, 400}  # 0: cut off before the sentence could be read
    with one.client() as client:
        assert client.ask().status == 200


def test_that_answers_say_what_they_must_and_no_more(client):
    for answer in (client.ask(), client.predict(GOOD), client.send("x"), client.ask(path="/none")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"] == "application/json"
        assert not {"server", "date"} & set(answer.headers)


def test_that_requests_sent_along_are_answered_in_order(shared):
    one = shared()
    request = _head(one, b"Host: 127.0.0.1:%d" % one.port) + BODY
    with socket.create_connection(("127.0.0.1", one.port), timeout=10) as connection:
        connection.sendall(request * 50)
        answer = b""
        while answer.count(b'"predictions"') < 50:
            answer += connection.recv(65536)
    assert answer.count(b"HTTP/1.1 200") == 50


def test_that_it_listens_on_the_loopback_address_only(shared):
    port = shared().port
    name = socket.gethostname()
    others = {str(info[4][0]) for info in socket.getaddrinfo(name, None, socket.AF_INET)} - {"127.0.0.1"}
    for address in others:
        if not address.startswith("127."):
            with pytest.raises(OSError), socket.create_connection((address, port), timeout=1):  # noqa: PT011
                pass
