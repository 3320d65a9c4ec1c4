"""An exported folder: the files of its model, checked and opened."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from stages.core.artefacts.processed import FITTED_FILE, Fitted
from stages.core.artefacts.records.record import Record, RecordType, short_validation_errors
from stages.core.errors import ErrorList, UserError
from stages.inference.input_schema import INPUT_SCHEMA_FILE, InputSchema
from stages.inference.model_card import MODEL_CARD_FILE, Engine, ModelCard
from stages.inference.output_settings import OUTPUT_SETTINGS_FILE, OutputSettings
from stages.inference.predictor import Predictor
from stages.inference.run_model import RunModel

# Where the files are in an exported folder.
MODEL_FILES = Path("model/files")
MANIFEST_FILE = "manifest.json"
LITERT_FILE, KERAS_FILE = "model.tflite", "model.keras"
OWN_CODE_FOLDER = "own_code"
FORMAT_VERSION = 1


class Manifest(Record):
    """`files` has the sha256 of each file beside it. `engine` is the library that runs the model.

    `threads` are those of the training, with which Keras gives the same bits.
    """

    format_version: int = FORMAT_VERSION
    engine: Engine
    threads: int = 1
    files: dict[str, str]


@dataclass(frozen=True)
class OpenedModel:
    """`files` is the folder that its files are in."""

    schema: InputSchema
    predictor: Predictor
    card: ModelCard
    files: Path


def open_model_folder(folder: Path) -> OpenedModel:
    """The model of an exported folder.

    Raises UserError if a file is missing or changed, if newer code wrote the folder, or if a library is missing.
    """
    files = folder / MODEL_FILES
    manifest = read_manifest(folder)
    check_files(files, manifest)
    fitted = read_file(Fitted, files / FITTED_FILE)
    settings = read_file(OutputSettings, files / OUTPUT_SETTINGS_FILE)
    run_model, batch = load_model_file(files, manifest, fitted)
    return OpenedModel(
        schema=read_file(InputSchema, files / INPUT_SCHEMA_FILE),
        predictor=Predictor(fitted, settings, run_model, batch),
        card=read_file(ModelCard, files / MODEL_CARD_FILE),
        files=files,
    )


def read_manifest(folder: Path) -> Manifest:
    path = folder / MODEL_FILES / MANIFEST_FILE
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{folder}: no exported model, since {path} is missing; `restage export` writes one") from None
    try:
        version = json.loads(content)["format_version"]
    except (KeyError, TypeError, ValueError):
        raise UserError(f"{path}: damaged; copy the exported folder anew") from None
    if version != FORMAT_VERSION:
        raise UserError(
            f"{path}: has format version {version}, and this code reads {FORMAT_VERSION}; use the code of the folder "
            f"itself, as in `cd {folder}; python -m model predict`, or export the model anew"
        )
    return read_file(Manifest, path)


def check_files(files: Path, manifest: Manifest) -> None:
    """Raise UserError with all files that are missing, changed, or not of the export."""
    errors = ErrorList()
    for name, expected in manifest.files.items():
        path = files / name
        if not path.is_file():
            errors.add(f"{path}: missing; copy the exported folder anew")
        elif sha256_of(path) != expected:
            errors.add(f"{path}: was changed, its sha256 is not that of {MANIFEST_FILE}; copy the exported folder anew")
    errors.raise_if_any()


def read_file(kind: type[RecordType], path: Path) -> RecordType:
    try:
        with short_validation_errors():
            return kind.model_validate_json(path.read_bytes())
    except ValueError as error:
        raise UserError(f"{path}: cannot be read by this code ({error}); export the model anew") from None


def load_model_file(files: Path, manifest: Manifest, fitted: Fitted) -> tuple[RunModel, int]:
    """What runs the model, and the number of rows that it takes at once."""
    try:
        if manifest.engine == "litert":
            from stages.inference.litert.litert_model import load_litert_model

            return load_litert_model(files / LITERT_FILE, fitted)
        from stages.inference.keras_model.load_exported_model import load_exported_model

        return load_exported_model(files, KERAS_FILE, OWN_CODE_FOLDER, fitted, manifest.threads)
    except ModuleNotFoundError as error:
        raise UserError(
            f"{error.name} is not installed; `pip install --require-hashes -r requirements.txt` installs what the "
            "model needs"
        ) from None


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
