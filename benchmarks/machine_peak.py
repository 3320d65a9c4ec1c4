"""python3 -m benchmarks.machine_peak full|quick

What this machine can do at best, on our terms: one thread, float32. In a process of its own, since the memory
that a process took before it starts another one is counted as the other one's too.
"""

import json
import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

TRIES = 7
FULL, QUICK = (1536, 256 * 2**20), (128, 2**20)


def main(size: str) -> None:
    side, copied = QUICK if size == "quick" else FULL
    print(json.dumps({"gemm": gemm(side), "copy": copy(copied)}))


def gemm(side: int) -> float:
    """Floating-point operations a second of a product of square matrices."""
    a, b = np.random.default_rng(0).random((2, side, side), np.float32)
    product = np.empty_like(a)
    return 2 * side**3 / _best(lambda: np.matmul(a, b, out=product))


def copy(size: int) -> float:
    """Bytes a second, read and written."""
    source = np.ones(size, np.uint8)
    target = np.zeros_like(source)
    return 2 * size / _best(lambda: np.copyto(target, source))


def _best(once: Callable[[], object]) -> float:
    return min(_seconds(once) for _ in range(TRIES))


def _seconds(once: Callable[[], object]) -> float:
    began = perf_counter()
    once()
    return perf_counter() - began


if __name__ == "__main__":
    main(*sys.argv[1:])
