"""The new data of a dataset beside those that conf pins, and beside the accepted profile."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.cli.refresh.comparison.compare_data import DataChanges, compare_data, key_columns
from stages.cli.refresh.comparison.recorded_data import recorded_data
from stages.config.schema import Dataset
from stages.core import paths
from stages.core.artefacts.profile import Profile, read_profile
from stages.core.artefacts.raw.raw_data import RawData, Table, split_sizes
from stages.core.artefacts.records.validation import DriftRecord
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.core.errors import UserError
from stages.download.current_hashes import pinned_hashes
from stages.download.params.sql.sql_params import Sql
from stages.validate.all_rows import all_rows
from stages.validate.drift.compare_profiles import compare_profiles
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.drift.profiled_values import column_values, column_values_by_block
from stages.validate.params import Drift
from stages.validate.typed_blocks import stored_rows


@dataclass(frozen=True)
class Comparison:
    """`changes` are None if the old data are not available, for the reason `not_compared`.

    `accepted` is the profile that `drift` is the distance from.
    """

    changes: DataChanges | None
    not_compared: str
    drift: DriftRecord
    accepted: Profile | None = None


def compare_with_recorded(
    key: str, dataset: Dataset, new: RawData, keys: Sequence[str], scratch: Path | None = None
) -> Comparison:
    """`scratch` is for temporary files. Raises UserError if the data have no such key columns."""
    accepted = read_accepted_profile(key)
    drift = compare_with_profile(accepted, new, dataset.validate_.drift, scratch)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        try:
            old = recorded_data(key, pinned_hashes(dataset.download), Path(folder))
        except UserError as error:
            return Comparison(None, str(error), drift, accepted)
        if reason := _too_large(old, new):
            return Comparison(None, reason, drift, accepted)
        key_of_query = dataset.download.key if isinstance(dataset.download, Sql) else []
        names = key_columns(old, new, dataset.preprocess, keys or key_of_query)
        return Comparison(compare_data(old, new, dataset.preprocess, names), "", drift, accepted)


def _too_large(*tables: RawData) -> str:
    """Why the rows are not compared; empty if they are. They would all be in memory."""
    large = [raw for raw in tables if isinstance(raw, Table) and raw.is_large]
    if not large:
        return ""
    rows = max(max(raw.sizes.values()) for raw in large)
    return f"{rows:,} rows are more than a block, and only rows of one block are compared with each other"


def read_accepted_profile(key: str) -> Profile | None:
    try:
        return read_profile(paths.accepted_profile(key), f"`restage accept {key}` writes it anew")
    except FileNotFoundError:
        return None


def compare_with_profile(
    accepted: Profile | None, new: RawData, drift: Drift, scratch: Path | None = None
) -> DriftRecord:
    """The distance of the new data from the accepted profile, as validate will find it."""
    if accepted is None:
        return DriftRecord(accepted=False)
    with scratch_folder(scratch or Path(tempfile.gettempdir())) as arrays:
        if isinstance(new, Table) and new.is_large:
            values = column_values_by_block(new, stored_rows(new), arrays)
        else:
            values = column_values(new, all_rows(new))
        profile = compute_profile(values, sum(split_sizes(new).values()), {})
        return compare_profiles(accepted, profile, values, drift)
