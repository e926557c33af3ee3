"""What is said where an object is not to be had, cannot be right, or may not leave this machine."""

from __future__ import annotations

from mlops_desk.areas.datasets.sending import role_names
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.words import _
from mlops_desk.workspace.lying import Lying


def lies_elsewhere(about: Lying, place: str) -> DeskError:
    """Return the refusal where work needs an object that is not to be had, with whose machine has it."""
    where = _("it lies on {name}'s machine", name=about.member)
    if about.at_remote is None:
        where = _("{where}, or at the place for objects, which cannot be reached", where=where)
    return DeskError(
        _("{title} is not on this machine: {where}.", title=about.title, where=where),
        _("Look whether {place} is plugged in or mounted, then do the same again.", place=place)
        if about.at_remote is None
        else _(
            "{name} sends it with `mlops-desk objects send {label}`; then do the same again.",
            name=about.member,
            label=about.label,
        )
        if place
        else _(
            "{name} sends it with `mlops-desk objects send {label}` to a folder that you both reach; "
            "say here where that is: `mlops-desk objects remote PATH`, then do the same again.",
            name=about.member,
            label=about.label,
        ),
        code="OBJECT-210",
    )


def may_not_leave(about: Lying) -> DeskError:
    """Return the refusal to send an object of personal or sensitive data that was not allowed to leave."""
    return DeskError(
        _(
            "{title} may not leave this machine: its data is personal, sensitive, or has columns without a class.",
            title=about.title,
        ),
        _(
            "Nothing was sent. Still to sign: {roles}, two different people, each with "
            "`mlops-desk dataset allow-sending {name}`.",
            name=about.dataset,
            roles=role_names(about.missing),
        ),
        code="OBJECT-212",
    )


def wrong_size(about: Lying, size: int | None) -> DeskError:
    """Return the refusal of an object whose size cannot be right."""
    return DeskError(
        _(
            "What lies there as {title} has {size} bytes; it cannot be the object.",
            title=about.title,
            size=_("no") if size is None else size,
        ),
        _("It was left as it is. Take it away there, and let the object be sent again."),
        code="OBJECT-214",
    )


def no_room(about: Lying, size: int) -> DeskError:
    """Return the refusal of an object for which there is no room."""
    return DeskError(
        _("{title} has {mb:.0f} MB; this machine has not so much room.", title=about.title, mb=size / 1e6),
        _("Nothing was fetched. Make room, then do the same again."),
        code="OBJECT-216",
    )
