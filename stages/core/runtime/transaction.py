"""A stage as a transaction: its inputs stay the same while it runs, and its outputs appear together or not at all.

DVC hashes the dependencies when a stage has ended. Without this, an output that was made from the old content of an
edited file would be recorded together with its new content (dvc#11058).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from stages.core.artefacts.records.suite_datasets import read_suite
from stages.core.dvc.pipeline_file import PIPELINE, read_pipeline, stage_declaration
from stages.core.runtime.library_versions import check_locked_versions
from stages.core.runtime.output_lock import lock_outputs
from stages.core.runtime.stage_outputs import StageOutputs, published_outputs
from stages.core.runtime.unchanged_inputs import InputSnapshot


@contextmanager
def stage_transaction(stage: str) -> Iterator[StageOutputs]:
    """Yield the outputs that the stage writes.

    They are published if the stage succeeds and its inputs (code, data, parameters, library versions) are the same as
    at its start. Another process cannot make the same outputs meanwhile. Without a dvc.yaml there is no record to
    protect, and outputs are just published.
    """
    if not PIPELINE.exists() and "DVC_STAGE" not in os.environ:
        with published_outputs() as outputs:
            yield outputs
        return
    name = os.environ.get("DVC_STAGE", stage)
    declaration = stage_declaration(name, read_pipeline(), lambda: read_suite().suite)
    check_locked_versions(declaration.deps)
    with lock_outputs(name, declaration.outputs):
        snapshot = InputSnapshot(declaration)
        with published_outputs(snapshot.check) as outputs:
            yield outputs
