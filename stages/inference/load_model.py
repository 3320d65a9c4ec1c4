"""Loads a trained model, after a check that its file asks only for the layers that train uses, by name.

Keras' safe mode refuses code, but it creates any other object that it knows by name. Importing this module loads Keras.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from typing import Any

import keras

from stages.core.artefacts.read_outputs import reading_output_of
from stages.core.errors import format_examples

MAX_ERROR_LENGTH = 300
CONFIG = "config.json"
MEMBERS = [CONFIG, "metadata.json", "model.weights.h5"]
ENCRYPTED_FLAG = 0x1
MAX_CONFIG_BYTES = 10_000_000
# load_model(compile=False) does not read this entry.
NOT_READ = "compile_config"

_LAYERS = """
    Activation Add BatchNormalization Concatenate Conv2D Dense Dropout EinsumDense Flatten GRU GlobalAveragePooling1D
    GlobalAveragePooling2D InputLayer LSTM LayerNormalization MaxPooling2D MultiHeadAttention RandomFlip RandomRotation
    RandomTranslation Reshape SimpleRNN
"""
_INITIALIZERS = "GlorotUniform Ones Orthogonal Zeros"
ALLOWED = frozenset(
    [
        *(f"keras.layers.{name}" for name in _LAYERS.split()),
        *(f"keras.initializers.{name}" for name in _INITIALIZERS.split()),
        "keras.DTypePolicy",
        "keras.Sequential",
        "keras.src.models.functional.Functional",
        "__keras_tensor__",
    ]
)


def load_model(folder: Path, file: str = "model.keras") -> keras.Model:
    """The model in `folder`, which train wrote for the dataset of the same name.

    The file is checked before Keras reads it, and Keras reads it in its safe mode: a file that carries code is
    refused. Raises UserError if the file is missing, damaged or refused.
    """
    path = folder / file
    with reading_output_of("train", folder.name, path, zipfile.BadZipFile):
        check_model_file(path)
        try:
            return keras.saving.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # noqa: BLE001 - Keras and TensorFlow raise any exception, with a long message
            message = str(error) or type(error).__name__
            raise ValueError(shorten(message, MAX_ERROR_LENGTH, placeholder=" ...")) from None


def check_model_file(path: Path) -> None:
    """Raise ValueError if the file holds anything that train does not write. Nothing is unpacked or created."""
    with zipfile.ZipFile(path) as archive:
        _check_members(archive.infolist())
        try:
            config = json.loads(archive.read(CONFIG))
        except RecursionError:
            raise ValueError(f"{CONFIG} is nested too deeply") from None
    if not isinstance(config, dict):
        raise ValueError(f"{CONFIG} describes no model")
    objects = _object_names({name: value for name, value in config.items() if name != NOT_READ})
    refused = sorted({name for name in objects if name not in ALLOWED})
    if refused:
        names = format_examples(name[:80] for name in refused)
        raise ValueError(f"{CONFIG} asks for {names}, which is not allowed in a model")


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    """Compressed members are refused, so that no member can be larger than its entry says."""
    names = sorted(member.filename for member in members)
    if names != MEMBERS:
        found = format_examples(name[:80] for name in names)
        raise ValueError(f"it holds {found}; a model holds {', '.join(MEMBERS)}")
    for member in members:
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & ENCRYPTED_FLAG:
            raise ValueError(f"{member.filename} is compressed or encrypted")
        if member.filename == CONFIG and member.file_size > MAX_CONFIG_BYTES:
            raise ValueError(f"{CONFIG} has {member.file_size:,} bytes; at most {MAX_CONFIG_BYTES:,} are allowed")


def _object_names(config: Any) -> Iterator[str]:
    """`module.class` of every object that Keras would create from the config, at any depth."""
    pending = [config]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            pending.extend(part.values())
            if "class_name" in part or "module" in part:
                yield ".".join(str(part[key]) for key in ("module", "class_name") if part.get(key) is not None)
        elif isinstance(part, list):
            pending.extend(part)
