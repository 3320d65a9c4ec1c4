"""What meta.json records of a resampled series."""

from collections.abc import Mapping

from stages.download.params.resample_params import Resample
from stages.download.resampling.resample_rows import PeriodCounts


def resample_provenance(params: Resample, splits: Mapping[str, PeriodCounts]) -> dict[str, object]:
    """The parameters, and for each split how many rows were read and how many periods had none."""
    numbers = {
        "rows_read": {split: counts.rows_read for split, counts in splits.items()},
        "periods_without_rows": {split: counts.without_rows for split, counts in splits.items()},
    }
    return {"resample": {"every": params.every, "how": params.how, "gaps": params.gaps, **numbers}}
