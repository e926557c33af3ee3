"""The eight roles of the team, with owner and observer: slugs, codes and names."""

from __future__ import annotations

from typing import NamedTuple

from mlops_desk.kernel.words import _


class Role(NamedTuple):
    """A role: the slug that is written, the code that the checklists use, the name for people."""

    slug: str
    code: str
    name: str


WORKING = (
    Role("ai-architect", "ARC", "AI Architect"),
    Role("data-scientist", "DS", "Data Scientist"),
    Role("ml-engineer", "MLE", "ML Engineer"),
    Role("data-engineer", "DE", "Data Engineer"),
    Role("software-engineer", "SWE", "Software Engineer"),
    Role("product-designer", "PD", "Product Designer"),
    Role("domain-expert", "DX", "Domain Expert"),
    Role("ai-ethics", "ETH", "AI Ethics & SME"),
)
OWNER = Role("owner", "OWN", "Owner")
OBSERVER = Role("observer", "OBS", "Observer")
ROLES = (*WORKING, OWNER, OBSERVER)

WORKING_SLUGS = frozenset(role.slug for role in WORKING)
WRITING_SLUGS = WORKING_SLUGS | {OWNER.slug}
SLUGS = tuple(role.slug for role in ROLES)
_BY_SLUG = {role.slug: role for role in ROLES}
_BY_CODE = {role.code: role for role in ROLES}


def role_name(slug: str) -> str:
    """Return the name of a role for people; an unknown slug is shown as it is."""
    known = _BY_SLUG.get(slug)
    return _(known.name) if known else slug


def role_code(slug: str) -> str:
    """Return the short code of a role, as the checklists use it."""
    known = _BY_SLUG.get(slug)
    return known.code if known else slug


def slug_of(code: str) -> str:
    """Return the slug of a checklist's role code, e.g. ``DS``.

    Raises:
        KeyError: the code names no role.
    """
    return _BY_CODE[code].slug
