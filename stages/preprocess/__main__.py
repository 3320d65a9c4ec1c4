"""python3 -m stages.preprocess DATASET"""

from stages.core import paths
from stages.core.artefacts.processed import write_processed
from stages.core.artefacts.raw import read_raw
from stages.core.params import stage_params
from stages.core.runtime.stage import main
from stages.preprocess.params import Preprocess
from stages.preprocess.pipeline import preprocess


def run(key: str) -> None:
    params: Preprocess = stage_params(Preprocess, key, "preprocess")
    processed = preprocess(read_raw(paths.raw_data(key)), params)
    write_processed(processed, paths.processed_data(key))


if __name__ == "__main__":
    main("preprocess", run)
