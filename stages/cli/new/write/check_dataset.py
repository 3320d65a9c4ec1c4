"""Tries a new dataset before anything is written: composes it, reads the data, preprocesses them."""

import shutil
import tempfile
from pathlib import Path

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import compose
from stages.config.schema import Dataset
from stages.core.errors import UserError
from stages.core.paths import CONF
from stages.download.load_source import load_source
from stages.preprocess.preprocess_data import preprocess
from stages.train.check_params_fit_data import check_training

CONFIG = "defaults:\n  - _self_\n  - dataset@datasets.{key}: {key}\nsuite: new\n"


def check_dataset(key: str, text: str, conf: Path = CONF) -> None:
    """Raise UserError with what a run would report before it trains."""
    dataset = compose_alone(key, text, conf)
    raw = load_source(dataset.download)
    check_training(dataset.train, preprocess(raw, dataset.preprocess))


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
