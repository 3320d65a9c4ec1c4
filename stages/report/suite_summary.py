"""`python3 -m stages.report.suite_summary`: the index page and the table of headlines of a suite."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core import paths
from stages.core.artefacts.records.suite import read_suite
from stages.core.runtime.stage import run_single_stage
from stages.core.runtime.stage_outputs import StageOutputs
from stages.report.headline_table import headlines
from stages.report.index_page import index
from stages.report.read_results import Record, read_record


def run(outputs: StageOutputs) -> None:
    suite = read_suite()
    titles = {dataset.key: dataset.title for dataset in suite.datasets}
    metrics = {key: metrics_of(key) for key in titles}
    outputs.write_text(paths.INDEX, index(titles, metrics))
    outputs.write_text(paths.headline_table(suite.suite), headlines(metrics))


def metrics_of(key: str) -> Record | None:
    """Nothing for a dataset that was never evaluated; the index says so."""
    path = paths.metrics(key)
    return read_record(path, "evaluate", key) if path.exists() else None


if __name__ == "__main__":
    run_single_stage("summary", run)
