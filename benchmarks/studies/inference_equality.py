"""python -m benchmarks.studies.inference_equality [KEY ...]

For each dataset, or for all that have run: the rows that evaluate measured, and the largest difference of other answers
to the raw rows: those of Keras as `restage predict` gives them, of the exported folder, and of its server over HTTP (a
sample of the rows). Prints a table. Run it where `restage run` has run.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.inference.answers import Answers, MeasuredSplit
from benchmarks.inference.compare_answers import compare_answers
from benchmarks.inference.http_answers import http_answers
from benchmarks.start_sides import run_module
from benchmarks.studies.serve_load import running_server
from stages.core import paths
from stages.core.run_stage.stage import report_user_errors
from stages.inference.model_folder import open_model_folder, read_manifest

MODULE = "benchmarks.studies.inference_equality"
KERAS = "--keras"
EVALUATED, PREDICTED = "evaluated.npz", "predicted.npz"
HEADER = (
    "| dataset | rows | Keras | engine of the export | export | rows over HTTP | HTTP |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)


def main(keys: Sequence[str]) -> None:
    print(HEADER, flush=True)
    for key in keys or datasets_with_results():
        with TemporaryDirectory() as folder:
            print(table_row(key, Path(folder)), flush=True)


def datasets_with_results() -> list[str]:
    folder = paths.predictions("a").parent
    return sorted(path.parent.name for path in folder.glob("*/predictions.csv"))


def table_row(key: str, folder: Path) -> str:
    run_module(key, MODULE, KERAS, key, str(folder))
    run_module(key, "stages.export.export_to_folder", key, str(folder / "export"))
    measured, engine = MeasuredSplit.read(key), read_manifest(folder / "export").engine
    return " | ".join([f"| {key}", *cells(measured, engine, folder)]) + " |"


def cells(measured: MeasuredSplit, engine: str, folder: Path) -> Iterator[str]:
    fitted = measured.processed.fitted
    expected, by_keras = (Answers.load(folder / file, fitted) for file in (EVALUATED, PREDICTED))
    difference = compare_answers(expected, by_keras)
    yield f"{difference.rows:,}"
    yield str(difference)
    yield engine
    model = open_model_folder(folder / "export")
    yield str(compare_answers(expected, measured.answers(model.predictor)))
    command = [sys.executable, "-m", "stages.cli", "serve", str(folder / "export"), "--port", "0"]
    with running_server(command) as (address, _):
        positions, answers = http_answers(address, measured, model.schema)
    yield f"{len(answers):,}"
    yield str(compare_answers(expected[positions], answers))


def write_keras_answers(key: str, folder: Path) -> None:
    """In a process of its own: Keras is started once for each dataset, and the server is measured without it."""
    from stages.cli.predict.trained_model import open_trained_model

    measured, predictor = MeasuredSplit.read(key), open_trained_model(key).load()
    measured.answers(predictor).save(folder / PREDICTED)
    measured.evaluated().save(folder / EVALUATED)


if __name__ == "__main__":
    with report_user_errors(MODULE, debug=False):
        if sys.argv[1:2] == [KERAS]:
            write_keras_answers(sys.argv[2], Path(sys.argv[3]))
        else:
            main(sys.argv[1:])
