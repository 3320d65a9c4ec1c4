"""`python3 -m stages.report DATASET`: the dataset's page."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core import paths
from stages.core.run_stage.stage import run_stage
from stages.core.run_stage.stage_outputs import StageOutputs
from stages.report.dataset_page import page
from stages.report.dataset_results import read_dataset_results


def run(key: str, outputs: StageOutputs) -> None:
    outputs.write_text(paths.dataset_page(key), page(read_dataset_results(key)))


if __name__ == "__main__":
    run_stage("report", run)
