"""DVC's run cache: for the inputs of each run, the outputs. DVC restores them without a check."""

from pathlib import PurePosixPath
from typing import Any

import yaml
from dvc.schema import COMPILED_LOCK_FILE_STAGE_SCHEMA
from dvc.stage.cache import _get_cache_hash
from voluptuous import Invalid


def read_run(file: str, content: bytes) -> dict[str, Any] | None:
    """The run, as an entry of dvc.lock; None if it is damaged.

    The file's name is the hash of the run, and that of its folder the hash of the inputs and the names of the outputs.
    """
    try:
        run: dict[str, Any] = COMPILED_LOCK_FILE_STAGE_SCHEMA(yaml.load(content, Loader=yaml.CSafeLoader))
    except (UnicodeDecodeError, yaml.YAMLError, Invalid):
        return None
    path = PurePosixPath(file)
    # The hash of the inputs comes last: DVC's function changes what it is given.
    hashes = (_get_cache_hash(run), _get_cache_hash(dict(run), key=True))
    return run if hashes == (path.name, path.parent.name) else None
