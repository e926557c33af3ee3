"""Ctrl+C as a wish to stop: long work ends at its next step, and everything is as it was before."""

from __future__ import annotations

import signal
import threading

from mlops_desk.kernel.child import Stop


def stop_on_interrupt() -> Stop:
    """Return the wish that Ctrl+C makes from now on; outside the main thread nobody can make it."""
    stop = Stop()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    return stop
