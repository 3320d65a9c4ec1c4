"""The one entry of every stage: `python3 -m stages.<stage> <dataset>`."""

import os
import sys
from collections.abc import Callable, Sequence

from stages.core.errors import UserError
from stages.core.paths import check_key
from stages.core.runtime.unchanged_inputs import sealed

DEBUG = "--debug"


def main(stage: str, run: Callable[[str], None], words: Sequence[str] | None = None) -> None:
    """Run one stage for one dataset; a person's mistake ends in a sentence and exit 1."""
    given = list(sys.argv[1:] if words is None else words)
    debug = DEBUG in given
    keys = [w for w in given if w != DEBUG]
    with told(debug, f"{stage}@{keys[0]}" if keys else stage):
        if len(keys) != 1:
            raise UserError(f"usage: python3 -m stages.{stage} DATASET [{DEBUG}]")
        key = check_key(keys[0])
        with sealed(f"{stage}@{key}"):
            run(key)


def single(stage: str, run: Callable[[], None]) -> None:
    """The same for a stage that belongs to no dataset."""
    with told(DEBUG in sys.argv, stage), sealed(stage):
        run()


class told:
    """Turns a UserError into its sentences on standard error and exit 1; a bug keeps its traceback."""

    def __init__(self, debug: bool, where: str) -> None:
        self.debug = debug
        self.where = where

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, UserError) and not self.debug:
            for fault in error.messages:
                print(f"restage: {self.where}: {fault}", file=sys.stderr)
            sys.stderr.flush()
            raise SystemExit(1) from None


def in_experiment() -> bool:
    """DVC says so when it runs an experiment, whose parameters differ from conf/ on purpose."""
    return bool(os.environ.get("DVC_EXP_NAME"))
