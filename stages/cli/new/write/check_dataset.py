"""Tries a new dataset before anything is written: composes it, reads the data, preprocesses them."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from stages.cli.new.read.new_files import NewData
from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import compose
from stages.config.schema import Dataset
from stages.core.artefacts.processed import ProcessedData, read_processed
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.artefacts.raw.table_blocks import default_block_rows
from stages.core.errors import UserError
from stages.core.paths import CONF
from stages.download.load_source import load_source
from stages.download.params import Source
from stages.download.params.file_params import File, LocalFile, TableOptions
from stages.download.params.format_params import Parquet
from stages.preprocess.large_table.preprocess_large_table import preprocess_large_table
from stages.preprocess.preprocess_data import preprocess
from stages.train.check_params_fit_data import check_training

# Few enough to take little memory.
BLOCK_ROWS = 1 << 16
CONFIG = "defaults:\n  - _self_\n  - dataset@datasets.{key}: {key}\nsuite: new\n"


def check_dataset(key: str, text: str, data: NewData, conf: Path = CONF) -> None:
    """Raise UserError with what a run would report before it trains, as far as the rows that were looked at tell it."""
    dataset = compose_alone(key, text, conf)
    with tempfile.TemporaryDirectory() as folder:
        processed = _preprocess(dataset, data, Path(folder))
        check_training(dataset.train, processed)


def _preprocess(dataset: Dataset, data: NewData, folder: Path) -> ProcessedData:
    if not (data.is_sampled or data.has_first_rows_only):
        return preprocess(load_source(dataset.download), dataset.preprocess)
    table = load_source(_frames_as_source(dataset.download, data, folder), folder)
    assert isinstance(table, Table)
    if not table.is_large:
        return preprocess(table, dataset.preprocess)
    (folder / "processed").mkdir()
    preprocess_large_table(table, dataset.preprocess, folder / "processed")
    return read_processed(folder / "processed")


def _frames_as_source(source: Source, data: NewData, folder: Path) -> Source:
    """The rows that are in memory as files in `folder`, of several blocks if all rows have."""
    files = {}
    for split, frame in data.frames.items():
        frame.to_parquet(folder / f"{split}.parquet")
        files[split] = LocalFile(path=f"{folder}/{split}.parquet", sha256=sha256_of(folder / f"{split}.parquet"))
    names = TableOptions.model_fields.keys() & source.model_fields_set - {"columns"}
    options: dict[str, Any] = {name: getattr(source, name) for name in names}
    options |= {"pictures": source.pictures} if isinstance(source, File) else {}
    columns = len(next(iter(data.frames.values())).columns)
    if max(data.rows.values()) > default_block_rows(columns):
        options["block_rows"] = min(BLOCK_ROWS, max(map(len, data.frames.values())) - 1)
    return File(source="file", format=Parquet(format="parquet"), files=files, **options)


def compose_alone(key: str, text: str, conf: Path = CONF) -> Dataset:
    """The parameters of the dataset, composed in a copy of conf/ without the other datasets."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "conf"
        shutil.copytree(conf, copy, ignore=shutil.ignore_patterns("accepted", "refreshed", "local.yaml"))
        (copy / "config.yaml").write_text(CONFIG.format(key=key), encoding="utf-8")
        (copy / "dataset" / f"{key}.yaml").write_text(text, encoding="utf-8")
        try:
            return check_parameters(compose(copy), copy).datasets[key]
        except UserError as error:
            raise UserError(*(message.replace(str(copy), str(conf)) for message in error.messages)) from None
