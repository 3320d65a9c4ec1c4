"""Raw data, which are read once, and processed data, which are kept for trials with the same preprocess parameters."""

from pathlib import Path
from typing import Any

from stages.cli.tune.trials.processed_folders import ProcessedFolders
from stages.cli.tune.trials.recently_used import RecentlyUsed
from stages.cli.tune.trials.trial_params import preprocess_params
from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.artefacts.raw.shared_rows import SharedRows
from stages.core.files.atomic_write import json_text
from stages.preprocess.large_table.preprocess_large_table import preprocess_large_table
from stages.preprocess.preprocess_data import preprocess

MAX_BYTES = 512_000_000


class TrialData:
    """The data of the dataset in `raw`. Those of a large table are in files in `folder`, as the stages have them."""

    def __init__(self, raw: Path, folder: Path) -> None:
        self._raw = read_raw(raw)
        self._folders = ProcessedFolders(folder, raw.name)
        self._processed = RecentlyUsed[ProcessedData](MAX_BYTES)

    def processed(self, section: dict[str, Any]) -> ProcessedData:
        """What preprocess gives with these parameters, without the folds of a backtest."""
        return self._processed.get(json_text(section), lambda: self._preprocess(section), processed_bytes)

    def _preprocess(self, section: dict[str, Any]) -> ProcessedData:
        raw, params = self._raw, preprocess_params(section).model_copy(update={"backtest": None})
        if isinstance(raw, Table) and raw.is_large:
            return self._folders.get(json_text(section), lambda folder: preprocess_large_table(raw, params, folder))
        return preprocess(raw, params)


def processed_bytes(processed: ProcessedData) -> int:
    """The size of the arrays of inputs, which are most of the data."""
    return sum(_bytes(rows) for split in processed.splits.values() for rows in split.inputs.values())


def _bytes(rows: Any) -> int:
    if isinstance(rows, SharedRows):
        return int(rows.values.nbytes)
    if isinstance(rows, RaggedRows):
        return int(rows.ids.nbytes) + int(rows.offsets.nbytes)
    return int(rows.nbytes)
