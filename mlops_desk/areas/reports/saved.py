"""Recipes that the team keeps: saved under a name, listed, and made again by it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from mlops_desk.areas.reports.make import Format
from mlops_desk.areas.reports.recipe import Paper, PartName
from mlops_desk.areas.reports.report import Finished, MakeReport
from mlops_desk.areas.team.queries import names
from mlops_desk.kernel import clock
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.naming import check_name
from mlops_desk.kernel.record import About, Record, own_fields
from mlops_desk.kernel.rows import Bench, Present, Rows
from mlops_desk.kernel.words import _

DAY = "{day}"  # in the name of a file: the day of the report


class ReportRecipe(Record, noun="report-recipe", command="recipe", title="recipe"):
    """How a report is made, under a name that the whole team can make it by."""

    name: Annotated[str, About("What the report is called.")]
    format: Annotated[Format, About("Its format.")] = "pdf"
    part: Annotated[tuple[PartName, ...], About("Its parts in their order; else all.")] = ()
    without: Annotated[tuple[PartName, ...], About("Parts that are left out.")] = ()
    brief: Annotated[bool, About("Whether it is the one page.")] = False
    compare: Annotated[str, About("The earlier day that it compares with, or days before such as 7d.")] = ""
    paper: Annotated[Paper, About("The paper of the PDF.")] = "a4"
    language: Annotated[str, About("Its language; else that of who makes it.")] = ""

    @property
    def choices(self) -> dict[str, Any]:
        """What was chosen, by the names that `report kpi` has for it."""
        return {each.name: getattr(self, each.name) for each in own_fields(type(self)) if each.name in _CHOSEN}

    def check(self) -> None:
        """Look whether it can be followed today."""
        day = clock.today()
        MakeReport(output="", **self.choices).recipe(day).check(day)


_CHOSEN = MakeReport.declared.keys() - {"output", "as_of", "note_it"}


class SaveReport(Act, noun="report-recipe", verb="save", command=("report", "save"), done="Saved {name}."):
    """Save under a name what goes into a report, for the whole team; the same name again changes it."""

    name: Annotated[str, About("What the report is called.", positional=True)]
    format: Annotated[Format, About("Its format.")] = "pdf"
    part: Annotated[
        tuple[PartName, ...], About("A part of the report; again for more, in the order wished; else all.")
    ] = ()
    without: Annotated[tuple[PartName, ...], About("Leave this part out; what is not known always stays.")] = ()
    brief: Annotated[bool, About("One page: how it stands, what is not known, objectives, the worst KPIs.")] = False
    compare: Annotated[
        str, About("Hold the values against an earlier day: 2026-06-30, or 7d for seven days before.", metavar="DAY")
    ] = ""
    paper: Annotated[Paper, About("The paper of the PDF.")] = "a4"
    language: Annotated[
        str, About("The language of the report, such as de; else that of who makes it.", metavar="CODE")
    ] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the new recipe, or what is other in the one of that name."""
        values = {name: getattr(self, name) for name in _CHOSEN}
        recipe = ReportRecipe(name=self.name, **values)
        recipe.check()
        before = present.find(ReportRecipe, "name = ? AND NOT archived", self.name)
        if not before:
            check_name(present, recipe)
            return present.add(recipe)
        changed = {name: value for name, value in values.items() if value != getattr(before[0], name)}
        return present.set(before[0], **changed)


class MakeSaved(
    Act, noun="report-recipe", verb="make", command=("report", "make"), done="Wrote {output}.", does_without_entry=True
):
    """Make a report by a saved recipe."""

    recipe: Annotated[str, About("The recipe: id or name.", of="report-recipe", positional=True)]
    output: Annotated[
        str, About("The file to write; {day} in its name becomes the day of the report.", short="o", metavar="FILE")
    ]
    as_of: Annotated[
        date | None, About("The day to report on: only what was recorded by its end counts; else today.")
    ] = None
    note_it: Annotated[bool, About("Note in the journal that the report was made, with its sha256.")] = False

    def prepare(self, bench: Bench) -> Finished:
        """Make the file."""
        return self._made(bench).prepare(bench)

    def changes(self, present: Present, prepared: Finished) -> Iterable[Change]:
        """Return the note of the report, if it was wished for."""
        return self._made(present).changes(present, prepared)

    def _made(self, rows: Rows) -> MakeReport:
        """Return the act that does it with the choices of the recipe."""
        output = self.output.replace(DAY, (self.as_of or clock.today()).isoformat())
        chosen = rows.get(ReportRecipe, self.recipe).choices
        return MakeReport(output=output, as_of=self.as_of, note_it=self.note_it, **chosen)


class RecipeRow(msgspec.Struct, frozen=True):
    """A saved recipe for tables."""

    id: str
    name: str
    format: str
    parts: str
    compare: str
    paper: str
    language: str
    who: str
    changed: datetime | None


def recipes(rows: Rows) -> list[RecipeRow]:
    """Return the saved recipes by name."""
    who = names(rows)
    found = rows.find(ReportRecipe, "NOT archived", order="name, id")
    return [
        RecipeRow(
            each.id,
            each.name,
            each.format,
            _parts(each),
            each.compare,
            each.paper,
            each.language,
            who.get(each.created_by, ""),
            each.changed_at or each.created_at,
        )
        for each in found
    ]


def _parts(recipe: ReportRecipe) -> str:
    if recipe.brief:
        return _("one page")
    said = ", ".join(recipe.part) or _("all")
    return _("{parts} without {others}", parts=said, others=", ".join(recipe.without)) if recipe.without else said


RECIPES = Listing(
    noun="report-recipe",
    command="recipe",
    title="Recipes",
    columns=(
        Column("name", "Name"),
        Column("format", "Format"),
        Column("parts", "Parts"),
        Column("compare", "Compares with"),
        Column("paper", "Paper"),
        Column("language", "Language"),
        Column("who", "Made by"),
        Column("changed", "Changed", "instant"),
        Column("id", "Id", "id"),
    ),
    query=recipes,
    empty="No recipe is saved yet; `mlops-desk report save` saves one.",
)
ACTS = (SaveReport, MakeSaved, acts_of(ReportRecipe, title="recipe")[2])
