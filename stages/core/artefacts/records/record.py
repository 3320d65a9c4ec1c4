"""How a record is read and written."""

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from stages.core.artefacts.read_outputs import reading_output_of
from stages.core.runtime.atomic_write import write_json


class Record(BaseModel):
    """Known keys only, finite numbers, and no change after it was made."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


RecordType = TypeVar("RecordType", bound=Record)


def read_record(kind: type[RecordType], path: Path, stage: str, key: str) -> RecordType:
    """The record that `stage` wrote for the dataset `key`.

    Raises UserError with the command that makes the file again, if it is missing or damaged.
    """
    with reading_output_of(stage, key, path):
        return kind.model_validate_json(path.read_bytes())


def write_record(path: Path, record: Record) -> None:
    """Write the record as sorted JSON, the same bytes for the same content."""
    write_json(path, json.loads(record.model_dump_json(by_alias=True)))
