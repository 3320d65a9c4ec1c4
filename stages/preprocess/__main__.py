"""`python3 -m stages.preprocess DATASET`: raw data become arrays for each split."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

import sys

from stages.core import paths
from stages.core.artefacts.processed import fold_folder, write_processed
from stages.core.artefacts.raw.raw_data import Table, split_sizes
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.parameters.read_params import stage_params
from stages.core.run_stage.stage import run_stage
from stages.core.run_stage.stage_outputs import StageOutputs
from stages.preprocess.large_table.preprocess_large_table import preprocess_large_table
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess, preprocess_fold
from stages.preprocess.split.fold_rows import fold_rows


def run(key: str, outputs: StageOutputs) -> None:
    params: Preprocess = stage_params(Preprocess, key, "preprocess")
    raw = read_raw(paths.raw_data(key))
    if isinstance(raw, Table) and raw.is_large:
        if params.backtest is None:
            with outputs.folder(paths.processed_data(key)) as folder:
                preprocess_large_table(raw, params, folder)
            return
        print(f"restage: preprocess@{key}: all rows are read into memory, for preprocess.backtest", file=sys.stderr)
    folds = fold_rows(params, split_sizes(raw))
    processed = preprocess(raw, params)
    with outputs.folder(paths.processed_data(key)) as folder:
        write_processed(processed, folder)
        # Each fold takes as much memory as the data, so that only one is there at a time.
        del processed
        for number, rows in enumerate(folds, 1):
            write_processed(preprocess_fold(raw, params, number, rows), fold_folder(folder, number))


if __name__ == "__main__":
    run_stage("preprocess", run)
