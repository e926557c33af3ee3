"""Slow clients are cut off by deadlines and good ones are answered meanwhile."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from tests.endpoints.client import GOOD, received, status_of

HEADER_S, BODY_S = 0.8, 1.2


@pytest.fixture(scope="module")
def one(shelf):
    from tests.endpoints.conftest import Running

    running = Running(*shelf.job(header_s=HEADER_S, body_s=BODY_S))
    yield running
    running.endpoint.stop()


def _connected(one):
    return socket.create_connection(("127.0.0.1", one.port), timeout=10)


def _drip(connection, text, until_s):
    """Send a byte now and then until the other side has had enough; return the seconds and what it said."""
    start = time.monotonic()
    connection.settimeout(0.05)
    answer = b""
    with contextlib.suppress(ConnectionError):
        while time.monotonic() - start < until_s:
            connection.sendall(text[:1])
            text = text[1:] or b"x"
            try:
                piece = connection.recv(4096)
            except TimeoutError:
                continue
            answer += piece
            if not piece:
                break
    return time.monotonic() - start, answer


@pytest.mark.parametrize("start", [b"", b"POST /predict HTTP/1.1\r\nHost: x\r\n"], ids=["at once", "in the middle"])
def test_that_a_slow_header_is_closed_by_its_deadline(one, start):
    with _connected(one) as slow, one.client() as client:
        slow.sendall(start)
        took, answer = _drip(slow, b"X-Slow: " + b"x" * 500, 8)
        assert HEADER_S * 0.9 < took < HEADER_S + 2
        assert status_of(answer) in {0, 408}
        assert client.predict(GOOD).status == 200


def _head(one, length):
    return (
        b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (one.port, one.key.encode(), length)
    )


def test_that_a_slow_body_is_closed_by_its_deadline(one):
    with _connected(one) as slow, one.client() as client:
        slow.sendall(_head(one, 5000))
        took, answer = _drip(slow, b"{" * 5000, 8)
        assert BODY_S * 0.9 < took < BODY_S + 2
        assert status_of(answer) in {0, 408}
        assert client.predict(GOOD).status == 200
    assert one.endpoint.status().service.failed == 0


def test_that_a_refused_body_may_not_go_on_for_ever(one):
    with _connected(one) as slow:
        slow.sendall(_head(one, 2 * 10**9))
        took, answer = _drip(slow, b"x" * 500, 8)
        assert status_of(answer) == 413
        assert took < HEADER_S + 2


def test_that_a_client_that_is_silent_between_two_requests_is_kept_a_while(one):
    with one.client() as client:
        client.predict(GOOD)
        time.sleep(HEADER_S + 0.7)
        assert client.predict(GOOD).status == 200


def test_that_two_hundred_slow_connections_do_not_keep_a_good_client_waiting(one):
    with contextlib.ExitStack() as stack:
        with one.client() as steady:
            steady.predict(GOOD)
            slow = [stack.enter_context(_connected(one)) for _one in range(200)]
            for each in slow:
                with contextlib.suppress(ConnectionError):
                    each.sendall(b"GET /health HTTP/1.1\r\nHost:")
            start = time.monotonic()
            assert steady.predict(GOOD).status == 200  # it came with the key: the crowd does not push it out
            with one.client() as fresh:
                assert fresh.predict(GOOD).status == 200
            assert time.monotonic() - start < 1
        said = [status_of(received(each)) for each in slow[:100]]  # the oldest of those without the key gave way
        assert said.count(200) == 0
        assert 503 in said  # on a busy machine their own deadline takes some first
