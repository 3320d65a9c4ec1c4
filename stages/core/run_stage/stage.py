"""Runs a stage: reads the command line, reports user errors, and runs the stage as a transaction."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from stages.core.artefacts.records.suite_datasets import read_suite
from stages.core.bounded_memory.memory_limit import end_over_memory_limit
from stages.core.dvc.lock_file.lock_file import back_up_lock_file
from stages.core.dvc.pipeline_file import PIPELINE, read_pipeline, stage_declaration
from stages.core.errors import UserError
from stages.core.paths import check_key
from stages.core.run_stage.check_recorded_inputs import check_inputs_as_recorded
from stages.core.run_stage.output_lock import lock_outputs
from stages.core.run_stage.stage_outputs import StageOutputs, published_outputs
from stages.core.run_stage.unchanged_inputs import InputSnapshot
from stages.core.runtime.library_versions import check_locked_versions

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


@contextmanager
def stage_transaction(stage: str) -> Iterator[StageOutputs]:
    """Yield the outputs that the stage writes; they appear together or not at all.

    They are published if the stage succeeds and its inputs (code, data, parameters, library versions) are the same as
    at its start: DVC hashes the dependencies when a stage has ended, so it would record an output that was made from
    the old content of an edited file together with the new content (dvc#11058).
    Run by DVC, the stage refuses inputs that are not what dvc.lock records.
    Another process cannot make the same outputs meanwhile. Without a dvc.yaml there is no record to protect, and
    outputs are just published.
    """
    if not PIPELINE.exists() and "DVC_STAGE" not in os.environ:
        with published_outputs() as outputs:
            yield outputs
        return
    name = os.environ.get("DVC_STAGE", stage)
    declaration = stage_declaration(name, read_pipeline(), lambda: read_suite().suite)
    check_locked_versions(declaration.deps)
    end_over_memory_limit(name)
    with lock_outputs(name, declaration.outputs):
        snapshot = InputSnapshot(declaration)
        if "DVC_STAGE" in os.environ:
            back_up_lock_file()
            check_inputs_as_recorded(declaration.deps, snapshot.md5s)
        with published_outputs(snapshot.check) as outputs:
            yield outputs


@contextmanager
def report_user_errors(where: str, debug: bool, code: int = 1) -> Iterator[None]:
    """Print the messages of a UserError to standard error and exit with this code. A bug keeps its traceback.

    With `debug` a UserError keeps its traceback too.
    """
    try:
        yield
    except UserError as error:
        if debug:
            raise
        for message in error.messages:
            print(f"restage: {where}: {message}", file=sys.stderr)
        sys.stderr.flush()
        raise SystemExit(code) from None


def in_experiment() -> bool:
    """Whether DVC runs this stage in an experiment, where parameters differ from conf/ on purpose."""
    return bool(os.environ.get("DVC_EXP_NAME"))
