"""The commands that prove: check every entry, and list what was written, by whom, and whether it counts."""

from __future__ import annotations

import argparse

from mlops_desk.areas.reports.as_of import as_of
from mlops_desk.areas.reports.as_of_words import told
from mlops_desk.cli import output
from mlops_desk.cli.interrupt import stop_on_interrupt
from mlops_desk.kernel.finding import Finding
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.audit_pack import export_audit, packed_words
from mlops_desk.workspace.trail import PAGE_ROWS, Wanted, trail
from mlops_desk.workspace.verify import Deep, Verified

MAX_FINDINGS = 50
MAX_LIMIT = 100_000


def fill_verify(parser: argparse.ArgumentParser) -> None:
    """Describe ``verify``."""
    parser.add_argument(
        "--deep",
        action="store_true",
        help=_("Also read every object again, and hold the rows against rows made anew."),
    )
    parser.set_defaults(bound=_do_verify)


def _do_verify(workspace: Workspace, arguments: argparse.Namespace) -> int:
    progress = output.Progress(is_wanted=not arguments.json)
    try:
        checked = workspace.verify(progress, stop_on_interrupt(), is_deep=arguments.deep)
    finally:
        progress.end()
    if arguments.json:
        output.document(_as_json(checked))
    else:
        _say(checked)
    return 0 if checked.is_sound else 1


def _as_json(checked: Verified) -> dict[str, object]:
    return {
        "lines": checked.lines,
        "verdicts": checked.verdicts,
        "findings": [output.plain(each) | {"grave": each.grave} for each in checked.findings],
        "deep": checked.deep,
        "sound": checked.is_sound,
    }


def _say(checked: Verified) -> None:
    output.say(plural("{n} entry checked.", "{n} entries checked.", checked.lines))
    output.say("  " + ", ".join(f"{count} {verdict}" for verdict, count in checked.verdicts.items()))
    if checked.deep is not None:
        _say_deep(checked.deep)
    for finding in checked.findings[:MAX_FINDINGS]:
        output.say(_finding(finding))
    if len(checked.findings) > MAX_FINDINGS:
        rest = len(checked.findings) - MAX_FINDINGS
        output.notice(plural("{n} more; --json lists all.", "{n} more; --json lists all.", rest))
    if checked.is_sound:
        output.say(_("The trail is sound."))


def _finding(finding: Finding) -> str:
    return f"{'▲' if finding.grave else '·'} {finding.place}: {finding.code}: {finding.sentence}"


def _say_deep(deep: Deep) -> None:
    output.say(
        plural(
            "{n} object read again ({size} MB); rows name {references}, of which {absent} are not on this machine.",
            "{n} objects read again ({size} MB); rows name {references}, of which {absent} are not on this machine.",
            deep.objects,
            size=f"{deep.size_bytes / 1e6:.1f}",
            references=deep.references,
            absent=deep.absent,
        )
    )
    if deep.digest == deep.rebuilt:
        output.say(_("The rows in use are those of the journals: {digest}…", digest=deep.digest[:12]))


def fill_trail(parser: argparse.ArgumentParser) -> None:
    """Describe ``trail``."""
    parser.add_argument("--by", default="", metavar="MEMBER", help=_("Only entries of this member."))
    parser.add_argument("--kind", default="", help=_("Only entries of this kind, such as kpi or kpi.add."))
    parser.add_argument("--verdict", default="", help=_("Only entries of this verdict, such as ok, late, no-role."))
    parser.add_argument("--limit", type=count, default=PAGE_ROWS, metavar="N", help=_("At most so many; else 500."))
    parser.add_argument("--before", default="", metavar="ENTRY", help=_("Go on below this entry."))
    parser.set_defaults(bound=_do_trail)


def count(text: str) -> int:
    """Return how many rows are wanted, 1 to 100,000."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= MAX_LIMIT:
        raise argparse.ArgumentTypeError(_("“{text}” is no number from 1 to {most}", text=text, most=MAX_LIMIT))
    return int(text)


def _do_trail(workspace: Workspace, arguments: argparse.Namespace) -> int:
    wanted = Wanted(arguments.by, arguments.kind, arguments.verdict, arguments.before, arguments.limit)
    rows = workspace.ask(trail, wanted)
    if arguments.json:
        output.document(rows)
        return 0
    columns = (
        Column("at", _("When"), "instant"),
        Column("who", _("Who")),
        Column("acting", _("As"), "role"),
        Column("kind", _("What")),
        Column("about", _("About")),
        Column("verdict", _("Verdict")),
        Column("line", _("Entry"), "id"),
    )
    output.table(columns, rows, _("No entry."))
    for each in [row for row in rows if row.finding or row.verdict != "ok"][:MAX_FINDINGS]:
        output.say(
            f"{each.line[:8]}  {each.finding or each.verdict}: {each.reason or each.meaning} {each.remedy}".rstrip()
        )
    if len(rows) == arguments.limit:
        output.notice(_("Older ones: `mlops-desk trail --before {entry}`", entry=rows[-1].line))
    return 0


def fill_as_of(parser: argparse.ArgumentParser) -> None:
    """Describe ``as-of``."""
    parser.add_argument("when", metavar="DATE", help=_("The day, up to its end, or a time such as 2026-11-23T10:00."))
    parser.add_argument("--environment", default="", metavar="ENV", help=_("Only this environment; else all."))
    parser.set_defaults(bound=_do_as_of)


def _do_as_of(workspace: Workspace, arguments: argparse.Namespace) -> int:
    answer = workspace.ask(as_of, arguments.when, arguments.environment)
    if arguments.json:
        output.document(answer)
        return 0
    for line in told(answer):
        output.say(line)
    return 0


def fill_export(parser: argparse.ArgumentParser) -> None:
    """Describe ``export audit``."""
    parser.add_argument(
        "subject",
        metavar="SUBJECT",
        help=_("A model version, release, dataset version, use case, or gate that was asked for: id or name."),
    )
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=_("The zip file to write."))
    parser.set_defaults(bound=_do_export)


def _do_export(workspace: Workspace, arguments: argparse.Namespace) -> int:
    progress = output.Progress(is_wanted=not arguments.json)
    try:
        made = export_audit(workspace, arguments.subject, arguments.output, progress, stop_on_interrupt())
    finally:
        progress.end()
    if arguments.json:
        output.document(made)
        return 0
    output.say(packed_words(made))
    output.say(_("sha256 {digest}", digest=made.sha256))
    return 0
