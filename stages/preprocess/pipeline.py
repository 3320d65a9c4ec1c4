"""Read, split, fit, transform. Reading and writing of files is left to the entry."""

from stages.core.artefacts.processed import TRAIN, Fitted, ProcessedData
from stages.core.artefacts.raw import RawData, split_sizes
from stages.core.runtime.library_versions import installed_versions
from stages.preprocess.count_samples_seen_in_training import seen_in_training
from stages.preprocess.fit_columns import fit_columns
from stages.preprocess.params import Preprocess
from stages.preprocess.read_columns import read_columns
from stages.preprocess.split_rows import split_rows
from stages.preprocess.transform_columns import transform_columns


def preprocess(raw: RawData, params: Preprocess) -> ProcessedData:
    """Turn raw data into arrays for each split. Columns are fitted on training rows only."""
    columns = read_columns(raw, params)
    all_rows = split_rows(params, split_sizes(raw), columns.targets)
    inputs, targets, rows = fit_columns(columns, params, all_rows)
    splits = {name: transform_columns(columns, inputs, targets, numbers) for name, numbers in rows.items()}
    window = params.window
    fitted = Fitted(
        inputs=inputs,
        targets=targets,
        splits={name: window.count(len(numbers)) if window else len(numbers) for name, numbers in rows.items()},
        window=window,
        dropped_outliers=len(all_rows[TRAIN]) - len(rows[TRAIN]),
        seen_in_training={} if window else seen_in_training(splits),
        versions=installed_versions("numpy", "scikit-learn"),
    )
    return ProcessedData(fitted, splits)
