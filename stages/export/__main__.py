"""`python3 -m stages.export DATASET`: the model as a folder that needs nothing of this repository."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core import paths
from stages.core.run_stage.stage import run_stage
from stages.core.run_stage.stage_outputs import StageOutputs
from stages.core.runtime.keras import start_keras
from stages.export.dataset_inputs import read_dataset_inputs
from stages.export.write_export import write_export


def run(key: str, outputs: StageOutputs) -> None:
    inputs = read_dataset_inputs(key)
    start_keras(inputs.training.threads)
    with outputs.folder(paths.export(key)) as folder:
        write_export(inputs, folder)


if __name__ == "__main__":
    run_stage("export", run)
