"""python -m tests.inference.serve.serve_small_model PORT: the server of a small model, in a process of its own."""

import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.run_stage.stage import report_user_errors
from stages.inference.serve.create_app import create_app
from stages.inference.serve.options import ServeOptions
from stages.inference.serve.run_server import run_server
from tests.inference.serve.small_models import SIZES, run_sizes, sizes_predictor

SLOW_LENGTH = 9.0
SLOW_SECONDS = 1.5


def run_slowly(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    if (inputs["x"][:, 0] == SLOW_LENGTH).any():
        print("a slow answer", flush=True)
        time.sleep(SLOW_SECONDS)
    return run_sizes(inputs)


if __name__ == "__main__":
    options = ServeOptions(port=int(sys.argv[1]))
    with report_user_errors("serve", debug=False):
        run_server(create_app(SIZES, sizes_predictor(run_slowly), options, {}), options)
