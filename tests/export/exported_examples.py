"""Results of all stages for small data, as the stages write them, and their export."""

from contextlib import chdir
from pathlib import Path
from typing import Any

from stages.core import paths
from stages.core.artefacts.processed import write_processed
from stages.core.artefacts.profile import Profile, profile_text
from stages.core.artefacts.raw.raw_data import RawData
from stages.core.artefacts.raw.raw_files import read_meta, write_raw
from stages.core.artefacts.records.record import write_record
from stages.core.files.atomic_write import write_json, write_text
from stages.core.own_model.model_files import PACKAGE_FILE, PACKAGE_TEXT
from stages.export.dataset_inputs import KERAS_MODEL, read_dataset_inputs
from stages.export.write_export import write_export
from stages.inference.output_settings import OUTPUT_SETTINGS_FILE
from stages.train.model.save_model import save_archive
from stages.validate.all_rows import all_rows
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.drift.profiled_values import column_values
from tests.inference.prediction_examples import Example, predicted_example
from tests.inference.test_equal_to_evaluate import evaluated
from tests.report.example_records import class_evaluation, training_record, validation_record

KEY = "houses"


def write_results(example: Example, key: str = KEY, **sections: Any) -> None:
    """Write what the stages before export write, into the current folder. `sections` are parameters by stage."""
    found = predicted_example(example)
    _, _, predictor = evaluated(found)
    write_raw(found.raw, paths.raw_data(key))
    write_processed(found.data, paths.processed_data(key))
    paths.model(key).mkdir(parents=True)
    save_archive(found.model, paths.model(key) / KERAS_MODEL)
    write_record(paths.model(key) / "training.json", training_record())
    write_record(paths.predictions(key) / OUTPUT_SETTINGS_FILE, predictor.settings)
    write_record(paths.evaluation(key), class_evaluation())
    write_record(paths.validation_result(key), validation_record())
    write_text(paths.data_profile(key), profile_text(_profile(found.raw, key)))
    write_text(paths.model_file_copies(key) / PACKAGE_FILE, PACKAGE_TEXT)
    report = {"title": "Houses", "about": "Prices of houses."}
    defaults = {"download": {}, "preprocess": {"split": dict(example.preprocess["split"])}, "report": report}
    write_json(paths.dataset_params(key), defaults | sections)


def _profile(raw: RawData, key: str) -> Profile:
    rows = all_rows(raw)
    return compute_profile(column_values(raw, rows), len(rows.frame), read_meta(paths.raw_data(key)).files)


def export_example(example: Example, folder: Path, work: Path, **sections: Any) -> None:
    """Write results into `work`, which is empty, and their export into `folder`."""
    with chdir(work):
        write_results(example, **sections)
        write_export(read_dataset_inputs(KEY), folder)
