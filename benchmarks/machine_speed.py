"""python -m benchmarks.machine_speed full|quick

Prints the best rates of one thread as JSON. It runs in a process of its own: a process that is started by another one
begins with the peak memory of that one, so the benchmarks' own process must stay small.
"""

import json
import sys
from collections.abc import Callable
from timeit import repeat

from stages.core.runtime.bootstrap import pin_numpy

REPETITIONS = 7
# The side of the matrices, and the bytes to copy.
FULL, QUICK = (1536, 256 * 2**20), (128, 2**20)


def main(size: str) -> None:
    pin_numpy()  # before NumPy is imported
    side, copied_bytes = QUICK if size == "quick" else FULL
    print(json.dumps({"gemm": matrix_product_rate(side), "copy": copy_rate(copied_bytes)}))


def matrix_product_rate(side: int) -> float:
    """Floating-point operations per second of a product of square float32 matrices."""
    import numpy as np

    a, b = np.random.default_rng(0).random((2, side, side), np.float32)
    product = np.empty_like(a)
    return 2 * side**3 / _best_time(lambda: np.matmul(a, b, out=product))


def copy_rate(size: int) -> float:
    """Bytes read and written per second."""
    import numpy as np

    source = np.ones(size, np.uint8)
    target = np.zeros_like(source)
    return 2 * size / _best_time(lambda: np.copyto(target, source))


def _best_time(function: Callable[[], object]) -> float:
    return min(repeat(function, number=1, repeat=REPETITIONS))


if __name__ == "__main__":
    main(*sys.argv[1:])
