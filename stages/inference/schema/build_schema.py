"""The schema of new rows, from what download, validate and preprocess have written about a dataset."""

from collections.abc import Collection, Mapping, Sequence
from typing import assert_never

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.profile import NumberColumn, Profile
from stages.core.artefacts.raw.raw_files import ImagesMeta, Meta, TableMeta, TokensMeta
from stages.core.columns.texts.token_ids import TokenIds
from stages.inference.input_schema import InputColumn, InputSchema, NumberRange, WordNumbers
from stages.inference.new_rows.row_values import needed_columns
from stages.inference.output_settings import OutputSettings
from stages.inference.predictor import rows_needed
from stages.inference.schema.column_types import ColumnUse, category_choices, column_type, column_uses
from stages.inference.schema.image_column import image_column
from stages.inference.schema.source_options import SourceOptions


def build_schema(
    key: str,
    meta: Meta,
    options: SourceOptions,
    fitted: Fitted,
    settings: OutputSettings,
    profile: Profile | None = None,
    words: Sequence[str] | None = None,
) -> InputSchema:
    """`profile` is that of the raw data, and gives the ranges of numbers. `words` has the word of each number."""
    match meta:
        case TableMeta():
            return _table_schema(key, meta, options, fitted, settings, profile)
        case ImagesMeta():
            [spec] = fitted.inputs.values()
            column = image_column(spec.column.columns[0], meta, options.decoding)
            return InputSchema(key=key, kind="images", columns=[column])
        case TokensMeta():
            return _token_schema(key, options, fitted, words)
        case _:
            assert_never(meta)


def _token_schema(key: str, options: SourceOptions, fitted: Fitted, words: Sequence[str] | None) -> InputSchema:
    """With the words of the vocabulary alone: the model does not tell other words apart."""
    [spec] = fitted.inputs.values()
    assert isinstance(spec.column, TokenIds)
    known = None if words is None else list(words[: spec.column.vocabulary_size])
    numbers = None if known is None else WordNumbers(words=known, start=options.first_word_number)
    column = InputColumn(name=spec.column.columns[0], type="words")
    return InputSchema(key=key, kind="tokens", columns=[column], word_numbers=numbers)


def _table_schema(
    key: str,
    meta: TableMeta,
    options: SourceOptions,
    fitted: Fitted,
    settings: OutputSettings,
    profile: Profile | None,
) -> InputSchema:
    uses, ranges, names = column_uses(fitted), _ranges(profile), needed_columns(fitted)
    is_series = fitted.window is not None
    if is_series and meta.time is not None:
        names.append(meta.time)
    columns = [
        _table_column(name, meta, options, uses.get(name, ColumnUse()), ranges.get(name))
        for name in meta.columns
        if name in names
    ]
    return InputSchema(
        key=key,
        kind="series" if is_series else "table",
        columns=columns,
        notation=options.notation,
        json_notation=options.json_notation,
        time=meta.time if meta.time in names else None,
        time_format=options.time_format,
        rows=rows_needed(fitted, settings),
        other_private=_other_private(meta, options, {column.name for column in columns}),
    )


def _other_private(meta: TableMeta, options: SourceOptions, needed: Collection[str]) -> list[str]:
    others = [name for name in meta.private if name not in needed]
    return sorted({*others, *(options.source_names.get(name, name) for name in others)})


def _table_column(
    name: str, meta: TableMeta, options: SourceOptions, use: ColumnUse, number_range: NumberRange | None
) -> InputColumn:
    private = name in meta.private
    pictures = dict(meta.pictures)
    source_name = options.source_names.get(name)
    picture = options.picture_columns.get(name)
    return InputColumn(
        name=name,
        type="picture" if name in pictures else column_type(meta.columns[name], use),
        whole="int" in meta.columns[name],
        single_precision=meta.columns[name] == "float32",
        source_name=source_name,
        can_be_missing=use.fills_gaps,
        optional=(source_name or name) in options.optional,
        private=private,
        choices=None if private else category_choices(use),
        range=None if private else number_range,
        date_format=use.date_format,
        shape=pictures.get(name),
        decoding=picture.decoding if picture else None,
        path_prefix=picture.prefix if picture else "",
    )


def _ranges(profile: Profile | None) -> Mapping[str, NumberRange]:
    return {
        column.name: NumberRange(
            minimum=column.quantiles[0],
            median=column.quantiles[len(column.quantiles) // 2],
            maximum=column.quantiles[-1],
        )
        for column in (profile.columns if profile else [])
        if isinstance(column, NumberColumn) and column.kind == "number"
    }
