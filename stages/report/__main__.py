"""`python3 -m stages.report DATASET`: the dataset's page."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core import paths
from stages.core.artefacts.processed import read_processed
from stages.core.artefacts.raw import read_raw
from stages.core.params import dataset_params, stage_params
from stages.core.runtime.stage import run_stage
from stages.core.runtime.stage_outputs import StageOutputs
from stages.report.dataset_page import page
from stages.report.dataset_results import Chain
from stages.report.params import Report
from stages.report.read_results import read_history, read_predictions, read_record


def read_chain(key: str) -> Chain:
    return Chain(
        key=key,
        report=stage_params(Report, key, "report"),
        parameters=dataset_params(key),
        raw=read_raw(paths.raw_data(key)),
        processed=read_processed(paths.processed_data(key)),
        training=read_record(paths.model(key) / "training.json", "train", key),
        history=read_history(paths.history(key), key),
        metrics=read_record(paths.metrics(key), "evaluate", key),
        predictions=read_predictions(paths.predictions(key), key),
        validation=read_record(paths.validation_result(key), "validate", key),
    )


def run(key: str, outputs: StageOutputs) -> None:
    outputs.write_text(paths.dataset_page(key), page(read_chain(key)))


if __name__ == "__main__":
    run_stage("report", run)
