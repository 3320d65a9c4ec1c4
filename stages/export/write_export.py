"""Writes the folder of an export."""

import shutil
from pathlib import Path

from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE
from stages.core.artefacts.raw.raw_data import Tokens
from stages.core.artefacts.raw.raw_files import read_raw, sha256_of
from stages.core.artefacts.records.record import write_record
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text
from stages.core.own_model.model_files import PACKAGE_FILE
from stages.export.copied_code.copy_code import copied_modules, copy_code
from stages.export.dataset_inputs import KERAS_MODEL, DatasetInputs
from stages.export.docker_file import DOCKERFILE
from stages.export.exported_files import DOCKER_FILE, README, REQUIREMENTS, SERVE_REQUIREMENTS
from stages.export.held_out.kept_rows import held_out_rows, write_kept_rows
from stages.export.model_card.card_facts import card_facts, private_columns
from stages.export.model_card.card_text import card_text
from stages.export.requirements import requirements_text
from stages.inference.input_schema import INPUT_SCHEMA_FILE, InputSchema
from stages.inference.kept_rows.check_kept_rows import largest_difference
from stages.inference.model_card import MODEL_CARD_FILE, Engine
from stages.inference.model_folder import (
    KERAS_FILE,
    LITERT_FILE,
    MANIFEST_FILE,
    MODEL_FILES,
    OWN_CODE_FOLDER,
    Manifest,
    open_model_folder,
)
from stages.inference.output_settings import OUTPUT_SETTINGS_FILE
from stages.inference.schema.build_schema import build_schema
from stages.inference.schema.source_options import source_options


def write_export(inputs: DatasetInputs, folder: Path) -> None:
    """Fill an empty folder. The same inputs give the same bytes. Keras must have been started."""
    from stages.export.dataset_model import keras_predictor

    files = folder / MODEL_FILES
    files.mkdir(parents=True)
    raw = read_raw(paths.raw_data(inputs.key))
    schema = dataset_schema(inputs, raw.words if isinstance(raw, Tokens) else None)
    model, predictor = keras_predictor(inputs)
    engine, reason = write_model(inputs, model, files)
    private = private_columns(inputs.meta)
    rows = None if private else held_out_rows(raw, predictor, inputs.processed, inputs.params.rows)
    if rows is not None:
        write_kept_rows(files, predictor, rows)
    card = card_facts(inputs, engine, reason, 0 if rows is None else len(rows))
    shutil.copyfile(paths.processed_data(inputs.key) / FITTED_FILE, files / FITTED_FILE)
    shutil.copyfile(paths.predictions(inputs.key) / OUTPUT_SETTINGS_FILE, files / OUTPUT_SETTINGS_FILE)
    write_record(files / INPUT_SCHEMA_FILE, schema)
    write_record(files / MODEL_CARD_FILE, card)
    write_manifest(files, engine, inputs.training.threads)
    write_text(folder / README, card_text(card, schema))
    parts = [engine, *(["pictures"] if has_pictures(schema) else [])]
    write_text(folder / REQUIREMENTS, requirements_text(REQUIREMENTS, parts))
    write_text(folder / SERVE_REQUIREMENTS, requirements_text(SERVE_REQUIREMENTS, [*parts, "serve"]))
    write_text(folder / DOCKER_FILE, DOCKERFILE)
    copy_code(copied_modules(engine), folder)
    check_export(folder)


def dataset_schema(inputs: DatasetInputs, words: list[str] | None) -> InputSchema:
    options = source_options(inputs.parameters["download"])
    return build_schema(
        inputs.key, inputs.meta, options, inputs.processed.fitted, inputs.settings, inputs.profile, words
    )


def has_pictures(schema: InputSchema) -> bool:
    return any(column.type == "picture" for column in schema.columns)


def write_model(inputs: DatasetInputs, model: object, files: Path) -> tuple[Engine, str | None]:
    """The Keras model as it is, and converted for LiteRT. Returns what runs it, and why that is not LiteRT."""
    from stages.export.litert.compare_outputs import check_same_outputs
    from stages.export.litert.convert_model import convert_model
    from stages.export.litert.not_convertible import NotConvertibleError

    shutil.copyfile(paths.model(inputs.key) / KERAS_MODEL, files / KERAS_FILE)
    try:
        (files / LITERT_FILE).write_bytes(convert_model(model, inputs.processed.fitted))
        check_same_outputs(files / LITERT_FILE, model, inputs.processed)
    except NotConvertibleError as error:
        (files / LITERT_FILE).unlink(missing_ok=True)
        copy_own_code(inputs.key, files)
        return "keras", str(error)
    return "litert", None


def copy_own_code(key: str, files: Path) -> None:
    """The files of conf/models that the model is built from; Keras needs their layers to load it."""
    copies = paths.model_file_copies(key)
    if any(file.name != PACKAGE_FILE for file in copies.glob("*.py")):
        for file in sorted(copies.glob("*.py")):
            write_text(files / OWN_CODE_FOLDER / file.name, file.read_text(encoding="utf-8"))


def write_manifest(files: Path, engine: Engine, threads: int) -> None:
    """The hashes of all files that are in the folder already."""
    found = sorted(file for file in files.rglob("*") if file.is_file())
    hashes = {file.relative_to(files).as_posix(): sha256_of(file) for file in found}
    write_record(files / MANIFEST_FILE, Manifest(engine=engine, threads=threads, files=hashes))


def check_export(folder: Path) -> None:
    """Open the folder as its user does. Raises UserError if its answers to the kept rows are not those of Keras."""
    found = largest_difference(open_model_folder(folder))
    if found is not None and not found[1] <= found[0].tolerance:
        raise UserError(
            f"the exported model's answers to the kept rows differ from those of Keras by {found[1]:.2g}, and at most "
            f"{found[0].tolerance:g} is allowed"
        )
