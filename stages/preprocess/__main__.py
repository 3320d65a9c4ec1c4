"""`python3 -m stages.preprocess DATASET`: raw data become arrays for each split."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core import paths
from stages.core.artefacts.processed import write_processed
from stages.core.artefacts.raw_files import read_raw
from stages.core.params import stage_params
from stages.core.runtime.stage import run_stage
from stages.core.runtime.stage_outputs import StageOutputs
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess


def run(key: str, outputs: StageOutputs) -> None:
    params: Preprocess = stage_params(Preprocess, key, "preprocess")
    processed = preprocess(read_raw(paths.raw_data(key)), params)
    with outputs.folder(paths.processed_data(key)) as folder:
        write_processed(processed, folder)


if __name__ == "__main__":
    run_stage("preprocess", run)
