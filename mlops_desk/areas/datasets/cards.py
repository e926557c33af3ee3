"""What the homes show of data: what came, what is wrong with it, what is unfinished, and where personal data are."""

from __future__ import annotations

from datetime import timedelta

from mlops_desk.areas.datasets.dataset import Dataset, DatasetVersion, versions_of
from mlops_desk.areas.datasets.queries import columns, datasets, profile_of, stage
from mlops_desk.kernel.card import Card, CardAct, Viewer, first_rows, newest, nothing_yet
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _, plural

SOON = timedelta(days=30)
_ADD = CardAct(_("Add data"), "datasets", act="dataset.add")


def feeds_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of what came last; no dataset says yet how often it is due, so nothing is called late."""
    found = sorted(datasets(rows), key=lambda each: str(each.changed), reverse=True)
    if not found:
        return nothing_yet(_("Feeds"), _("No data yet."), _ADD)
    said = [
        (_("{name}: came {day}", name=each.version or each.name, day=f"{each.changed:%d %b %Y}"), None)
        for each in found
        if each.changed
    ]
    state = State("unknown", _("Not known"), _("no dataset says how often it is due"))
    act = CardAct(_("Add a version"), "datasets", act="dataset.version", values={"dataset": found[0].id})
    return Card(_("Feeds"), state, first_rows(said), act, as_of=newest(each.changed for each in found))


def findings_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of what the profiles of the newest versions found."""
    title, newest_versions = _("Failed rules"), _newest_versions(rows)
    if not newest_versions:
        return nothing_yet(title, _("No data yet."), _ADD)
    profiles = {each.id: profile_of(rows, each.id) for each in newest_versions}
    bare = [each for each in newest_versions if profiles[each.id] is None]
    if bare:
        act = CardAct(_("Profile it"), "datasets", act="dataset.profile", values={"version": bare[0].id})
        return nothing_yet(title, _("{label} was never profiled.", label=bare[0].label), act)
    said = [
        (f"{version.label}: {finding}", State("warn", _("Look")))
        for version in newest_versions
        if (profile := profiles[version.id])
        for finding in profile.findings
    ]
    as_of = newest(each.recorded_at for each in profiles.values() if each)
    act = CardAct(_("Open"), noun=Dataset.noun, id=newest_versions[0].dataset)
    if not said:
        fine = first_rows([(_("The profiles found nothing to look at."), None)])
        return Card(title, State("ok", _("None failed")), fine, act, as_of=as_of)
    state = State("warn", plural("{n} to look at", "{n} to look at", len(said)))
    return Card(title, state, first_rows(said), act, str(len(said)), as_of)


def papers_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of columns without class or meaning, and of datasets without an owner."""
    title, known = _("Unfinished papers"), columns(rows)
    if not known:
        return nothing_yet(title, _("No data yet, so no column to class."), _ADD)
    unclassed = [each for each in known if not each.security]
    dumb = [each for each in known if each.security and not each.meaning]
    ownerless = rows.find(Dataset, "NOT archived AND owner IS NULL", order="name")
    wanted, wished = State("warn", _("Open")), State("info", _("Open"))
    said = [
        *((_("{where}: no class", where=f"{each.dataset}.{each.name}"), wanted) for each in unclassed),
        *((_("{name}: no owner", name=each.name), wanted) for each in ownerless),
        *((_("{where}: no meaning", where=f"{each.dataset}.{each.name}"), wished) for each in dumb),
    ]
    open_ = len(unclassed) + len(ownerless)
    act = CardAct(_("Fill in"), "datasets", "column")
    if not said:
        return Card(title, State("ok", _("Complete")), first_rows([(_("All is classed and described."), None)]), act)
    level = State("warn", plural("{n} open", "{n} open", open_)) if open_ else State("info", _("Meanings open"))
    return Card(title, level, first_rows(said), act, str(len(said)))


def trend_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of row counts and empty cells from version to version."""
    title, found = _("Trend"), datasets(rows)
    said: list[tuple[str, State | None]] = []
    for each in found:
        counts = [f"{version.rows:,}" for version in reversed(versions_of(rows, each.id)[:3])]
        words = _("{name}: {counts} rows", name=each.name, counts=" → ".join(counts)) if counts else ""
        if words and each.missing is not None:
            words = _("{counts}, {share} % empty", counts=words, share=f"{each.missing:.3g}")
        said += [(words, None)] if words else []
    if not said:
        return nothing_yet(title, _("No version yet to compare with another."), _ADD)
    act = CardAct(_("Open profile"), noun=Dataset.noun, id=found[0].id)
    return Card(title, stage(rows), first_rows(said), act, as_of=newest(each.changed for each in found))


def keep_until_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of datasets whose last day is near or past, or that name none."""
    title, found = _("Keep until"), rows.find(Dataset, "NOT archived", order="name")
    if not found:
        return nothing_yet(title, _("No data yet."), _ADD)
    dated = sorted((each for each in found if each.keep_until), key=lambda each: str(each.keep_until))
    open_ = [each for each in found if each.keep_until is None]
    said: list[tuple[str, State | None]] = []
    for each in dated:
        assert each.keep_until is not None
        words = _("{name}: until {day}", name=each.name, day=f"{each.keep_until:%d %b %Y}")
        over, near = each.keep_until < today(), each.keep_until < today() + SOON
        said.append((words, State("bad", _("Over")) if over else State("warn", _("Soon")) if near else None))
    said += [(_("{name}: no day named", name=each.name), State("unknown", _("Not known"))) for each in open_]
    state = next((each for _words, each in said if each and each.level in ("bad", "warn")), None)
    if state is None:
        state = State("unknown", _("Not known")) if open_ else State("ok", _("None due"))
    act = CardAct(_("Set the day"), noun=Dataset.noun, id=(dated or open_)[0].id)
    return Card(title, state, first_rows(said), act)


def personal_card(rows: Rows, _viewer: Viewer) -> Card:
    """Return the card of where personal and sensitive columns are."""
    title, known = _("Personal data map"), columns(rows)
    if not known:
        return nothing_yet(title, _("No data yet."), _ADD)
    strict = [each for each in known if (each.security or "pii") in ("pii", "sensitive")]
    said = [
        (
            _("{where}: {security}", where=f"{each.dataset}.{each.name}", security=_class_words(each.security)),
            None if each.security else State("warn", _("Open")),
        )
        for each in strict
    ]
    act = CardAct(_("Trace"), "datasets", "column")
    if not said:
        return Card(title, State("ok", _("None known")), first_rows([(_("No column is personal."), None)]), act)
    unclassed = any(not each.security for each in strict)
    words = plural("{n} column", "{n} columns", len(strict))
    return Card(title, State("warn" if unclassed else "info", words), first_rows(said), act, str(len(strict)))


def _class_words(security: str) -> str:
    return {"pii": _("PII"), "sensitive": _("sensitive")}.get(security) or _("no class, counts as PII")


def _newest_versions(rows: Rows) -> list[DatasetVersion]:
    found = [versions_of(rows, each.id)[:1] for each in rows.find(Dataset, "NOT archived", order="name")]
    return [version for each in found for version in each]
