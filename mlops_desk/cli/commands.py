"""The commands that are no acts: found a project, see how it stands, check it, look after this machine."""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from mlops_desk.cli import (
    activity,
    disagreement,
    finding,
    gate,
    inbox,
    objects,
    output,
    proof,
    recovery,
    schedule,
    team_copy,
)
from mlops_desk.kernel import doctor, secrets
from mlops_desk.kernel.child import WINDOW_ARGUMENT, Stop, command
from mlops_desk.kernel.display import has_screen
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.roles import SLUGS, role_name
from mlops_desk.kernel.words import _, plural
from mlops_desk.workspace import Founder, Workspace, found, select, status
from mlops_desk.workspace import project as projects
from mlops_desk.workspace.recovery import is_unsaved, unsaved_words

Fill = Callable[[argparse.ArgumentParser], None]
FOLLOW_S = 1.0


def _init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help=_("Where the project will lie; made if missing."))
    parser.add_argument("--name", required=True, help=_("What the project is called."))
    parser.add_argument("--purpose", default="", help=_("What it is for, in one sentence."))
    parser.add_argument("--member", required=True, help=_('Who you are: "Ana Lima <ana@example.org>".'))
    parser.add_argument(
        "--role", action="append", default=[], choices=SLUGS, metavar="ROLE", help=_("A role you hold; again for more.")
    )
    parser.add_argument(
        "--recovery-key", action="store_true", help=_("Show the 24 words that are senior to every owner.")
    )
    parser.set_defaults(free=_do_init)


def _do_init(arguments: argparse.Namespace) -> int:
    founder = Founder.parse(arguments.member, arguments.role)
    made = found(Path(arguments.folder), arguments.name, arguments.purpose, founder)
    with Workspace(made.folder) as workspace:
        device = workspace.device
        words = unsaved_words(workspace) if arguments.recovery_key else ""
    kind = secrets.kind_of(device) or ""
    if arguments.json:
        shown = {"project": made.id, "folder": made.folder.as_posix(), "device": device, "key": kind}
        output.document(shown | ({"recovery_words": words} if words else {}))
        return 0
    output.say(_("Founded {name} in {folder}.", name=arguments.name, folder=made.folder))
    if words:
        recovery.say_words(words)
    if kind == "file":
        output.notice(
            _("Your key lies in a file that only you can read; `mlops-desk keys seal` protects it with a pass-phrase.")
        )
    return 0


def _plain(handler: Callable[[Workspace, argparse.Namespace], int]) -> Fill:
    return lambda parser: parser.set_defaults(bound=handler)


def _do_status(workspace: Workspace, arguments: argparse.Namespace) -> int:
    digest = workspace.digest() if arguments.json else ""
    stands = workspace.ask(status.standing, digest, with_needs=arguments.json)
    if arguments.json:
        who = {"name": workspace.member.name if workspace.member else None, "acting": workspace.acting}
        output.document(
            {"project": workspace.project.id, "me": who, "findings": len(workspace.findings())}
            | {"is_recovery_key_unsaved": is_unsaved(workspace)}
            | output.plain(stands)
        )
        return 0
    output.say(f"{stands.name}: {stands.sentence}")
    for stage in stands.stages:
        output.say(f"  {output.SHAPES[stage.state.level]} {stage.title}: {stage.state.word}")
    me = workspace.member
    output.say(
        _("You are {name}, acting as {role}.", name=me.name, role=role_name(workspace.acting))
        if me
        else _("You are not a member here; you can read everything.")
    )
    if is_unsaved(workspace):
        output.say(_("If this machine is lost, nobody owns the project: save `mlops-desk project recovery-key`."))
    missing = workspace.unpublished()
    if missing:
        output.say(plural("{n} entry is not in the project folder yet.", "{n} entries are not in it yet.", missing))
    findings = [each for each in workspace.findings() if each.grave]
    if findings:
        output.say(
            plural("{n} entry is not trusted.", "{n} entries are not trusted.", len(findings)) + " `mlops-desk verify`"
        )
    return 0


def _do_rebuild(workspace: Workspace, arguments: argparse.Namespace) -> int:
    count = workspace.rebuild()
    if arguments.json:
        output.document({"lines": count, "digest": workspace.digest()})
    else:
        output.say(plural("Rebuilt from {n} entry.", "Rebuilt from {n} entries.", count))
    return 0


def _do_doctor(arguments: argparse.Namespace) -> int:
    from mlops_desk.sync import git

    found = [*doctor.facts(), doctor.Fact(_("git"), git.version() or _("not found"), is_well=bool(git.version()))]
    if arguments.project or _project_here():
        folder = Path(arguments.project) if arguments.project else projects.find(Path.cwd())
        with Workspace(folder, me=arguments.me) as workspace:
            kind = secrets.kind_of(workspace.device) if workspace.device else None
            found.append(
                doctor.Fact(_("your key"), _(kind) if kind else _("not on this machine"), is_well=kind is not None)
            )
            found.append(
                doctor.Fact(
                    _("objects"),
                    f"{workspace.objects.size_bytes() / 1e6:.1f} MB · {workspace.project.private / 'objects'}",
                )
            )
    if arguments.json:
        output.document(found)
    else:
        for fact in found:
            output.say(f"{'●' if fact.is_well else '▲'} {fact.name}: {fact.value}")
    return 0 if all(fact.is_well for fact in found) else 1


def _project_here() -> bool:
    try:
        projects.find(Path.cwd())
    except DeskError:
        return False
    return True


def _seal(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(bound=_do_seal)


def _do_seal(workspace: Workspace, arguments: argparse.Namespace) -> int:  # noqa: ARG001 - one form for all
    import getpass

    try:
        first = getpass.getpass(_("Pass-phrase: "))
        again = getpass.getpass(_("Again: "))
    except EOFError:
        raise DeskError(
            _("There is nobody here to type a pass-phrase."),
            _("Nothing was changed. Seal the key in a terminal."),
            code="KEY-105",
        ) from None
    if not first or first != again:
        raise DeskError(_("The two are not the same, or empty."), _("Nothing was changed."), code="KEY-104")
    secrets.seal(workspace.device, first)
    output.say(_("Sealed. Commands that act need it in {name}.", name=secrets.PASSPHRASE_VARIABLE))
    return 0


def _ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sql", metavar="SELECT", help=_("One SELECT over the documented views."))
    parser.set_defaults(bound=_do_ask)


def _do_ask(workspace: Workspace, arguments: argparse.Namespace) -> int:
    progress = output.Progress(is_wanted=not arguments.json)
    answer = workspace.ask(select.select, arguments.sql, progress, Stop())
    progress.end()
    if arguments.json:
        output.document({"columns": answer.columns, "rows": answer.rows, "is_cut": answer.is_cut})
        return 0
    columns = [Column(f"c{place}", name, "text") for place, name in enumerate(answer.columns)]
    rows = [argparse.Namespace(**{f"c{place}": cell for place, cell in enumerate(row)}) for row in answer.rows]
    output.table(columns, rows, _("No row."))
    if answer.is_cut:
        output.notice(_("There are more rows than are shown."))
    return 0


def _act_as(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("role", choices=SLUGS, metavar="ROLE")
    parser.set_defaults(bound=_do_act_as)


def _do_act_as(workspace: Workspace, arguments: argparse.Namespace) -> int:
    workspace.act_as(arguments.role)
    output.say(_("You act as {role} now.", role=role_name(arguments.role)))
    return 0


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", nargs="?", default=None, metavar="FOLDER", help=_("Where the sample will lie; else ./demo.")
    )
    parser.add_argument("--no-window", action="store_true", help=_("Do not open the window afterwards."))
    parser.set_defaults(free=_do_demo)


def _do_demo(arguments: argparse.Namespace) -> int:
    from mlops_desk.workspace import sample

    folder = Path(arguments.folder) if arguments.folder else _free_name(Path("demo"), sample.is_complete)
    facts: list[str] = []
    if not sample.is_complete(folder):
        stages = output.Stages(is_wanted=not arguments.json)
        facts = sample.live_the_cycle(folder, stages, Stop())
    with Workspace(folder) as workspace:
        stands = workspace.ask(status.standing)
    report = (folder / sample.REPORT).resolve()
    if arguments.json:
        output.document(
            {"folder": folder.resolve().as_posix(), "found": facts, "report": report.as_posix()} | output.plain(stands)
        )
        return 0
    _tell(stands, facts)
    output.say(_("The KPI report lies in {path}.", path=report))
    if arguments.no_window or not has_screen():
        if not arguments.no_window:
            output.say(_("There is no display here, so the window stays closed."))
            output.say(_("Look at it with `mlops-desk --project {folder} status`.", folder=folder))
        return 0
    done = subprocess.run(command(WINDOW_ARGUMENT, str(folder.resolve())), check=False)
    return done.returncode


def _tell(stands: status.Standing, facts: list[str]) -> None:
    for fact in facts:
        output.say(f"· {fact}")
    output.say(f"{stands.name}: {stands.sentence}")
    for stage in stands.stages:
        output.say(f"  {output.SHAPES[stage.state.level]} {stage.title}: {stage.state.word}")


def _free_name(wish: Path, is_complete: Callable[[Path], bool]) -> Path:
    """Return the wish if it is free or a finished sample, else the next free name."""
    number, folder = 1, wish
    while folder.exists() and not is_complete(folder):
        number, folder = number + 1, wish.with_name(f"{wish.name}-{number + 1}")
    return folder


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("environment", metavar="ENV", help=_("The environment whose live release answers."))
    parser.add_argument("--port", type=int, default=0, metavar="N", help=_("The port; else a free one."))
    parser.add_argument("--new-key", action="store_true", help=_("Make a new API key; the old one ends."))
    parser.set_defaults(bound=_do_serve)


def _do_serve(workspace: Workspace, arguments: argparse.Namespace) -> int:
    from mlops_desk.workspace.serving import Server

    progress, environment = output.Progress(is_wanted=not arguments.json), arguments.environment
    wants_new_key = arguments.new_key
    try:
        with objects.stopped_by_interrupt() as stop:
            server = Server(
                workspace, environment, arguments.port, wants_new_key=wants_new_key, progress=progress, stop=stop
            )
    finally:
        progress.end()
    serving = server.serving
    if arguments.json:
        shown = {
            "address": server.address,
            "key": server.key or None,
            "model": serving.version.label,
            "release": serving.release.id,
        }
        output.document(shown)
    else:
        output.say(
            _(
                "{model} answers in {name} at {address} until Ctrl+C.",
                model=serving.version.label,
                name=serving.environment.name,
                address=server.address,
            )
        )
        if server.key:
            output.say(_("API key, shown once: {key}", key=server.key))
        else:
            output.say(_("It takes the API key that was shown when it was made; --new-key makes another."))
        example = 'curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" -d \'{"rows": [{…}]}\''
        output.say(f"  {example} {server.address}/predict")
    try:
        while server.is_alive:
            time.sleep(FOLLOW_S)
            if said := server.follow():
                output.notice(said)
    except KeyboardInterrupt:
        output.notice(_("Stopping; what was captured is written down."))
    finally:
        server.stop()
    return 0


COMMANDS: tuple[tuple[tuple[str, ...], str, Fill], ...] = (
    (("init",), _("Found a project in a folder."), _init),
    (
        ("get",),
        _("Get a team project and ask to join it; with `--project ID` any other is refused."),
        team_copy.fill_get,
    ),
    (("sync",), _("Receive, merge and send; the first time say where the team copy lies."), team_copy.fill_sync),
    (("restore",), _("Put back what the shared folder lost of what this machine has seen."), team_copy.fill_restore),
    *objects.COMMANDS,
    (("status",), _("Say how the project stands, worst first."), _plain(_do_status)),
    (("inbox",), _("List what waits for you, the worst first."), inbox.fill),
    (("activity",), _("Tell what happened, newest first, and what is new to you."), activity.fill),
    (("find",), _("Find records by name; filters narrow it."), finding.fill_find),
    (("open",), _("Open the window at an address."), finding.fill_open),
    (("show",), _("Show what an address or an id names, with all that is known."), finding.fill_show),
    (("verify",), _("Check every entry from its bytes; exit 1 if one is damaged or forged."), proof.fill_verify),
    (("rebuild",), _("Make the local store again from the journals."), _plain(_do_rebuild)),
    (
        ("doctor",),
        _("Say what this machine has and where things lie."),
        lambda parser: parser.set_defaults(free=_do_doctor),
    ),
    (("ask",), _("Ask one SELECT over the documented views."), _ask),
    (("trail",), _("List the entries, newest first."), proof.fill_trail),
    (("export", "audit"), _("Write the proof of a thing as a zip that anybody can check."), proof.fill_export),
    (("as-of",), _("Say what was live on a day, on which data, approved by whom."), proof.fill_as_of),
    (
        ("report", "schedule"),
        _("Write the text by which this machine makes a saved report each week or day."),
        schedule.fill,
    ),
    (("gate", "show"), _("Show a gate on a thing: what is open, who signs, who disagrees."), gate.fill),
    (
        ("disagreement", "show"),
        _("Show a disagreement: options, every position in its words, the decision, the dissent."),
        disagreement.fill,
    ),
    (("demo",), _("Live one turn of the cycle on sample data, and open it."), _demo),
    (("serve",), _("Answer requests with what is live in an environment, on this machine only."), _serve),
    (("keys", "seal"), _("Seal your key file with a pass-phrase."), _seal),
    (("keys", "token"), _("Keep the token of a git host; git gets it from the keyring."), team_copy.fill_token),
    (("team", "invite"), _("Print the link that invites to this project."), team_copy.fill_invite),
    (
        ("team", "recover"),
        _("Recover with the 24 words, read from the terminal or standard input."),
        recovery.fill_recover,
    ),
    (
        ("team", "device", "renew"),
        _("Give this machine a new key, and ask to be admitted as a further machine."),
        recovery.fill_renew,
    ),
    (
        ("team", "device", "moved"),
        _("Go on with the key of this machine after its private data was moved here for good."),
        recovery.fill_moved,
    ),
    (("project", "recovery-key"), _("Show the 24 words of the recovery key until they are saved."), recovery.fill_key),
    (("team", "act-as"), _("Choose the role in which you act on this machine."), _act_as),
)
