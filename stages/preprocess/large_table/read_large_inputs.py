"""The inputs of a large table: the kind of each column, checked, with what its features learn from training rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN
from stages.core.artefacts.raw.raw_data import Table
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.bounded_memory.scratch_arrays import ScratchArray, ScratchFolder
from stages.core.columns.column_params import InputParams, NumberParams, PictureParams, TextParams
from stages.core.columns.features.coded_values import ColumnValues, plain_array
from stages.core.columns.features.date_feature import DateFeature
from stages.core.columns.features.feature import Feature, Summary
from stages.core.columns.features.number_feature import NumberFeature
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.features.value_counts import ValueCounts
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.columns.registry import Column
from stages.core.columns.scaling_params import Scaler
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
from stages.preprocess.large_table.blocks.check_numbers import are_numbers, refuse_columns
from stages.preprocess.large_table.blocks.map_checked import map_checked
from stages.preprocess.large_table.blocks.row_splits import SPLITS, RowSplits
from stages.preprocess.large_table.blocks.table_block import TableBlock
from stages.preprocess.large_table.blocks.training_blocks import training_blocks
from stages.preprocess.large_table.infer_large_kinds import infer_large_kinds
from stages.preprocess.large_table.summary_of_values import ValueSummary, middle_of, summarize, usable_values
from stages.preprocess.params import Preprocess
from stages.preprocess.scaler_statistics import Moments

# More different values than this are not counted in memory.
MOST_VALUES = 2_000_000
FeatureSummary = ValueCounts | ValueSummary
# The moments of columns of numbers; None for one with gaps, whose values are known when these are filled.
MomentsOfColumns = dict[str, Moments | None]


@dataclass(frozen=True)
class _BlockSummary:
    features: list[FeatureSummary]
    moments: MomentsOfColumns


@dataclass(frozen=True)
class _Checks:
    """What the rows of all splits are checked for, and what is counted in the training rows.

    Moments are calculated in the same pass if the first step of `steps` needs them, so that numbers are read once less.
    """

    numbers: Sequence[str]
    features: Sequence[Feature]
    texts: Sequence[TextColumn]
    private: Collection[str]
    splits: RowSplits
    with_moments: bool

    def check_and_count(self, block: TableBlock) -> _BlockSummary:
        rows, errors = self.splits.rows_of(block, TRAIN), ErrorList()
        moments = self._check_numbers(block, rows, errors)
        summaries: list[FeatureSummary] = []
        for feature in self.features:
            values = block.column(feature.column)
            feature.check(values, errors)
            summary = self._summary(feature, values.take(rows))
            if isinstance(summary, ValueSummary) and len(rows):
                moments[feature.column] = summary.moments
            summaries.append(summary)
        for text in self.texts:
            with errors.collect():
                text.check(TableValues({text.column: block.column(text.column)}))
        errors.raise_if_any()
        return _BlockSummary(summaries, moments)

    def _check_numbers(self, block: TableBlock, rows: NDArray[np.int64], errors: ErrorList) -> MomentsOfColumns:
        wrong: list[str] = []
        moments: MomentsOfColumns = {}
        for column in self.numbers:
            values = block.column(column)
            if not are_numbers(values):
                wrong.append(column)
            elif self.with_moments and len(rows):
                moments[column] = Moments.of(plain_array(values.take(rows))[:, None].astype(np.float64, copy=False))
        with errors.collect():
            refuse_columns(wrong, self.private, block)
        return moments

    def _summary(self, feature: Feature, values: ColumnValues) -> FeatureSummary:
        return summarize(feature, self.with_moments, values) if _is_summarized(feature) else feature.count(values)


@dataclass(frozen=True)
class LargeInputs:
    """The columns of each input as `read_table_inputs` returns them, without their values, and the known moments."""

    columns: dict[str, Column]
    moments: Mapping[str, Moments]


def read_large_inputs(
    table: Table,
    inputs: Mapping[str, Sequence[str]],
    params: Preprocess,
    blocks: Sequence[TableBlock],
    splits: RowSplits,
    scratch: ScratchFolder,
) -> LargeInputs:
    kinds = _kinds(table, [*chain.from_iterable(inputs.values())], params, blocks, splits)
    columns = _columns_of_kinds(kinds, inputs, params, table.private)
    checks = _Checks(
        columns.numbers, columns.features, columns.texts, set(table.private), splits, _begins_with_moments(params)
    )
    fitted, moments = _fit_features(checks, blocks, scratch)
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
    return LargeInputs(arrays, moments)


def _begins_with_moments(params: Preprocess) -> bool:
    first = next(iter(params.input_steps.rows), None)
    return isinstance(first, Scaler) and first.step == "standard"


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
    check_forward(kinds, is_series=table.kind == "series")
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


def _fit_features(
    checks: _Checks, blocks: Sequence[TableBlock], scratch: ScratchFolder
) -> tuple[list[Feature], dict[str, Moments]]:
    if not (checks.features or checks.numbers or checks.texts):
        return [], {}
    totals: list[FeatureSummary] | None = None
    rows_of_blocks: list[list[int]] = []
    moments: MomentsOfColumns = {}
    for of_block in map_checked(checks.check_and_count, blocks):
        summaries = of_block.features
        rows_of_blocks.append([summary.total for summary in summaries])
        totals = summaries if totals is None else [a + b for a, b in zip(totals, summaries, strict=True)]  # type: ignore[operator]
        _check_different_values(checks.features, totals)
        _add_moments(moments, of_block.moments)
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
    return fitted, {column: known for column, known in moments.items() if known is not None}


def _add_moments(total: MomentsOfColumns, of_block: MomentsOfColumns) -> None:
    for column, moments in of_block.items():
        before = total.get(column, moments)
        if before is None or moments is None:
            total[column] = None
        else:
            total[column] = before + moments if column in total else moments


def _check_different_values(features: Sequence[Feature], totals: Iterable[FeatureSummary]) -> None:
    for feature, total in zip(features, totals, strict=True):
        if isinstance(total, ValueCounts) and len(total.values) > MOST_VALUES:
            raise UserError(
                f"preprocess.columns.{feature.column}: more than {MOST_VALUES:,} different values in the training "
                "rows, too many to count in memory; use another kind, ignore, or missing: median for numbers and dates"
            )


def _check_unseen(features: Sequence[Feature], block: TableBlock) -> None:
    values, errors = block.read([feature.column for feature in features]), ErrorList()
    for feature in features:
        feature.check(values.columns[feature.column], errors)
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
    found = usable_values(feature, block.column(feature.column)[splits.rows_of(block, TRAIN)])
    array.open()[start : start + len(found)] = found
