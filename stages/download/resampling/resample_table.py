"""A series whose raw data were not read from a file, with one row for each period."""

from dataclasses import replace

from stages.core.artefacts.raw.raw_data import Table
from stages.download.params.resample_params import Resample
from stages.download.resampling.resample_provenance import resample_provenance
from stages.download.resampling.resample_rows import resample_rows


def resample_table(series: Table, params: Resample) -> Table:
    """Each split is resampled on its own, and what was done is recorded."""
    assert series.time is not None
    splits = {split: resample_rows(frame, series.time, params) for split, frame in series.frames.items()}
    frames = {split: resampled.frame for split, resampled in splits.items()}
    counts = {split: resampled.counts for split, resampled in splits.items()}
    return replace(series, frames=frames, source={**series.source, **resample_provenance(params, counts)})
