"""What this machine remembers of a table: plain functions for workers, over the settings."""

from __future__ import annotations

import msgspec

from mlops_desk.kernel import settings
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.listing import Listing
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.settings import TableSettings
from mlops_desk.kernel.view import View

MOST_FILTERS = 20


def name_of(listing: Listing) -> str:
    """Return by which name a table is remembered; empty if it is one of a moment."""
    return " ".join(listing.words) if listing.noun else ""


def remembered(name: str, progress: Progress, stop: Stop) -> TableSettings:  # noqa: ARG001
    """Return what is remembered of a table."""
    return settings.load().tables.get(name, TableSettings())


def note_filter(name: str, text: str, progress: Progress, stop: Stop) -> TableSettings:  # noqa: ARG001
    """Put a filter before those that were used earlier."""

    def change(kept: TableSettings) -> TableSettings:
        others = [each for each in kept.filters if each != text]
        return msgspec.structs.replace(kept, filters=[text, *others][:MOST_FILTERS])

    return settings.change_table(name, change)


def keep_view(name: str, view: View, progress: Progress, stop: Stop) -> TableSettings:  # noqa: ARG001
    """Keep a view in place of one of the same name."""

    def change(kept: TableSettings) -> TableSettings:
        others = [each for each in kept.views if each.name != view.name]
        return msgspec.structs.replace(kept, views=sorted([*others, view], key=lambda each: each.name.casefold()))

    return settings.change_table(name, change)


def forget_view(name: str, view: str, progress: Progress, stop: Stop) -> TableSettings:  # noqa: ARG001
    """Forget a view by its name."""

    def change(kept: TableSettings) -> TableSettings:
        return msgspec.structs.replace(kept, views=[each for each in kept.views if each.name != view])

    return settings.change_table(name, change)
