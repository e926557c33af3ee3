"""An audit pack: report, evidence that may leave, every line of the team, the verifier, and how to run it, in one zip.

Equal entries, objects and day give equal bytes: times in the zip are fixed, names are sorted, nothing of this machine
is in it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import msgspec

from mlops_desk.areas.datasets.dataset import DatasetVersion
from mlops_desk.areas.datasets.queries import may_be_shared
from mlops_desk.areas.datasets.sharing import closed_objects
from mlops_desk.areas.reports import destination
from mlops_desk.areas.reports.audit import Evidence, audit_report, subject_for
from mlops_desk.areas.reports.make import rendered
from mlops_desk.catalogue import OBJECTS
from mlops_desk.journal import files
from mlops_desk.journal.entry import Flaw, line_id
from mlops_desk.journal.opening import open_all
from mlops_desk.kernel import clock
from mlops_desk.kernel.area import ObjectUse
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.child import Stop, go_on
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.subject import Subject
from mlops_desk.kernel.words import _
from mlops_desk.objects.store import SHARED_LIMIT_BYTES, ObjectStore
from mlops_desk.workspace import memory
from mlops_desk.workspace.project import MARKER, Project

VERIFIER, SUMS = "verify_journal.py", "SHA256SUMS"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3
_FORGED = ("malformed", "bad-signature")

Parts = dict[str, bytes]


class Desk(Protocol):
    """What a pack needs of an open workspace."""

    project: Project
    objects: ObjectStore

    def ask(self, query: Callable[..., Any], *values: Any) -> Any:
        """Return what a query finds in the rows."""


class Packed(msgspec.Struct, frozen=True):
    """The pack that was made: whose it is, how many lines, and objects inside and by hash only."""

    subject: str
    file: str
    size_bytes: int
    sha256: str
    lines: int
    inside: int
    by_hash: int


def export_audit(desk: Desk, subject: str, output: str, progress: Progress, stop: Stop) -> Packed:
    """Write the audit pack of a thing to a zip file, whole or not at all.

    Raises:
        DeskError: the text names nothing, or nothing can be written there.
        Cancelled: somebody wished to stop.
    """
    path = destination.checked(output, "zip", {"zip"})
    progress(_("Gathering the report"), 0, 0)
    about: Subject = desk.ask(subject_for, subject)
    evidence, objects = _evidence(desk, about)
    go_on(stop)
    report = desk.ask(audit_report, about, evidence, clock.today())
    journals = _journals(desk.project, progress, stop)
    parts: Parts = {
        MARKER: (desk.project.folder / MARKER).read_bytes(),
        VERIFIER: resource(VERIFIER).read_bytes(),
        "report/audit.html": rendered(report, "html"),
        "report/audit.json": rendered(report, "json"),
        "README.txt": _readme(about.label, report.project).encode(),
        **objects,
        **journals,
    }
    go_on(stop)
    progress(_("Writing the pack"), 0, 0)
    packed = _zipped(parts)
    with TemporaryDirectory(prefix="mlops-desk-") as scratch:
        made = Path(scratch) / "pack.zip"
        made.write_bytes(packed)
        destination.put(path, made)
    return Packed(
        about.label,
        path.as_posix(),
        len(packed),
        sha256(packed).hexdigest(),
        sum(content.count(b"\n") for content in journals.values()),
        len(objects),
        sum(not each.is_inside for each in evidence),
    )


def packed_words(made: Packed) -> str:
    """Return the sentence that says what is in a pack."""
    return _(
        "Wrote the audit pack of {subject} to {file}: {lines} entries, {inside} objects, {by_hash} more by hash only.",
        subject=made.subject,
        file=made.file,
        lines=made.lines,
        inside=made.inside,
        by_hash=made.by_hash,
    )


# --- objects -------------------------------------------------------------------------------------


def _evidence(desk: Desk, subject: Subject) -> tuple[list[Evidence], Parts]:
    """Return the objects that a thing rests on, and the bytes of those that may leave."""
    found: dict[str, Evidence] = {}
    inside: Parts = {}
    for use, closed in desk.ask(_uses, subject):
        size, reason = _weighed(desk.objects, use, closed)
        if not reason:
            inside[f"objects/sha256/{use.digest[:2]}/{use.digest}"] = desk.objects.read(use.digest)
        found.setdefault(use.digest + use.what, Evidence(use.digest, use.what, size, not reason, reason))
    return list(found.values()), inside


def _uses(rows: Rows, subject: Subject) -> list[tuple[ObjectUse, bool]]:
    """Return the objects of a thing and of all that it is linked to, each with whether its data keeps it here."""
    related = {*subject.related, (subject.noun, subject.id)}
    versions = {id_ for noun, id_ in related if noun == DatasetVersion.noun}
    uses = [use for named in OBJECTS for use in named(rows)]
    mine = [
        use for use in uses if (use.noun, use.id) in related or (use.noun == "profile" and {*use.sources} & versions)
    ]
    sources = {each.id: each for each in rows.find(DatasetVersion)}
    kept_here = {*rows.ask(closed_objects)}
    closed = {
        use.digest
        for use in uses
        if not all(source in sources and may_be_shared(rows, sources[source]) for source in use.sources)
    }
    return [(use, use.digest in closed | kept_here) for use in mine]


def _weighed(store: ObjectStore, use: ObjectUse, closed: bool) -> tuple[int | None, str]:  # noqa: FBT001 - a pair of one query
    """Return the size of an object if it is here, and why it does not go into the pack; empty if it does."""
    try:
        size = store.path(use.digest).stat().st_size
    except DeskError:
        size = None
    if closed:
        return size, _("not every column of its data is confirmed as public or confidential")
    if not use.is_kept:
        return size, _("kept by reference: only the person who added it has the file")
    if size is None:
        return None, _("not on the machine that made this pack")
    return size, "" if size <= SHARED_LIMIT_BYTES else _("larger than what the team's folder takes (1 MiB)")


# --- lines ---------------------------------------------------------------------------------------


def _journals(project: Project, progress: Progress, stop: Stop) -> Parts:
    """Return every authentic line that is known here, in journals as their authors would have published them."""
    roots = (project.own, project.seen, project.ahead, project.journals)
    devices = sorted({each.device for root in roots for each in files.scan(root)[0]})
    found: Parts = {}
    for number, device in enumerate(devices):
        go_on(stop)
        progress(_("Gathering the journals"), number, len(devices))
        lines = sorted(set().union(*(memory.lines_of(root / device) for root in roots)))
        opened = open_all([(device, line) for line in lines], project.id)
        numbered = [
            (0 if isinstance(entry, Flaw) else entry.seq, line_id(line), line)
            for line, entry in zip(lines, opened, strict=True)
            if not (isinstance(entry, Flaw) and entry.verdict in _FORGED)
        ]
        for place, segment in enumerate(memory.segments([line for _seq, _id, line in sorted(numbered)]), 1):
            found[f"journals/{device}/{place:06}.jsonl"] = segment
    return found


# --- the file ------------------------------------------------------------------------------------


def _readme(label: str, project: str) -> str:
    return _(
        "Audit pack of {label}, project {project}\n\n"
        "report/audit.html   how its gates stand, who signed what, in which role, on which content\n"
        "report/audit.json   the same for programs; every line names the entry that proves it\n"
        "journals/           every signed line of the team that the maker of this pack had seen\n"
        "objects/            the evidence that may leave; the report names the rest by sha256 and size, and why\n"
        "SHA256SUMS          the sha256 of every file here\n"
        "verify_journal.py   checks all of it without MLOps Desk: 200 lines to read first\n\n"
        "How to check, with Python 3.11 or newer, in this folder:\n\n"
        "    python -m venv check\n"
        "    check/bin/pip install pynacl          (Windows: check\\Scripts\\pip)\n"
        "    check/bin/python verify_journal.py .  (Windows: check\\Scripts\\python)\n\n"
        "It ends with 0 if nothing was altered, and with 1 and the place if something was. An entry in the report\n"
        "is the base64url sha256 of a line of a journal. Signatures prove keys; whose key it is, the team compared\n"
        "by voice. Whether an author had the right to write a line is judged by MLOps Desk, by rules that anybody\n"
        "can read. Ask the maker for the sha256 of the pack itself on another way than the pack came.\n",
        label=label,
        project=project,
    )


def _zipped(parts: Parts) -> bytes:
    sums = "".join(f"{sha256(parts[name]).hexdigest()}  {name}\n" for name in sorted(parts))
    whole = {**parts, SUMS: sums.encode()}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in sorted(whole):
            info = zipfile.ZipInfo(name, _FIXED_TIME)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, _PLAIN_FILE, _UNIX
            pack.writestr(info, whole[name])
    return buffer.getvalue()
