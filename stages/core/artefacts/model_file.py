"""Checks a saved Keras model before Keras opens it: which objects it asks for, by name.

Keras' safe mode refuses code, but it creates any other object that it knows by name.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stages.core.errors import format_examples

CONFIG = "config.json"
MEMBERS = [CONFIG, "metadata.json", "model.weights.h5"]
ENCRYPTED_FLAG = 0x1
MAX_CONFIG_BYTES = 10_000_000
# load_model(compile=False) does not read this entry.
NOT_READ = "compile_config"

_LAYERS = """
    Activation Add AveragePooling1D BatchNormalization Concatenate Conv1D Conv2D Cropping1D Dense Dropout EinsumDense
    Embedding Flatten GRU GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D InputLayer LSTM
    LayerNormalization MaxPooling1D MaxPooling2D MultiHeadAttention Multiply RandomFlip RandomRotation RandomTranslation
    ReLU RepeatVector Rescaling Reshape SimpleRNN Subtract
"""
_INITIALIZERS = "GlorotUniform Ones Orthogonal RandomUniform Zeros"
ALLOWED = frozenset(
    [
        *(f"keras.layers.{name}" for name in _LAYERS.split()),
        *(f"keras.initializers.{name}" for name in _INITIALIZERS.split()),
        "keras.DTypePolicy",
        "keras.regularizers.L1L2",
        "keras.Sequential",
        "keras.src.models.functional.Functional",
        "__keras_tensor__",
    ]
)
# Own models may use all of these modules, besides the layers that carry code or read files.
_OWN_MODEL_MODULES = ("keras.constraints", "keras.initializers", "keras.layers", "keras.regularizers")
_CODE_OR_FILES = """
    FlaxLayer IntegerLookup JaxLayer Lambda StringLookup TFSMLayer TextVectorization TorchModuleWrapper
"""
_REFUSED_LAYERS = frozenset(_CODE_OR_FILES.split())
_OPERATIONS = "keras.src.ops."
_VALUES = frozenset(["__ellipsis__", "__numpy__", "__slice__", "__tensor__"])


def check_model_file(path: Path, registered: frozenset[str] | None = None) -> None:
    """Raise ValueError if the file holds anything that train does not write. Nothing is unpacked or created.

    `registered` is given for a model that has own code: the names under which its objects are registered in Keras.
    """
    with zipfile.ZipFile(path) as archive:
        _check_members(archive.infolist())
        try:
            config = json.loads(archive.read(CONFIG))
        except RecursionError:
            raise ValueError(f"{CONFIG} is nested too deeply") from None
    if not isinstance(config, dict):
        raise ValueError(f"{CONFIG} describes no model")
    objects = list(_objects({name: value for name, value in config.items() if name != NOT_READ}))
    refused = sorted({_object_name(part) for part in objects if not _is_allowed(part, registered)})
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


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Every object that Keras would create from the config, at any depth."""
    pending = [config]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            pending.extend(part.values())
            if "class_name" in part or "module" in part:
                yield part
        elif isinstance(part, list):
            pending.extend(part)


def _object_name(part: dict[str, Any]) -> str:
    """`module.class`"""
    return ".".join(str(part[key]) for key in ("module", "class_name") if part.get(key) is not None)


def _is_allowed(part: dict[str, Any], registered: frozenset[str] | None) -> bool:
    if _object_name(part) in ALLOWED:
        return True
    if registered is None:
        return False
    module, name = str(part.get("module")), str(part.get("class_name"))
    # Keras looks a function up by its config, and an object by its registered name.
    looked_up = part.get("config") if name == "function" else part.get("registered_name")
    if isinstance(looked_up, str) and looked_up in registered:
        return True
    if name == "function":
        return False
    if part.get("module") is None:
        return name in _VALUES
    return (module in _OWN_MODEL_MODULES and name not in _REFUSED_LAYERS) or module.startswith(_OPERATIONS)
