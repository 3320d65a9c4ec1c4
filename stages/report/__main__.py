"""`python3 -m stages.report DATASET`: the dataset's page."""

from stages.core import paths
from stages.core.params import dataset_params, stage_params
from stages.core.processed import read_processed
from stages.core.raw import read_raw
from stages.core.stage import main
from stages.core.writing import write_text
from stages.report.chain import Chain
from stages.report.page import page
from stages.report.params import Report
from stages.report.records import read_history, read_predictions, read_record


def read_chain(key: str) -> Chain:
    return Chain(
        key=key,
        report=stage_params(Report, key, "report"),
        parameters=dataset_params(key),
        raw=read_raw(paths.raw(key)),
        processed=read_processed(paths.processed(key)),
        training=read_record(paths.model(key) / "training.json", "train", key),
        history=read_history(paths.history(key), key),
        metrics=read_record(paths.metrics(key), "evaluate", key),
        predictions=read_predictions(paths.predictions(key), key),
        validation=read_record(paths.validation(key), "validate", key),
    )


def run(key: str) -> None:
    write_text(paths.page(key), page(read_chain(key)))


if __name__ == "__main__":
    main("report", run)
