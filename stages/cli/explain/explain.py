"""`restage explain`: why each stage would run, or that it would not. Nothing is run, and nothing is written."""

from collections.abc import Sequence

from stages.cli.dataset_keys import check_keys
from stages.cli.explain.causes.git_objects import GitObjects
from stages.cli.explain.causes.name_causes import Causes
from stages.cli.explain.explanation import Explanation
from stages.cli.explain.show.explanation_text import explanation_text
from stages.cli.explain.simulation.expected_contents import ExpectedContents, removed_results
from stages.cli.explain.simulation.simulate_run import Simulation, needed_stages
from stages.cli.run.compose_if_changed import Composed, composed
from stages.cli.run.last_run.stage_durations import read_durations
from stages.core.artefacts.records.record import record_text
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.lock_file.lock_file import read_lock_records
from stages.core.dvc.working_tree.declared_graph import DeclaredStage
from stages.core.dvc.working_tree.working_tree import WorkingTree
from stages.core.paths import EVALUATION, PARAMS, VALIDATION


def explain(keys: Sequence[str], as_json: bool) -> None:
    explanation = explain_stages(keys)
    print(record_text(explanation) if as_json else explanation_text(explanation), end="")


def explain_stages(keys: Sequence[str] = ()) -> Explanation:
    """The stages of these datasets, all if none is named, and those before them.

    Raises UserError if conf/ has errors, a dataset is not in the suite, or dvc.lock holds the conflicts of a merge.
    """
    records = read_lock_records()
    new = composed()
    check_keys(keys, list(new.params["datasets"]))
    with dvc_errors():
        tree = WorkingTree()
        with tree.locked():
            stages = needed_stages(tree.read_stages(new.params), keys)
            simulated = Simulation(tree, expected_contents(tree, new), records, new.params).run(stages)
    commands = {stage.name: _command(stage) for stage in stages}
    durations = read_durations()
    with GitObjects(tree.is_ignored) as objects:
        causes = Causes(objects, simulated, commands, records, new.params)
        found = [causes.explain(stage, durations.get(stage.name)) for stage in simulated]
    return Explanation(stages=found, unknown=causes.unknown)


def expected_contents(tree: WorkingTree, new: Composed) -> ExpectedContents:
    """At the beginning of a run, when params.yaml has been composed."""
    contents = ExpectedContents(tree, removed_results([EVALUATION, VALIDATION], new.params["datasets"]))
    contents.set_file(str(PARAMS), new.text)
    return contents


def _command(stage: DeclaredStage) -> str:
    return stage.command if isinstance(stage.command, str) else "; ".join(stage.command)
