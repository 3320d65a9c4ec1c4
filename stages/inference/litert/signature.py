"""The inputs and outputs of a LiteRT model, and whether they are those of the fitted columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from stages.core.artefacts.processed import Fitted
from stages.core.errors import ErrorList

# The name under which a LiteRT file lists its inputs and outputs.
SIGNATURE = "serving_default"
ADVICE = "the model and fitted.json should be of the same export"


@dataclass(frozen=True)
class Tensor:
    """`rows` is None for any number of rows, and `shape` that of one row."""

    index: int
    dtype: str
    rows: int | None
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.dtype} {list(self.shape)}"


def signature_of(interpreter: Any) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The inputs and the outputs by name.

    An interpreter does not run while one of its arrays, or its runner of a signature, is held: none is kept.
    """
    runner = interpreter.get_signature_runner(SIGNATURE)
    return _tensors(runner.get_input_details()), _tensors(runner.get_output_details())


def _tensors(details: Mapping[str, Any]) -> dict[str, Tensor]:
    described = {}
    for name, detail in details.items():
        rows, *shape = (int(size) for size in detail["shape_signature"])
        dtype = np.dtype(detail["dtype"]).name
        described[name] = Tensor(detail["index"], dtype, None if rows < 0 else rows, tuple(shape))
    return described


def check_signature(inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor], fitted: Fitted) -> None:
    """Raise UserError unless the inputs and outputs of a model are those of the fitted columns."""
    taken = [f"{name} ({tensor})" for name, tensor in sorted(inputs.items())]
    expected = [
        f"{name} ({'int32' if spec.id_count else 'float32'} {spec.shape})"
        for name, spec in sorted(fitted.inputs.items())
    ]
    given, targets = sorted(outputs), sorted(fitted.targets)
    errors = ErrorList()
    errors.check(taken == expected, f"takes {', '.join(taken)}, but fitted.json has {', '.join(expected)}; {ADVICE}")
    errors.check(given == targets, f"gives {', '.join(given)}, but fitted.json has {', '.join(targets)}; {ADVICE}")
    errors.raise_if_any()
