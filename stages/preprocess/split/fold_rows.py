"""The rows of each fold of a backtest."""

from collections.abc import Mapping

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.core.artefacts.row_numbers import RowNumbers
from stages.core.errors import UserError, format_examples
from stages.preprocess.params import Preprocess
from stages.preprocess.split.rows_of_windows import rows_to_read
from stages.preprocess.split.split_rows import split_remaining

FoldRows = dict[str, RowNumbers]


def fold_rows(params: Preprocess, raw_sizes: Mapping[str, int]) -> list[FoldRows]:
    """Return the rows of train, validation and test of each fold, in order of time. A fold may have no validation.

    >>> split = {"order": "chronological", "validation": 2}
    >>> backtest = {"folds": 2, "step": 3, "origin": "sliding"}
    >>> params = Preprocess.model_validate({"split": split, "window": {"length": 2}, "backtest": backtest})
    >>> for rows in fold_rows(params, {"all": 16}):
    ...     print(rows)
    {'train': range(0, 8), 'validation': range(8, 10), 'test': range(10, 13)}
    {'train': range(3, 11), 'validation': range(11, 13), 'test': range(13, 16)}
    """
    if params.backtest is None:
        return []
    if len(raw_sizes) > 1:
        raise UserError(
            f"preprocess.backtest divides the rows of one series, but the data have {format_examples(raw_sizes)}, each "
            "a series of its own; use data of one split, or take backtest out"
        )
    (count,) = raw_sizes.values()
    folds, step = params.backtest.folds, params.backtest.step
    first_origin = count - folds * step
    _check_rows_before(first_origin, params, count)
    origins = range(first_origin, count, step)
    is_sliding = params.backtest.origin == "sliding"
    rows = [_split_at(origin, origin - first_origin if is_sliding else 0, params) for origin in origins]
    _check_windows(rows[0], params, raw_sizes)
    return rows


def _split_at(origin: int, first_row: int, params: Preprocess) -> FoldRows:
    assert params.backtest is not None
    before = split_remaining(params.split, range(first_row, origin), {VALIDATION: params.split.validation})
    rows = before | {TEST: range(origin, origin + params.backtest.step)}
    return {name: rows[name] for name in (TRAIN, VALIDATION, TEST) if len(rows.get(name, ()))}


def _check_rows_before(first_origin: int, params: Preprocess, count: int) -> None:
    assert params.backtest is not None
    if first_origin <= 0:
        folds, step = params.backtest.folds, params.backtest.step
        raise UserError(
            f"preprocess.backtest: {folds} folds of {step} rows need {folds * step:,} test rows, and rows before them, "
            f"but the series has {count:,}; use fewer folds or a smaller step"
        )


def _check_windows(first: FoldRows, params: Preprocess, raw_sizes: Mapping[str, int]) -> None:
    """The first fold has the fewest rows, so all folds have windows if it has."""
    window = params.window
    assert window is not None
    for name, part in rows_to_read(params, first, raw_sizes).items():
        if not window.count(len(part) - params.lookback):
            is_train = name == TRAIN
            raise UserError(
                f"preprocess.backtest: the first fold has {len(first[name])} {'training' if is_train else name} rows, "
                f"and a window needs {window.span + params.lookback if is_train else window.horizon}; use "
                + ("fewer folds, a smaller step or a shorter window" if is_train else f"a larger split.{name}")
            )
