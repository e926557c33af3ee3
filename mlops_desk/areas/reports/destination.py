"""The place a report goes to: looked at before the work, and written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from pathlib import Path

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _


def checked(text: str, format_: str, formats: Collection[str]) -> Path:
    """Return the file that a person's text names.

    Raises:
        DeskError: nothing can be written there, or its name says another of the formats.
    """
    path = Path(text).expanduser()
    ending = path.suffix.lower().removeprefix(".")
    if ending in formats and ending != format_:
        raise DeskError(
            _("{name} would hold {format}.", name=path.name, format=format_.upper()),
            _("Ask for --format {ending}, or give a name that ends in .{format}.", ending=ending, format=format_),
            code="REPORT-106",
        )
    if not text.strip() or path.is_dir():
        raise DeskError(
            _("{path} is a folder.", path=text) if text.strip() else _("Say which file the report goes to."),
            _("Give a file with --output, such as report.pdf."),
            code="REPORT-101",
        )
    if path.exists() and not path.is_file():
        raise DeskError(_("{path} is no plain file.", path=text), _("Give another file."), code="REPORT-102")
    if not path.parent.is_dir():
        raise DeskError(
            _("There is no folder {folder}.", folder=path.parent),
            _("Make it first, or give another place with --output."),
            code="REPORT-103",
        )
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise _not_writable(path)
    return path


def put(path: Path, scratch: Path) -> None:
    """Put a finished file in its place: a reader sees the old one or the new one, never a part.

    Raises:
        DeskError: the place cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
    except OSError:
        raise _not_writable(path) from None
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(scratch.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise DeskError(
            _("{path} could not be written: {reason}.", path=path, reason=error.strerror or error),
            _("What stood there before stands there still. Check the space and your rights."),
            code="REPORT-105",
        ) from None


def _not_writable(path: Path) -> DeskError:
    return DeskError(
        _("{path} cannot be written.", path=path),
        _("Check your rights, or give another place with --output."),
        code="REPORT-104",
    )


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
