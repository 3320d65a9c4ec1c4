"""Tries a new dataset before anything is written: composes it, reads the data, preprocesses them."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stages.cli.new.read.new_files import NewFile
from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import compose
from stages.config.schema import Dataset
from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.errors import UserError
from stages.core.paths import CONF
from stages.download.load_source import load_source
from stages.download.params import Source
from stages.download.params.file_params import File, Files, LocalFile
from stages.preprocess.preprocess_data import preprocess
from stages.train.check_params_fit_data import check_training

CONFIG = "defaults:\n  - _self_\n  - dataset@datasets.{key}: {key}\nsuite: new\n"


def check_dataset(key: str, text: str, files: Mapping[str, NewFile], conf: Path = CONF) -> None:
    """Raise UserError with what a run would report before it trains, as far as the rows that were looked at tell it."""
    dataset = compose_alone(key, text, conf)
    with tempfile.TemporaryDirectory() as folder:
        raw = load_source(_with_first_rows(dataset.download, files, Path(folder)))
    check_training(dataset.train, preprocess(raw, dataset.preprocess))


def _with_first_rows(source: Source, files: Mapping[str, NewFile], folder: Path) -> Source:
    """The source with files of the first rows in place of large files. They are written to `folder`."""
    if all(file.first_rows is None for file in files.values()):
        return source
    smaller = {}
    for split, file in files.items():
        content = file.path.read_bytes() if file.first_rows is None else file.first_rows
        (folder / split).write_bytes(content)
        smaller[split] = LocalFile(path=str(folder / split), sha256=sha256_of(folder / split), member=file.member)
    options: dict[str, Any] = {name: getattr(source, name) for name in Files.model_fields}
    options |= {"pictures": source.pictures} if isinstance(source, File) else {}
    return File(source="file", files=smaller, **options)


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
