"""The inputs of a large table: the kind of each column, checked, with what its features learn from training rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np

from stages.core.artefacts.processed import TRAIN
from stages.core.artefacts.raw.raw_data import Table
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.bounded_memory.scratch_arrays import ScratchArray, ScratchFolder
from stages.core.columns.column_params import InputParams, NumberParams, PictureParams, TextParams
from stages.core.columns.features.date_feature import DateFeature
from stages.core.columns.features.feature import Feature, Summary
from stages.core.columns.features.number_feature import NumberFeature
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.features.value_counts import ValueCounts
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.picture_pixels import PicturePixels
from stages.core.columns.registry import Column
from stages.core.columns.texts.text_column import TextColumn
from stages.core.errors import ErrorList, UserError
from stages.preprocess.inputs.read_picture_inputs import picture_values
from stages.preprocess.inputs.read_table_inputs import (
    ArrayNames,
    arrays_of_features,
    check_forward,
    feature_of_column,
    kinds_of_columns,
)
from stages.preprocess.inputs.read_text_inputs import Text, text_column
from stages.preprocess.large_table.check_numbers import check_numbers
from stages.preprocess.large_table.infer_large_kinds import infer_large_kinds
from stages.preprocess.large_table.map_checked import map_checked
from stages.preprocess.large_table.row_splits import SPLITS, RowSplits
from stages.preprocess.large_table.summary_of_values import ValueSummary, middle_of, summarize, usable_values
from stages.preprocess.large_table.table_block import TableBlock
from stages.preprocess.large_table.training_blocks import training_blocks
from stages.preprocess.params import Preprocess

# More different values than this are not counted in memory.
MOST_VALUES = 2_000_000
BlockSummary = ValueCounts | ValueSummary


@dataclass(frozen=True)
class _Checks:
    """What the rows of all splits are checked for, and what is counted in the training rows."""

    numbers: Sequence[str]
    features: Sequence[Feature]
    texts: Sequence[TextColumn]
    private: Collection[str]
    splits: RowSplits

    def check_and_count(self, block: TableBlock) -> list[BlockSummary]:
        rows, errors, summaries = self.splits.rows_of(block, TRAIN), ErrorList(), list[BlockSummary]()
        with errors.collect():
            check_numbers(self.numbers, self.private, block)
        for feature in self.features:
            values = block.column(feature.column)
            feature.check(values, errors)
            count = partial(summarize, feature) if _is_summarized(feature) else feature.count
            summaries.append(count(values[rows]))
        for text in self.texts:
            with errors.collect():
                text.check(TableValues({text.column: block.column(text.column)}))
        errors.raise_if_any()
        return summaries


def read_large_inputs(
    table: Table,
    inputs: Mapping[str, Sequence[str]],
    params: Preprocess,
    blocks: Sequence[TableBlock],
    splits: RowSplits,
    scratch: ScratchFolder,
) -> dict[str, Column]:
    """Return the columns of each input as `read_table_inputs` does, without their values."""
    kinds = _kinds(table, [*chain.from_iterable(inputs.values())], params, blocks, splits)
    columns = _columns_of_kinds(kinds, inputs, params, table.private)
    private = set(table.private)
    fitted = _fit_features(_Checks(columns.numbers, columns.features, columns.texts, private, splits), blocks, scratch)
    fitted_features = {feature.column: feature for feature in fitted}
    texts = {text.column: text for text in columns.texts}
    training_rows = int(splits.counts(blocks)[:, SPLITS.index(TRAIN)].sum())
    errors, arrays = ErrorList(), dict[str, Column]()
    for name, of_input in inputs.items():
        names = ArrayNames(name, of_input, taken={*inputs, *arrays} - {name})
        if name in columns.number_inputs:
            arrays[name] = NumberColumns(columns=[c for c in of_input if _in_matrix(kinds[c])])
        elif in_matrix := [fitted_features[c] for c in of_input if _in_matrix(kinds[c])]:
            arrays |= arrays_of_features(name, in_matrix, training_rows, names)
        for column in (c for c in of_input if c in texts):
            with errors.collect():
                arrays[names.of(column)] = texts[column].fit(training_blocks(blocks, splits, texts[column]))
        for column in (c for c in of_input if isinstance(kinds[c], PictureParams)):
            with errors.collect():
                arrays[names.of(column)] = _pictures(column, kinds[column], table)
    errors.raise_if_any()
    return arrays


@dataclass(frozen=True)
class _Columns:
    """The columns of all inputs by what they become. Numbers without gaps need no feature."""

    number_inputs: set[str]
    numbers: list[str]
    features: list[Feature]
    texts: list[Text]


def _kinds(
    table: Table, columns: Sequence[str], params: Preprocess, blocks: Sequence[TableBlock], splits: RowSplits
) -> dict[str, InputParams]:
    of_pictures = [column for column in columns if column in table.pictures]
    others = [column for column in columns if column not in of_pictures]
    inferred = infer_large_kinds(others, params.columns, blocks, splits)
    kinds = kinds_of_columns(columns, params.columns, of_pictures, inferred.__getitem__)
    check_forward(kinds, is_series=False)
    return kinds


def _columns_of_kinds(
    kinds: Mapping[str, InputParams], inputs: Mapping[str, Sequence[str]], params: Preprocess, private: Sequence[str]
) -> _Columns:
    number = NumberParams(kind="number")
    in_matrix = {name: [c for c in columns if _in_matrix(kinds[c])] for name, columns in inputs.items()}
    number_inputs = {
        name for name, columns in in_matrix.items() if columns and all(kinds[c] == number for c in columns)
    }
    numbers = [column for name in number_inputs for column in in_matrix[name]]
    others = [column for name, columns in in_matrix.items() if name not in number_inputs for column in columns]
    features = [
        feature_of_column(column, kind, inferred=column not in params.columns, private=column in private)
        for column in dict.fromkeys(others)
        if not isinstance(kind := kinds[column], TextParams | PictureParams)
    ]
    texts = [
        text_column(column, kind, inferred=column not in params.columns, private=column in private)
        for column, kind in kinds.items()
        if isinstance(kind, TextParams)
    ]
    return _Columns(number_inputs, sorted(numbers), features, [*texts])


def _in_matrix(kind: InputParams) -> bool:
    return not isinstance(kind, TextParams | PictureParams)


def _pictures(column: str, kind: InputParams, table: Table) -> PicturePixels:
    pictures = PicturePixels.model_validate({"columns": [column], "params": kind})
    pictures.check(picture_values(table)[column])
    return pictures


def _is_summarized(feature: Feature) -> bool:
    """Numbers and dates may have a different value in each row."""
    return isinstance(feature, NumberFeature | DateFeature) and feature.params.missing != "most_frequent"


def _fit_features(checks: _Checks, blocks: Sequence[TableBlock], scratch: ScratchFolder) -> list[Feature]:
    if not (checks.features or checks.numbers or checks.texts):
        return []
    per_block = map_checked(checks.check_and_count, blocks)
    totals: list[BlockSummary] | None = None
    rows_of_blocks: list[list[int]] = []
    for of_block in per_block:
        rows_of_blocks.append([summary.total for summary in of_block])
        totals = of_block if totals is None else [a + b for a, b in zip(totals, of_block, strict=True)]  # type: ignore[operator]
        _check_different_values(checks.features, totals)
    errors, fitted = ErrorList(), []
    for number, (feature, total) in enumerate(zip(checks.features, totals or [], strict=True)):
        summary: Summary = total
        if isinstance(total, ValueSummary) and feature.params.missing == "median":
            rows = [of_block[number] for of_block in rows_of_blocks]
            summary = _with_median(feature, total, rows, blocks, checks.splits, scratch)
        with errors.collect():
            fitted.append(feature.fit_counts(summary))
    errors.raise_if_any()
    if unseen := [f for f in fitted if getattr(f.params, "unseen", "other") == "fail"]:
        for _ in map_checked(partial(_check_unseen, unseen), blocks):
            pass
    return fitted


def _check_different_values(features: Sequence[Feature], totals: Iterable[BlockSummary]) -> None:
    for feature, total in zip(features, totals, strict=True):
        if isinstance(total, ValueCounts) and len(total.values) > MOST_VALUES:
            raise UserError(
                f"preprocess.columns.{feature.column}: more than {MOST_VALUES:,} different values in the training "
                "rows, too many to count in memory; use another kind, ignore, or missing: median for numbers and dates"
            )


def _check_unseen(features: Sequence[Feature], block: TableBlock) -> None:
    values, errors = block.read([feature.column for feature in features]), ErrorList()
    for feature in features:
        feature.check(values[feature.column], errors)
    errors.raise_if_any()


def _with_median(
    feature: Feature,
    total: ValueSummary,
    rows: Sequence[int],
    blocks: Sequence[TableBlock],
    splits: RowSplits,
    scratch: ScratchFolder,
) -> ValueSummary:
    """The values of all training rows are written to a file, and partly sorted there."""
    array = scratch.file(total.total, np.asarray(total.first).dtype)
    starts = np.concatenate([[0], np.cumsum(rows)]).tolist()
    for _ in map_blocks(partial(_write_values, feature, splits, array), list(zip(starts, blocks, strict=False))):
        pass
    middle = middle_of(array.open())
    return ValueSummary(total.total, total.missing, total.first, total.sum_parts, lambda: middle)


def _write_values(feature: Feature, splits: RowSplits, array: ScratchArray, at: tuple[int, TableBlock]) -> None:
    start, block = at
    found = usable_values(feature, block.read([feature.column])[feature.column][splits.rows_of(block, TRAIN)])
    array.open()[start : start + len(found)] = found
