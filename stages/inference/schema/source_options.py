"""What a file of new rows has in common with the files of the dataset's source, from the parameters of download.

They are read as they are written in conf, which the guard has checked: inference is copied to places that have no
download.
"""

from collections.abc import Mapping
from typing import Any

from stages.core.artefacts.records.record import Record
from stages.core.columns.texts.token_ids import FIRST_WORD_NUMBER
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.inference.input_schema import DEFAULT_MISSING, JsonNotation, TextNotation


class PictureColumnOptions(Record):
    """How the pictures of a column of a table are decoded, and what their paths begin with."""

    decoding: PictureDecoding
    prefix: str = ""


class SourceOptions(Record):
    """`source_names` has the name in the source of each column that download renames, by its name after that.

    `optional` are the columns, by the names of the source, that a JSON object may lack. `decoding` is that of a dataset
    of pictures, `picture_columns` those of a table by their names in the raw data, and `first_word_number` begins every
    text of a dataset of word numbers.
    """

    notation: TextNotation = TextNotation()
    json_notation: JsonNotation = JsonNotation()
    time_format: str | None = None
    source_names: dict[str, str] = {}
    optional: list[str] = []
    decoding: PictureDecoding | None = None
    picture_columns: dict[str, PictureColumnOptions] = {}
    first_word_number: int | None = None


def source_options(download: Mapping[str, Any]) -> SourceOptions:
    """`download` is that section of the dataset's parameters.

    >>> source_options({"format": {"format": "csv", "separator": ";"}, "rename": {"Len": "length"}}).source_names
    {'length': 'Len'}
    """
    table_format = download.get("format") or {}
    rename = download.get("rename") or {}
    format_name = table_format.get("format")
    return SourceOptions(
        notation=_text_notation(table_format),
        json_notation=_json_notation(table_format),
        time_format=download.get("time_format"),
        source_names={new: old for old, new in rename.items()},
        optional=table_format.get("optional", []),
        decoding=_decoding(table_format) if format_name == "pictures" else None,
        picture_columns={
            rename.get(name, name): PictureColumnOptions(decoding=_decoding(column), prefix=column.get("prefix", ""))
            for name, column in (download.get("pictures") or {}).items()
        },
        first_word_number=table_format.get("start", FIRST_WORD_NUMBER) if format_name == "reuters" else None,
    )


def _decoding(options: Mapping[str, Any]) -> PictureDecoding:
    """Without the options that say where the files are."""
    return PictureDecoding.model_validate({k: v for k, v in options.items() if k in PictureDecoding.model_fields})


def _text_notation(table_format: Mapping[str, Any]) -> TextNotation:
    if table_format.get("format") == "csv":
        return TextNotation.model_validate({k: v for k, v in table_format.items() if k in TextNotation.model_fields})
    # Rows of other sources can be written as CSV too.
    return TextNotation(missing=list(dict.fromkeys([*DEFAULT_MISSING, *table_format.get("missing", [])])))


def _json_notation(table_format: Mapping[str, Any]) -> JsonNotation:
    match table_format.get("format"):
        case "csv":
            return JsonNotation(missing=_text_notation(table_format).missing)
        case "jsonl":
            return JsonNotation(missing=table_format.get("missing", []), fields=table_format.get("fields", {}))
        case "excel":
            return JsonNotation(missing=table_format.get("missing", [""]))
        case _:
            return JsonNotation()
