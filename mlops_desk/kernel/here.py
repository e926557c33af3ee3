"""This machine and who sits at it, as questions and acts may know them; nothing of it is ever shared."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from mlops_desk.kernel import settings


class Here(msgspec.Struct, frozen=True):
    """One project on this machine, and the member whose key is used; both are empty where nobody is."""

    project: str = ""
    member: str = ""

    def allows(self, sql: str) -> bool:
        """Tell whether a text of somebody else's SQL was allowed to run on this machine."""
        return _digest(sql) in settings.project(self.project).allowed_sql

    def allow(self, sql: str) -> None:
        """Let exactly this text run on this machine from now on."""
        known = settings.project(self.project).allowed_sql
        settings.remember(self.project, allowed_sql=sorted({*known, _digest(sql)}))

    def forbid(self, sql: str) -> None:
        """Take the permission back."""
        known = settings.project(self.project).allowed_sql
        settings.remember(self.project, allowed_sql=[each for each in known if each != _digest(sql)])


def _digest(sql: str) -> str:
    return sha256(sql.encode()).hexdigest()
