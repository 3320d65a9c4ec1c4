"""The protocol of a kind of column. To add a kind: write a subclass and add it to the union in `registry`."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import Rows
from stages.core.artefacts.records.record import Record
from stages.core.columns.scaling_params import ScalingStep
from stages.core.columns.value_blocks import ValueBlocks

Floats = NDArray[np.float64]
# Takes the name of a scaler and the blocks of a matrix; returns the offset and scale of each column.
ScalerStatistics = Callable[[str, ValueBlocks], tuple[Floats, Floats]]


def no_scaler_statistics(scaler: str, blocks: ValueBlocks) -> tuple[Floats, Floats]:  # noqa: ARG001
    """For columns that are fitted without scalers."""
    raise ValueError(f"{scaler}: fit() needs the statistics of scalers; preprocess passes them")


class ColumnKind(Record):
    """One or several columns that form one array, with all that was learned from their training rows.

    A subclass has a field `kind: Literal[...]`, which names it in fitted.json. Preprocess calls `check` on all rows,
    `fit` on the training rows and `transform` on each split. For a new row, `check`, `transform` and `to_batch` give
    what the model was trained on. All but `fit` need NumPy alone.
    """

    # Whether `to_batch` changes the stored values, so that it has to be called for each batch.
    per_batch: ClassVar[bool] = False
    # Whether the stored rows are RaggedRows, which are sparse rows in training, and whether their ids have weights.
    sparse: ClassVar[bool] = False
    weighted: ClassVar[bool] = False
    # Whether the stored rows are SharedRows.
    shared: ClassVar[bool] = False
    # Whether id 0 is padding, which no layer takes into account.
    padded: ClassVar[bool] = False

    columns: list[str]

    @property
    def id_count(self) -> int | None:
        """The number of different ids if the stored rows are ids, which select rows of an embedding."""
        return None

    def check(self, values: Any) -> None:
        """Raise a UserError that lists the values that this kind cannot take."""

    def fit(
        self,
        values: Any,  # noqa: ARG002
        steps: Sequence[ScalingStep] = (),  # noqa: ARG002
        scaler_statistics: ScalerStatistics = no_scaler_statistics,  # noqa: ARG002
    ) -> Self:
        """Return a copy that has learned from `values`, the training rows before any transformation.

        They are ValueBlocks, or what `transform` takes, which is one block.

        `steps` are fitted after those that are fitted already, scalers among them by `scaler_statistics`. A kind that
        cannot be scaled ignores them.
        """
        return self

    @abstractmethod
    def transform(self, values: Any) -> Rows:
        """Return the values in the form in which preprocess stores them."""

    def to_batch(self, stored: Rows) -> NDArray[Any]:
        """Return stored rows in the form in which the model takes them."""
        assert isinstance(stored, np.ndarray)
        return stored.astype(np.float32, copy=False)

    def inverse(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the original values of a target from its transformed values or from predictions of them."""
        raise NotImplementedError(f"{type(self).__name__} cannot be a target")
