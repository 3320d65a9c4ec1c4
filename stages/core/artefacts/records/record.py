"""How a record is read and written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from stages.core.artefacts.read_outputs import reading_output_of
from stages.core.files.atomic_write import json_text, write_text
from stages.core.parameters.validation_errors import dotted_path


class Record(BaseModel):
    """Known keys only, finite numbers, and no change after it was made."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


RecordType = TypeVar("RecordType", bound=Record)


def read_record(kind: type[RecordType], path: Path, stage: str, key: str) -> RecordType:
    """The record that `stage` wrote for the dataset `key`.

    Raises UserError with the command that makes the file again, if it is missing or damaged.
    """
    with reading_output_of(stage, key, path), short_validation_errors():
        return kind.model_validate_json(path.read_bytes())


@contextmanager
def short_validation_errors() -> Iterator[None]:
    """Turn pydantic's long ValidationError into a ValueError with its first error in one line."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{dotted_path(first['loc'])}: {first['msg']}".removeprefix(": ")) from None


def record_text(record: Record) -> str:
    """The record as sorted JSON, the same text for the same content."""
    return json_text(record.model_dump(mode="json"))


def write_record(path: Path, record: Record) -> None:
    write_text(path, record_text(record))
