"""Runs a stage: reads the command line, reports user errors, and gives the stage its outputs to write."""

import os
import sys
from collections.abc import Callable, Sequence

from stages.core.errors import UserError
from stages.core.paths import check_key
from stages.core.runtime.stage_outputs import StageOutputs
from stages.core.runtime.transaction import stage_transaction

DEBUG = "--debug"


def run_stage(stage: str, run: Callable[[str, StageOutputs], None], argv: Sequence[str] | None = None) -> None:
    """Run a stage for the dataset that the command line names: `python3 -m stages.<stage> <dataset>`."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    keys = [argument for argument in arguments if argument != DEBUG]
    with report_user_errors(f"{stage}@{keys[0]}" if keys else stage, debug=DEBUG in arguments):
        if len(keys) != 1:
            raise UserError(f"usage: python3 -m stages.{stage} DATASET [{DEBUG}]")
        key = check_key(keys[0])
        with stage_transaction(f"{stage}@{key}") as outputs:
            run(key, outputs)


def run_single_stage(stage: str, run: Callable[[StageOutputs], None]) -> None:
    """Run a stage that belongs to no dataset."""
    with report_user_errors(stage, debug=DEBUG in sys.argv), stage_transaction(stage) as outputs:
        run(outputs)


class report_user_errors:
    """Print the messages of a UserError to standard error and exit with 1. A bug keeps its traceback.

    With `debug` a UserError keeps its traceback too.
    """

    def __init__(self, where: str, debug: bool) -> None:
        self.where = where
        self.debug = debug

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, UserError) and not self.debug:
            for message in error.messages:
                print(f"restage: {self.where}: {message}", file=sys.stderr)
            sys.stderr.flush()
            raise SystemExit(1) from None


def in_experiment() -> bool:
    """Whether DVC runs this stage in an experiment, where parameters differ from conf/ on purpose."""
    return bool(os.environ.get("DVC_EXP_NAME"))
