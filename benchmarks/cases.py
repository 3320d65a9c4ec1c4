"""What is compared, and how large it is. The shapes are those of the real data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from stages.core.errors import ErrorList, suggest

SideName = Literal["tutorial", "ours", "any instructions", "any cores"]
SIDES: tuple[SideName, SideName] = ("tutorial", "ours")


@dataclass(frozen=True)
class Case:
    """`rows` are trained on (or predicted, or seen through windows) once an epoch; a round is `each` epochs.

    `widths` are those of a dense model from its input to its output, for counting operations. `epochs` is how long
    the tutorial trains. `passes` is how often a step of the optimizer reads or writes all parameters: Adam reads
    them, their gradients and two moments and writes three of these, RMSprop has one moment. `threads` are ours, as
    conf/ gives them: two to large layers.
    """

    about: str
    rows: int
    validating: int = 0
    batch: int = 32
    epochs: int = 1
    each: int = 1
    widths: tuple[int, ...] = ()
    passes: int = 7
    threads: int = 1
    trains: bool = True

    @property
    def operations(self) -> int:
        """Floating-point operations of an epoch; 0 where they are not easily counted.

        Forward one product a layer, backward two, but nobody asks for the gradient of the input.
        """
        products = [2 * a * b for a, b in pairwise(self.widths)]
        forward = sum(products)
        backward = 2 * forward - products[0] if products and self.trains else 0
        return self.rows * (forward + backward) + self.validating * forward

    def moved(self, parameters: int) -> int:
        """Bytes that an epoch's steps of the optimizer read and write; 0 where the products are not counted either."""
        steps = -(-self.rows // self.batch) if self.widths and self.trains else 0
        return steps * self.passes * 4 * parameters

    @property
    def quick(self) -> "Case":
        """Enough to see that it works."""
        few, held_out = min(self.rows, 300), min(self.validating, 50)
        return replace(self, rows=few, validating=held_out, epochs=min(self.epochs, 2), each=1)


CASES: dict[str, Case] = {
    "mnist_mlp": Case("MNIST, dense 128-128", 60_000, epochs=5, widths=(784, 128, 128, 10)),
    "mnist_dense": Case("MNIST, dense 512-512", 60_000, epochs=5, widths=(784, 512, 512, 10), threads=2),
    "fashion": Case(
        "Fashion-MNIST, dense 1024-512-256-128-64",
        60_000,
        validating=10_000,
        batch=64,
        epochs=20,
        widths=(784, 1024, 512, 256, 128, 64, 10),
        threads=2,
    ),
    "reuters": Case(
        "Reuters, 10,000 words multi-hot, dense 64-64",
        7_982,
        validating=1_000,
        batch=512,
        epochs=20,
        widths=(10_000, 64, 64, 46),
        passes=5,
    ),
    "iris": Case(
        "Iris, dense 512-256-128-64-32",
        120,
        validating=30,
        batch=10,
        epochs=20,
        each=20,
        widths=(4, 512, 256, 128, 64, 32, 3),
    ),
    "line": Case("A line through ten points, full batch", 10, epochs=500, each=100),
    "simple_rnn": Case("Windows of 20 days, SimpleRNN 32", 3_000, epochs=10, each=2),
    "lstm": Case("Windows of 20 days, LSTM 32", 3_000, epochs=10, each=2),
    "gru": Case("Windows of 20 days, GRU 32", 3_000, epochs=10, each=2),
    "transformer": Case("Windows of 20 days, one encoder of two heads", 3_000, epochs=10, each=2),
    "cnn": Case("Pictures of 28x28, a fifth of MNIST, convolutions 32 and 64", 12_000, batch=128, epochs=5, threads=2),
    "windows": Case("10 million points seen through windows of 50: to the first batch", 10_000_000, trains=False),
    "predict": Case("Predicting 10,000 pictures, dense 128-128", 10_000, widths=(784, 128, 128, 10), trains=False),
}


def chosen(names: Sequence[str]) -> list[str]:
    """In the order of the table, all of them when none is named."""
    errors = ErrorList()
    for name in names:
        errors.check(name in CASES, f"--case: no case {name!r}; {suggest(name, list(CASES))}")
    errors.raise_if_any()
    return [name for name in CASES if not names or name in names]
