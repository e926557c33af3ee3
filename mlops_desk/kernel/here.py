"""This machine and who sits at it, as questions and acts may know them; nothing of it is ever shared."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from mlops_desk.kernel import settings
from mlops_desk.kernel.ids import minted, new_id

KINDS_OF_FILE = 50


class Here(msgspec.Struct, frozen=True):
    """One project on this machine, the member whose key is used, and its device; empty where nobody is."""

    project: str = ""
    member: str = ""
    device: str = ""

    def new_id(self) -> str:
        """Return a fresh id for a fact, which nobody else can claim as theirs."""
        return minted(self.device) if self.device else new_id()

    @property
    def seat(self) -> settings.Seat:
        """What the member has looked at on this machine."""
        return settings.project(self.project).seats.get(self.member, settings.Seat())

    def note(self, **values: object) -> None:
        """Change what is remembered of what the member has looked at."""
        settings.remember_seat(self.project, self.member, **values)

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

    @property
    def import_columns(self) -> dict[str, dict[str, str]]:
        """Which columns were read of files, by the digest of all their titles."""
        return settings.project(self.project).import_columns

    @property
    def charts(self) -> settings.ChartSettings:
        """What charts of KPIs show on this machine."""
        return settings.project(self.project).charts

    def show_in_charts(self, charts: settings.ChartSettings) -> None:
        """Let charts of KPIs show this from now on."""
        settings.remember(self.project, charts=charts)

    @property
    def reads_sources(self) -> bool:
        """Tell whether the window of this machine reads KPIs from their sources by itself."""
        return settings.project(self.project).reads_sources

    def read_sources(self, *, by_itself: bool) -> None:
        """Let the window read KPIs by itself from now on, or not any more."""
        settings.remember(self.project, reads_sources=by_itself)

    def remember_columns(self, titles: str, columns: dict[str, str]) -> None:
        """Note which columns are read of files with these titles; the last fifty kinds of file are kept."""
        before = {key: each for key, each in self.import_columns.items() if key != titles}
        kept = dict([*before.items(), (titles, columns)][-KINDS_OF_FILE:])
        settings.remember(self.project, import_columns=kept)


def _digest(sql: str) -> str:
    return sha256(sql.encode()).hexdigest()
