"""Transform the rows of a split with the fitted columns."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import InputSpec, ProcessedSplit, TargetSpec, target_stored_in_input
from stages.core.artefacts.row_numbers import RowNumbers, take_rows
from stages.preprocess.read_columns import RawColumns


def transform_columns(
    columns: RawColumns, inputs: Mapping[str, InputSpec], targets: Mapping[str, TargetSpec], rows: RowNumbers
) -> ProcessedSplit:
    stored = {
        name: spec.column.transform(take_rows(columns.inputs[name].values, rows)) for name, spec in inputs.items()
    }

    def transform_target(name: str, spec: TargetSpec) -> NDArray[Any]:
        if spec.stored_in_input is not None:
            return target_stored_in_input(spec, inputs, stored)
        transformed = spec.column.transform(take_rows(columns.targets[name].values, rows))
        assert isinstance(transformed, np.ndarray)
        return transformed

    return ProcessedSplit(stored, {name: transform_target(name, spec) for name, spec in targets.items()}, rows)
