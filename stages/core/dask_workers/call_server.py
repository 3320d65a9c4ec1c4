"""`python3 -m stages.core.dask_workers.call_server`: calls functions until its input ends.

A line of input has a function without arguments, in the form in which Dask sends it; a line of output has its result,
or its error.
"""

import os
import sys
import traceback
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    # Before Dask, which loads NumPy.
    prepare_process()

from distributed.protocol import deserialize_bytes, serialize_bytes

from stages.core.dask_workers.call_answer import CallAnswer
from stages.core.errors import UserError
from stages.core.runtime.parent_process import end_with_parent


def answer(function: Callable[[], Any]) -> CallAnswer[Any]:
    try:
        return CallAnswer(result=(function(),))
    except UserError as error:
        return CallAnswer(messages=error.messages)
    except Exception:  # noqa: BLE001 - the caller raises it
        return CallAnswer(failure=traceback.format_exc())


def main() -> None:
    end_with_parent(os.getppid())
    answers = os.fdopen(os.dup(1), "wb")
    # What functions print goes to the log.
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        answers.write(b64encode(serialize_bytes(answer(deserialize_bytes(b64decode(line))))) + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
