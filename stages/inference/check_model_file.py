"""What a model file may hold, looked at before Keras does: the layers that our trainings are made of, by name.

Keras' safe mode refuses code, but takes whatever else it knows by name; none of that is asked for here.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stages.core.errors import format_examples

CONFIG = "config.json"
MEMBERS = [CONFIG, "metadata.json", "model.weights.h5"]
ENCRYPTED = 0x1
LONGEST = 10_000_000
NEVER_READ = "compile_config"

_LAYERS = """
    Activation Add BatchNormalization Concatenate Conv2D Dense Dropout EinsumDense Flatten GRU GlobalAveragePooling1D
    GlobalAveragePooling2D InputLayer LSTM LayerNormalization MaxPooling2D MultiHeadAttention RandomFlip RandomRotation
    RandomTranslation Reshape SimpleRNN
"""
_INITIALIZERS = "GlorotUniform Ones Orthogonal Zeros"
OURS = frozenset(
    [
        *(f"keras.layers.{name}" for name in _LAYERS.split()),
        *(f"keras.initializers.{name}" for name in _INITIALIZERS.split()),
        "keras.DTypePolicy",
        "keras.Sequential",
        "keras.src.models.functional.Functional",
        "__keras_tensor__",
    ]
)


def check_model(path: Path) -> None:
    """Raises ValueError for what no training of ours has written; nothing of it was unpacked or made by then."""
    with zipfile.ZipFile(path) as archive:
        _check_members(archive.infolist())
        config = _read(archive.read(CONFIG))
    if not isinstance(config, dict):
        raise ValueError(f"{CONFIG} describes no model")
    strange = sorted(
        {name for name in _named({k: v for k, v in config.items() if k != NEVER_READ}) if name not in OURS}
    )
    if strange:
        raise ValueError(
            f"{CONFIG} asks for {format_examples(name[:80] for name in strange)}, which no model of ours has"
        )


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    """Nothing is compressed, so that nothing can be larger than it looks."""
    names = sorted(member.filename for member in members)
    if names != MEMBERS:
        raise ValueError(f"it holds {format_examples(name[:80] for name in names)}; a model is {', '.join(MEMBERS)}")
    for member in members:
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & ENCRYPTED:
            raise ValueError(f"{member.filename} is compressed or encrypted; a model is neither")
        if member.filename == CONFIG and member.file_size > LONGEST:
            raise ValueError(f"{CONFIG} has {member.file_size:,} bytes; a model's has at most {LONGEST:,}")


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError(f"{CONFIG} is nested without end") from None


def _named(config: Any) -> Iterator[str]:
    """Whatever the description would have Keras make, as `module.class`, at any depth."""
    waiting = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting.extend(part.values())
            if "class_name" in part or "module" in part:
                yield ".".join(str(part[key]) for key in ("module", "class_name") if part.get(key) is not None)
        elif isinstance(part, list):
            waiting.extend(part)
