"""The folder of a project: what marks it, where its parts lie, and how it is founded."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

from mlops_desk.journal.files import OwnJournal, write_whole
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.settings import cache_folder, data_folder
from mlops_desk.kernel.words import _

MARKER = "desk.toml"
FORMAT = 1
MAX_MARKER_BYTES = 64 * 1024
_PROJECT = re.compile(r"[A-Za-z0-9_-]{43}")
_ATTRIBUTES = "/journals/** -text -diff merge=union\n/objects/** binary\n"


class Project(msgspec.Struct, frozen=True):
    """A project folder and the private places that belong to it; ``id`` is the id of its first entry."""

    folder: Path
    id: str
    is_sample: bool = False

    @property
    def journals(self) -> Path:
        """Published copies of everybody's journals."""
        return self.folder / "journals"

    @property
    def shared_objects(self) -> Path:
        """Objects that the team may see."""
        return self.folder / "objects"

    @property
    def private(self) -> Path:
        """What this machine keeps of the project and never shares."""
        return data_folder() / "p" / self.id

    @property
    def own(self) -> Path:
        """Where entries are committed."""
        return self.private / "own"

    @property
    def seen(self) -> Path:
        """Every line of others that was ever found authentic."""
        return self.private / "seen"

    def journal_of(self, device: str) -> OwnJournal:
        """Return the journal of a device of this machine."""
        return OwnJournal(self.own, device, self.id, self.locks)

    @property
    def ahead(self) -> Path:
        """Lines of others that were fetched, but whose files something in the folder keeps out."""
        return self.private / "ahead"

    @property
    def captures(self) -> Path:
        """Predictions that endpoints of this machine gave, one folder for each environment."""
        return self.private / "captures"

    @property
    def locks(self) -> Path:
        """One lock for each device of this machine."""
        return data_folder() / "locks"

    @property
    def cache(self) -> Path:
        """What can be deleted at any time."""
        return cache_folder() / "p" / self.id

    def own_devices(self) -> list[str]:
        """Return the devices whose journals are written on this machine."""
        return sorted(each.name for each in self.own.iterdir() if each.is_dir()) if self.own.is_dir() else []


def find(start: Path) -> Path:
    """Return the project folder at or above a folder.

    Raises:
        DeskError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return folder
    raise DeskError(
        _("This folder holds no MLOps Desk project: {folder}", folder=start),
        _("Go to a project folder, name one with --project, or make one with `mlops-desk init`."),
        code="PROJ-101",
    )


def load(folder: Path) -> Project:
    """Return the project of a folder.

    Raises:
        DeskError: it is none, its marker is damaged, or it was written by a newer version.
    """
    marker = folder / MARKER
    if not marker.is_file():
        find_from = folder.resolve()
        raise DeskError(
            _("This folder holds no MLOps Desk project: {folder}", folder=find_from),
            _("Make one there with `mlops-desk init`, or name another folder with --project."),
            code="PROJ-101",
        )
    found = _read_marker(marker)
    version, id_ = found.get("format"), found.get("project")
    if type(version) is int and version > FORMAT:
        raise DeskError(
            _(
                "This project was written in format {version}; this version reads up to {known}.",
                version=version,
                known=FORMAT,
            ),
            _("Get a newer version of MLOps Desk. Nothing was changed."),
            code="PROJ-118",
        )
    if version != FORMAT or not isinstance(id_, str) or not _PROJECT.fullmatch(id_):
        raise _damaged(marker)
    return Project(folder, id_, is_sample=found.get("sample") is True)


def marked_id(text: str) -> str:
    """Return the project id in the text of a marker that may be anybody's; empty if there is none."""
    try:
        found = tomllib.loads(text[:MAX_MARKER_BYTES]).get("project")
    except (tomllib.TOMLDecodeError, RecursionError):
        return ""
    return found if isinstance(found, str) and is_project_id(found) else ""


def is_project_id(text: str) -> bool:
    """Tell whether a text has the form of a project id."""
    return _PROJECT.fullmatch(text) is not None


def _read_marker(marker: Path) -> dict[str, object]:
    try:
        if marker.stat().st_size > MAX_MARKER_BYTES:
            raise _damaged(marker)
        return tomllib.loads(marker.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise _damaged(marker) from None
    except OSError as error:
        raise DeskError(
            _("The project folder cannot be read: {reason}.", reason=error.strerror),
            _("Check that you may read {folder}.", folder=marker.parent),
            code="PROJ-103",
        ) from error


def _damaged(marker: Path) -> DeskError:
    return DeskError(
        _("The marker of this project is damaged: {path}", path=marker),
        _("Take {name} from a teammate's copy of the folder; the journals are not touched.", name=MARKER),
        code="PROJ-102",
    )


def prepare(folder: Path) -> None:
    """Check that a project can be founded in a folder.

    Raises:
        DeskError: it holds one already, is not a folder, or cannot be written.
    """
    if (folder / MARKER).exists():
        raise DeskError(
            _("There is a project in {folder} already.", folder=folder),
            _("Open it: `mlops-desk --project {folder} status`.", folder=folder),
            code="PROJ-104",
        )
    if (folder / "journals").exists():
        raise DeskError(
            _("There are journals in {folder}, but no {name}: it is a part of a project.", folder=folder, name=MARKER),
            _("Take {name} from a teammate's copy, or choose an empty folder.", name=MARKER),
            code="PROJ-106",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".mlops-desk-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DeskError(
            _("No project can be made in {folder}: {reason}.", folder=folder, reason=error.strerror),
            _("Choose a folder that you may write to."),
            code="PROJ-105",
        ) from error


def mark(project: Project) -> None:
    """Write what makes the folder a project; this comes last, so a half-made one is no project."""
    attributes = project.folder / ".gitattributes"
    if not attributes.exists():
        write_whole(attributes, _ATTRIBUTES.encode())
    sample = "sample = true\n" if project.is_sample else ""
    text = f'# MLOps Desk project; written once, grants nothing.\nformat = {FORMAT}\nproject = "{project.id}"\n{sample}'
    write_whole(project.folder / MARKER, text.encode())
