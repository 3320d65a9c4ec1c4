"""`python3 -m stages.report.summary_stage`: the index page and the tables of the suite."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from collections.abc import Callable
from pathlib import Path

from stages.core import paths
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import RecordType, read_record
from stages.core.artefacts.records.suite_datasets import read_suite
from stages.core.artefacts.records.validation import ValidationRecord
from stages.core.run_stage.stage import run_single_stage
from stages.core.run_stage.stage_outputs import StageOutputs
from stages.report.suite.index_page import index_page
from stages.report.suite.markdown_tables import data_checks_table, headline_table


def run(outputs: StageOutputs) -> None:
    suite = read_suite()
    keys = [dataset.key for dataset in suite.datasets]
    evaluations = read_present(EvaluationRecord, paths.evaluation, "evaluate", keys)
    validations = read_present(ValidationRecord, paths.validation_result, "validate", keys)
    outputs.write_text(paths.INDEX, index_page(suite.datasets, evaluations))
    outputs.write_text(paths.headline_table(suite.suite), headline_table(keys, evaluations))
    outputs.write_text(paths.data_checks_table(suite.suite), data_checks_table(keys, validations))


def read_present(
    kind: type[RecordType], path: Callable[[str], Path], stage: str, keys: list[str]
) -> dict[str, RecordType]:
    """The records by dataset; a dataset that the stage did not run for yet has none."""
    return {key: read_record(kind, path(key), stage, key) for key in keys if path(key).exists()}


if __name__ == "__main__":
    run_single_stage("summary", run)
