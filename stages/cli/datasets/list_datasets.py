"""`restage list`: the datasets of conf/dataset and of the suites, their states and their headline metrics."""

from collections.abc import Iterable, Mapping, Sequence

from stages.cli.datasets.chain_states import ChainState, chain_states
from stages.cli.datasets.suite_files import dataset_files, own_suite, suites
from stages.cli.run.compose_if_changed import composed_params
from stages.cli.run.last_run.failed_stages import read_failed_stages
from stages.config.compose_conf import check_conf_exists
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import read_record
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository
from stages.core.errors import UserError
from stages.core.parameters.read_params import read_params
from stages.core.paths import PARAMS, evaluation
from stages.report.rendering.format_text import DASH, format_number

COLUMNS = ("dataset", "suites", "state", "headline")


def list_datasets() -> None:
    check_conf_exists()
    suite, _ = own_suite()
    params = composed_params()
    with dvc_errors():
        repository = Repository(read_params() if PARAMS.is_file() else None)
        if PARAMS.is_file():
            repository.read_stages()
        states = {state.key: state for state in chain_states(repository, params)}
    in_suites, failed = suites(), read_failed_stages()
    keys = dict.fromkeys([*states, *dataset_files()])
    rows = [
        (
            key,
            ", ".join(suites_with(key, in_suites)) or ("conf/local.yaml" if key in states else DASH),
            describe_state(states.get(key), failed),
            headline(key) if key in states else DASH,
        )
        for key in keys
    ]
    print("\n".join(align_columns([COLUMNS, *rows])))
    if others := [key for key in keys if key not in states]:
        print(f"\nThe suite of this clone is {suite}; `restage add {others[0]}` takes {others[0]} into it.")


def suites_with(key: str, in_suites: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [suite for suite, datasets in in_suites.items() if key in datasets]


def describe_state(state: ChainState | None, failed: Iterable[str]) -> str:
    """
    >>> describe_state(ChainState("iris", ("train", "report"), ran_before=True), [])
    'changed: train'
    """
    if state is None:
        return "not in the suite"
    if not state.to_run:
        return "up to date"
    first = state.to_run[0]
    if f"{first}@{state.key}" in failed:
        return f"failed: {first}"
    return f"changed: {first}" if state.ran_before else "never run"


def headline(key: str) -> str:
    """The headline metric of the last evaluation; a dash if there is none."""
    try:
        record = read_record(EvaluationRecord, evaluation(key), "evaluate", key)
    except UserError:
        return DASH
    return f"{record.headline_name} {format_number(record.headline.value)}"


def align_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """
    >>> align_columns([("a", "bc"), ("abc", "d")])
    ['a    bc', 'abc  d']
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
