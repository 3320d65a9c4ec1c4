"""Opens the model of a dataset in this repository, or in a folder with the same paths."""

from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted
from stages.core.artefacts.profile import Profile, read_profile
from stages.core.artefacts.raw.raw_files import WORDS, read_meta, read_words
from stages.core.artefacts.records.record import read_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.parameters.read_params import Sections, read_dataset_params
from stages.core.parameters.validation_errors import type_adapter
from stages.inference.distance.column_distances import DistanceLimits
from stages.inference.distance.input_distance import InputDistance
from stages.inference.input_schema import InputSchema
from stages.inference.keras_model.load_predictor import load_predictor
from stages.inference.output_settings import OUTPUT_SETTINGS_FILE, OutputSettings
from stages.inference.predictor import Predictor
from stages.inference.schema.build_schema import build_schema
from stages.inference.schema.source_options import source_options
from stages.validate.params import Validate


@dataclass(frozen=True)
class TrainedModel:
    """What is known of a model without loading Keras. `folder` has the files at their paths in the repository.

    `accepted` is the profile that new rows are compared with.
    """

    key: str
    folder: Path
    schema: InputSchema
    fitted: Fitted
    settings: OutputSettings
    training: TrainingRecord
    accepted: Profile | None
    limits: DistanceLimits

    def load(self) -> Predictor:
        """Loads Keras, which takes seconds."""
        with chdir(self.folder):
            model, model_files = paths.model(self.key), paths.model_file_copies(self.key)
            return load_predictor(model, model_files, self.fitted, self.settings, self.training.threads)

    def distance(self) -> InputDistance:
        return InputDistance(self.accepted, self.fitted, self.limits)


def open_trained_model(key: str, folder: Path = Path()) -> TrainedModel:
    """Raises UserError if a file is missing or damaged."""
    with chdir(folder):
        sections, raw = read_dataset_params(key), paths.raw_data(key)
        fitted = read_record(Fitted, paths.processed_data(key) / FITTED_FILE, "preprocess", key)
        settings = read_record(OutputSettings, paths.predictions(key) / OUTPUT_SETTINGS_FILE, "evaluate", key)
        training = read_record(TrainingRecord, paths.model(key) / "training.json", "train", key)
        profile = _profile(paths.data_profile(key), key)
        meta = read_meta(raw)
        words = read_words(raw / WORDS) if (raw / WORDS).is_file() else None
        schema = build_schema(key, meta, source_options(sections["download"]), fitted, settings, profile, words)
        accepted = _profile(paths.accepted_profile(key), key)
    return TrainedModel(key, folder, schema, fitted, settings, training, accepted, _limits(sections))


def _profile(path: Path, key: str) -> Profile | None:
    return read_profile(path, f"run `restage run {key}`") if path.is_file() else None


def _limits(sections: Sections) -> DistanceLimits:
    drift = type_adapter(Validate).validate_python(sections.get("validate", {})).drift
    return DistanceLimits(drift.psi, drift.ks, drift.missing, drift.ignore)
