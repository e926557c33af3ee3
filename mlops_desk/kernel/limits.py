"""What a child process may take of the machine, for good; a system without such bounds (Windows) sets none."""

from __future__ import annotations

import os
from typing import Any

SMALLEST_MEMORY_BYTES = 4 * 1024**3


def limit(
    *,
    memory_bytes: int | None = None,
    cpu_s: int | None = None,
    open_files: int | None = None,
    written_bytes: int | None = None,
) -> None:
    """Bound this process: address space, computing time, open files, length of a file it writes; never raises.

    A dump of its memory is never written: it would hold data of people.
    """
    try:
        import resource
    except ImportError:
        return
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_FSIZE: written_bytes,
    }
    for kind, bound in bounds.items():
        if bound is not None:
            _lower(resource, kind, bound)


def whole_memory() -> int:
    """Return how many bytes of memory a job may take: what the machine has, but never so few that nothing runs."""
    try:
        found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return SMALLEST_MEMORY_BYTES
    return max(SMALLEST_MEMORY_BYTES, found)


def _lower(resource: Any, kind: int, bound: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        bound = min(bound, hard)
    resource.setrlimit(kind, (bound, bound))
