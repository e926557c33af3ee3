"""A model and its versions: a version is one run's model file, with a card that says what it is for."""

from collections.abc import Iterable
from typing import Annotated, Any

from mlops_desk.areas.experiments.run import Experiment, Run
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.naming import check_name
from mlops_desk.kernel.record import About, Fact, Record, SelectsRows, own_fields
from mlops_desk.kernel.rows import Present, Rows
from mlops_desk.kernel.subject import Subject, cover_hash


class Model(Record, noun="model-card", command="model", title="model"):
    """A model by name, with what people say of it: the card."""

    name: Annotated[str, About("Short name.")]
    owner: Annotated[str | None, About("The role that answers for it.", metavar="ROLE")] = None
    licence: Annotated[str, About("Licence of the model.")] = ""
    intended_use: Annotated[str, About("Who may use it, for what.", long=True)] = ""
    not_for: Annotated[str, About("What it is not for.", long=True)] = ""
    threshold_reason: Annotated[str, About("Why the threshold lies where it lies.", long=True)] = ""
    unsure_rule: Annotated[str, About("What happens in unsure cases.", long=True)] = ""
    caveats: Annotated[str, About("Limits, failure cases and caveats.", long=True)] = ""
    use_case: Annotated[str | None, About("The use case it serves.", of="use-case")] = None


class ModelVersion(Fact, noun="model-version", command="model", known_by="label"):
    """One version of a model: the model file of one run, by its sha256."""

    model: Annotated[str, About("The model.", of="model-card")]
    number: Annotated[int, About("Its number; two made apart may share one.")]
    label: Annotated[str, About("Name and number, such as credit@3.")]
    run: Annotated[str, About("The run it came from.", of="run")]
    sha256: Annotated[str, About("sha256 of the model file.")]
    note: Annotated[str, About("What is new in it.")] = ""

    @classmethod
    def named(cls, rows: SelectsRows, text: str) -> list[str]:
        """Return the version of NAME@N, or the newest of NAME."""
        name, _at, number = text.partition("@")
        query = """
            SELECT version.id FROM model_version AS version JOIN model_card AS model ON model.id = version.model
            WHERE (model.name = ? OR model.id = ?) AND withdrawn = '' AND (? = '' OR CAST(number AS VARCHAR) = ?)
            ORDER BY version.recorded_at DESC, version.id"""
        found = [row[0] for row in rows.sql(query, name, name, number, number)]
        return found if number else found[:1]


class RegisterModel(Act, noun="model", verb="register", done="Registered a version of {name}."):
    """Make a version of a model from a run."""

    run: Annotated[str, About("The run: id or label.", of="run", positional=True)]
    name: Annotated[str, About("Name of the model; a new one is made if there is none.")]
    note: Annotated[str, About("What is new in it.")] = ""

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:  # noqa: ARG002
        """Return the version, and the model if it is new."""
        run = present.get(Run, self.run)
        known = present.find(Model, "name = ? AND NOT archived", self.name)
        experiment = present.get(Experiment, run.experiment)
        model = known[0] if known else Model(id=new_id(), name=self.name, use_case=experiment.use_case)
        if not known:
            check_name(present, model)
        made = [] if known else present.add(model)
        versions = present.find(ModelVersion, "model = ?", model.id)
        number = max((each.number for each in versions), default=0) + 1
        version = ModelVersion(
            model=model.id,
            number=number,
            label=f"{self.name}@{number}",
            run=run.id,
            sha256=run.model.sha256,
            note=self.note,
        )
        return [present.fact(version), *made]


def subject(rows: Rows, id_: str) -> Subject:
    """Return what a signature over a model version covers: the model file, its data and recipe, and its card."""
    version = rows.get(ModelVersion, id_)
    model, run = rows.get(Model, version.model), rows.get(Run, version.run)
    card = [(each.name, getattr(model, each.name)) for each in own_fields(Model) if each.name != "archived"]
    case = model.use_case or rows.get(Experiment, run.experiment).use_case
    content = [("id", id_), ("model", version.sha256), ("data", run.data_sha256), ("recipe", run.recipe)]
    covers = [*content, ("serves", case), *card]
    return Subject(
        noun=ModelVersion.noun,
        id=id_,
        label=version.label,
        hash=cover_hash(covers),
        contested=model.contested,
        authors=frozenset({run.recorded_by, version.recorded_by}),
        related=(
            (ModelVersion.noun, id_),
            (Model.noun, model.id),
            (Run.noun, run.id),
            ("dataset-version", run.version),
            *((("use-case", case),) if case else ()),
        ),
    )


_ADD, *_REST = acts_of(Model, title="model card")
ACTS: tuple[type[Act], ...] = (RegisterModel, *_REST)
