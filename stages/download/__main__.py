"""`python3 -m stages.download DATASET`: the dataset's source becomes data/raw/DATASET."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core import paths
from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.parameters.read_params import stage_params
from stages.core.run_stage.stage import run_stage
from stages.core.run_stage.stage_outputs import StageOutputs
from stages.download.explain_changed_data import explain_changed_data
from stages.download.load_source import load_source
from stages.download.params import Download


def run(key: str, outputs: StageOutputs) -> None:
    source = stage_params(Download, key, "download")
    with outputs.folder(paths.raw_data(key)) as folder:
        with explain_changed_data(key):
            raw = load_source(source, folder)
        write_raw(raw, folder)


if __name__ == "__main__":
    run_stage("download", run)
