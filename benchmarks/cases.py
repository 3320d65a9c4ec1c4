"""The sides and the cases: which models and data are compared, and their size. Shapes are those of the real data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from stages.core.errors import ErrorList, suggest

# "all instructions" and "all cores" are our side without some of its reproducible settings (studies.determinism_cost).
SideName = Literal["tutorial", "ours", "all instructions", "all cores"]
SIDES: tuple[SideName, SideName] = ("tutorial", "ours")
Size = Literal["full", "quick"]

SIDE_SETTINGS: dict[SideName, str] = {
    "tutorial": "TensorFlow's defaults: all cores, the newest instructions of the processor",
    "ours": "one thread, two for large layers; AVX2 at most, deterministic kernels: the same bits on every machine",
}


@dataclass(frozen=True)
class Case:
    """A model and its data.

    - `rows`: training rows, rows to predict, or points of a series
    - `epochs`: how long the tutorial trains
    - `epochs_per_round`: how many epochs one measured round has
    - `widths`: the layers of a dense model from input to output, to count its operations; empty: not counted
    - `optimizer_passes`: how often one step of the optimizer reads or writes all parameters. Adam reads parameters,
      gradients and two moments, and writes three of them; RMSprop has one moment.
    - `threads`: those of our side, as in conf/: two for large layers
    """

    description: str
    rows: int
    validation_rows: int = 0
    batch_size: int = 32
    epochs: int = 1
    epochs_per_round: int = 1
    widths: tuple[int, ...] = ()
    optimizer_passes: int = 7
    threads: int = 1
    trains: bool = True

    @property
    def operations(self) -> int:
        """Floating-point operations of an epoch; 0 if they are not counted.

        Each layer has one product in the forward pass and two in the backward pass, but the first layer needs no
        gradient of its input.
        """
        products = [2 * a * b for a, b in pairwise(self.widths)]
        forward = sum(products)
        backward = 2 * forward - products[0] if products and self.trains else 0
        return self.rows * (forward + backward) + self.validation_rows * forward

    def optimizer_bytes(self, parameters: int) -> int:
        """Bytes that the optimizer reads and writes in an epoch; 0 if operations are not counted."""
        steps = -(-self.rows // self.batch_size) if self.widths and self.trains else 0
        return steps * self.optimizer_passes * 4 * parameters

    @property
    def quick(self) -> "Case":
        """The same case with little data."""
        return replace(
            self,
            rows=min(self.rows, 300),
            validation_rows=min(self.validation_rows, 50),
            epochs=min(self.epochs, 2),
            epochs_per_round=1,
        )


CASES: dict[str, Case] = {
    "mnist_mlp": Case("MNIST, dense 128-128", 60_000, epochs=5, widths=(784, 128, 128, 10)),
    "mnist_dense": Case("MNIST, dense 512-512", 60_000, epochs=5, widths=(784, 512, 512, 10), threads=2),
    "fashion": Case(
        "Fashion-MNIST, dense 1024-512-256-128-64",
        60_000,
        validation_rows=10_000,
        batch_size=64,
        epochs=20,
        widths=(784, 1024, 512, 256, 128, 64, 10),
        threads=2,
    ),
    "reuters": Case(
        "Reuters, 10,000 words multi-hot, dense 64-64",
        7_982,
        validation_rows=1_000,
        batch_size=512,
        epochs=20,
        widths=(10_000, 64, 64, 46),
        optimizer_passes=5,
    ),
    "iris": Case(
        "Iris, dense 512-256-128-64-32",
        120,
        validation_rows=30,
        batch_size=10,
        epochs=20,
        epochs_per_round=20,
        widths=(4, 512, 256, 128, 64, 32, 3),
    ),
    "line": Case("A line through ten points, full batch", 10, epochs=500, epochs_per_round=100),
    "simple_rnn": Case("Windows of 20 days, SimpleRNN 32", 3_000, epochs=10, epochs_per_round=2),
    "lstm": Case("Windows of 20 days, LSTM 32", 3_000, epochs=10, epochs_per_round=2),
    "gru": Case("Windows of 20 days, GRU 32", 3_000, epochs=10, epochs_per_round=2),
    "conv1d": Case("Windows of 20 days, a convolution with 32 filters", 3_000, epochs=10, epochs_per_round=2),
    "transformer": Case("Windows of 20 days, one encoder with two heads", 3_000, epochs=10, epochs_per_round=2),
    "nlinear": Case("Windows of 20 days, nlinear", 3_000, epochs=10, epochs_per_round=2),
    "dlinear": Case("Windows of 20 days, dlinear", 3_000, epochs=10, epochs_per_round=2),
    "cnn": Case("A fifth of MNIST, convolutions 32 and 64", 12_000, batch_size=128, epochs=5, threads=2),
    "embedding": Case("A column of 500 categories, embedding 32, dense 64", 12_000, epochs=10, epochs_per_round=2),
    "windows": Case("10 million points in windows of 50, up to the first batch", 10_000_000, trains=False),
    "predict": Case("Predicting 10,000 images, dense 128-128", 10_000, widths=(784, 128, 128, 10), trains=False),
}


def get_case(name: str, size: Size) -> Case:
    return CASES[name].quick if size == "quick" else CASES[name]


def select_cases(names: Sequence[str]) -> list[str]:
    """Return the named cases, or all if none is named, in the order of the table.

    Raises UserError with every unknown name.
    """
    errors = ErrorList()
    for name in names:
        errors.check(name in CASES, f"--case: no case {name!r}; {suggest(name, list(CASES))}")
    errors.raise_if_any()
    return [name for name in CASES if not names or name in names]
