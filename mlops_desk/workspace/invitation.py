"""The link by which an owner invites: where the team copy lies, and the project id that cannot be swapped."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.workspace.project import is_project_id

_BEGIN = "mlops-desk://"


class Invitation(msgspec.Struct, frozen=True):
    """The address of a team copy and the id of the project that must lie there; the id may be empty."""

    remote: str
    project: str = ""

    @property
    def link(self) -> str:
        """The link, for a mail or chat."""
        return f"{_BEGIN}join?remote={quote(self.remote, safe='')}&project={self.project}"

    @classmethod
    def parse(cls, text: str, project: str = "") -> Invitation:
        """Return the invitation of a link, or of a plain address with an id that was typed beside it.

        Raises:
            DeskError: the link or the id is not whole, or the two do not agree.
        """
        if not text.startswith(_BEGIN):
            found = cls(text, project)
        else:
            parts = urlsplit(text)
            given = parse_qs(parts.query, keep_blank_values=True)
            values = [each[0] for each in given.values() if len(each) == 1]
            if parts.netloc != "join" or parts.path or set(given) != {"remote", "project"} or len(values) != 2:
                raise _broken()
            found = cls(given["remote"][0], given["project"][0])
        agrees = not project or project == found.project
        if not agrees or (found.project and not is_project_id(found.project)) or text == _BEGIN:
            raise _broken()
        return found


def _broken() -> DeskError:
    return DeskError(
        _("The invitation is not whole, or does not fit the project id."),
        _("Ask an owner for the link again: `mlops-desk team invite`."),
        code="TEAM-130",
    )
