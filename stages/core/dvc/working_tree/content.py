"""What DVC knows of a file or folder."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Content:
    """The hash of a file or folder, as dvc.lock has it; `files` are the hashes of the files in a folder."""

    md5: str
    executable: bool = False
    files: Mapping[str, str] | None = None
