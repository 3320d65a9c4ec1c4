"""Processed data: what a model is trained on, by split."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, ProcessedData
from stages.core.artefacts.row_numbers import as_array
from stages.core.errors import UserError, suggest
from stages.notebook.notebook_errors import raises_error


class ProcessedRows:
    """The samples of a split: inputs as the model takes them, and what it is to predict."""

    def __init__(self, processed: ProcessedData, split: str) -> None:
        self._processed, self._split = processed, split

    def __len__(self) -> int:
        return self._processed.sample_count(self._split)

    @property
    def inputs(self) -> dict[str, NDArray[Any]]:
        """All inputs by name, expanded in memory."""
        return self._processed.inputs(self._split)

    @property
    def targets(self) -> dict[str, NDArray[Any]]:
        """The targets by name, as the model is trained on them: encoded or scaled."""
        return self._processed.targets(self._split)

    @property
    def truth(self) -> dict[str, NDArray[Any]]:
        """The targets by name, as names of classes or as values in their own unit."""
        return {name: self._named(name, values) for name, values in self._processed.truth(self._split).items()}

    @property
    def rows(self) -> NDArray[np.int64]:
        """The raw row of each sample; with windows, that of its last target."""
        return as_array(self._processed.raw_row_numbers(self._split))

    @property
    def weights(self) -> NDArray[np.float32] | None:
        """The weight of each sample; None if samples have no weights."""
        return self._processed.weights(self._split)

    @raises_error
    def inverse(self, target: str, outputs: NDArray[Any]) -> NDArray[Any]:
        """Names of classes, or values in their own unit, from the target or from the model's output for all samples.

        The class is the one with the highest output, without the threshold that predictions use.
        """
        spec = self._processed.fitted.targets.get(target)
        if spec is None:
            raise UserError(f"target {target}: {suggest(target, [*self._processed.fitted.targets])}")
        # Class numbers have one axis; outputs of the model have one for the classes too, whatever the encoding.
        if spec.classes is not None and np.ndim(outputs) > 1:
            return self._named(target, np.argmax(outputs, axis=-1))
        return self._named(target, self._processed.invert(target, self._split, np.asarray(outputs)))

    def __repr__(self) -> str:
        shapes = [f"{name} {tuple(spec.shape)}" for name, spec in self._processed.fitted.inputs.items()]
        targets = ", ".join(self._processed.fitted.targets)
        return f"<{self._split}: {len(self):,} samples; inputs {', '.join(shapes)}; targets {targets}>"

    def _named(self, target: str, values: NDArray[Any]) -> NDArray[Any]:
        classes = self._processed.fitted.targets[target].classes
        return values if classes is None else np.array(classes)[values]


class Processed(Mapping[str, ProcessedRows]):
    """The samples by split, such as `processed["test"]`. Splits without samples are left out."""

    def __init__(self, processed: ProcessedData) -> None:
        self._processed = processed
        self._splits = [split for split in (TRAIN, VALIDATION, TEST) if processed.has_split(split)]

    @property
    def classes(self) -> dict[str, list[str]]:
        """The names of the classes of each target that has classes."""
        targets = self._processed.fitted.targets
        return {name: spec.classes for name, spec in targets.items() if spec.classes is not None}

    @property
    def input_columns(self) -> dict[str, list[str]]:
        """The raw columns of each input."""
        return {name: spec.columns for name, spec in self._processed.fitted.inputs.items()}

    def __getitem__(self, split: str) -> ProcessedRows:
        if split not in self._splits:
            raise KeyError(f"{split}: {suggest(split, self._splits)}")
        return ProcessedRows(self._processed, split)

    def __iter__(self) -> Iterator[str]:
        return iter(self._splits)

    def __len__(self) -> int:
        return len(self._splits)

    def __repr__(self) -> str:
        return f"<processed: {', '.join(f'{split} {len(rows):,}' for split, rows in self.items())}>"
