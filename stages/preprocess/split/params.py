"""The parameters of the split and of the backtest."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.core.artefacts.windows import Window
from stages.core.parameters.params import Params

Fraction = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=0)]
SplitSize = Fraction | Count | Literal["given"]
KeyColumns = Annotated[list[str], Field(min_length=1)]
IN_ORDER = ("chronological", "test_first")


class Split(Params):
    """The size of test and validation: a fraction, a number of rows, or `given` for the split in the raw data.

    - `shuffled`: rows are drawn. With a column of kind `group`, whole groups are drawn, and the sizes are as near as
      the groups allow.
    - `stratified`: the same, and each split has about the same share of each class.
    - `chronological`: test and validation are the last rows, with `test_first` the first ones. Without `by`, the rows
      are in the order of time already. `by` is a column of dates or numbers to order them by; rows with the same value
      are in one split.
    - `hash`: a row's split depends on the values of its `key` (one or several columns) and on `seed`, so that new rows
      never move others. Sizes are fractions, which are reached about.
    """

    test: SplitSize = 0
    validation: SplitSize = 0
    order: Literal["shuffled", "stratified", "chronological", "test_first", "hash"] = "shuffled"
    by: str | None = None
    key: str | KeyColumns | None = None
    seed: int = Field(default=0, ge=0)

    @property
    def keys(self) -> list[str]:
        """The columns of the key."""
        return [self.key] if isinstance(self.key, str) else self.key or []

    @property
    def _received_order(self) -> str:
        return (
            f"received order {self.order}"
            if "order" in self.model_fields_set
            else "there is no order, which is shuffled then"
        )

    @model_validator(mode="after")
    def _check_sum(self) -> Self:
        fractions = [size for size in (self.test, self.validation) if isinstance(size, float)]
        if len(fractions) == 2 and sum(fractions) >= 1:
            raise ValueError(f"test {self.test} and validation {self.validation} leave no rows to train on")
        return self

    @model_validator(mode="after")
    def _check_columns(self) -> Self:
        if self.by is not None and self.order not in IN_ORDER:
            raise ValueError(f"by needs order chronological or test_first; {self._received_order}")
        if self.key is not None and self.order != "hash":
            raise ValueError(f"key needs order hash; {self._received_order}")
        if self.order == "hash" and self.key is None:
            raise ValueError("order hash needs key, the column or columns that identify a row, as in `key: id`")
        if repeated := sorted({name for name in self.keys if self.keys.count(name) > 1}):
            raise ValueError(f"key names {', '.join(repeated)} more than once")
        return self

    @model_validator(mode="after")
    def _check_sizes_of_hash(self) -> Self:
        for name, size in (("test", self.test), ("validation", self.validation)):
            if self.order == "hash" and isinstance(size, int) and size:
                raise ValueError(
                    f"order hash takes fractions, since a number of rows would move rows when others are added; "
                    f"received {name}: {size}"
                )
        return self


class Backtest(Params):
    """Tests of models that know only the rows up to an origin, which moves on through the series.

    The last `folds` * `step` rows are the test rows, `step` rows of each fold. A fold has scalers and a model of its
    own. They know the rows before its test rows: all of them with `origin: expanding`, and with `sliding` as many as
    the first fold has. The last of these are validation rows, as `split.validation` says.
    """

    folds: int = Field(ge=2, le=100)
    step: int = Field(ge=1)
    origin: Literal["expanding", "sliding"] = "expanding"


def check_backtest(backtest: Backtest | None, split: Split, window: Window | None) -> None:
    """Raise ValueError if the split or the window do not allow it."""
    if backtest is None:
        return
    if window is None:
        raise ValueError("backtest is for windows of a series; set preprocess.window, or take backtest out")
    if split.order != "chronological":
        raise ValueError(
            "backtest needs split.order chronological, since the test rows of a fold come after its training rows; "
            f"received order {split.order}"
        )
    if given := [name for name, size in (("test", split.test), ("validation", split.validation)) if size == "given"]:
        raise ValueError(
            f"backtest divides the rows of one series, but split.{given[0]} is given, which is a series of its own; "
            "use a number of rows or a fraction, or take backtest out"
        )
    if backtest.step < window.horizon:
        raise ValueError(
            f"backtest.step {backtest.step} is less than window.horizon {window.horizon}, so the test rows of a fold "
            f"have no forecast; use a step of {window.horizon} or more"
        )
