"""The parameters of every dataset in conf/ fit each other and its data; data that is not local is random rows."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import compose
from stages.core.artefacts.raw.raw_data import Images, Table, Tokens
from stages.download.load_source import load_source
from stages.evaluate.baselines.choose_baselines import check_baselines
from stages.evaluate.evaluation_record import find_headline
from stages.evaluate.metrics.target_metrics import target_metrics
from stages.evaluate.target_predictions import TargetPredictions
from stages.preprocess.preprocess_data import preprocess
from stages.train.check_params_fit_data import check_training
from stages.train.loop.choose_engine import choose_engine
from stages.train.model.build_model import build_model

CONF = Path(__file__).parents[2] / "conf"
KEYS = sorted(f.stem for f in (CONF / "dataset").glob("*.yaml"))
RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    target = tmp_path_factory.mktemp("repository") / "conf"
    shutil.copytree(CONF, target, ignore=shutil.ignore_patterns("local.yaml"))
    return check_parameters(compose(target, ["suite=full"])).datasets


def random_images(classes, *shape):
    numbers = {"train": np.repeat(np.arange(len(classes)), 2), "test": np.arange(len(classes))}
    images = {name: RANDOM.integers(0, 256, (len(n), *shape)).astype(np.uint8) for name, n in numbers.items()}
    return Images(images, numbers, classes)


def random_texts(classes):
    numbers = {"train": np.arange(1100) % len(classes), "test": np.arange(len(classes))}
    ids = {name: RANDOM.integers(1, 20_000, 3 * len(n)) for name, n in numbers.items()}
    return Tokens(ids, {name: np.arange(len(n) + 1) * 3 for name, n in numbers.items()}, numbers, classes)


def random_series(columns):
    """The first column is the time."""
    time, *others = columns
    frame = pd.DataFrame({time: pd.date_range("2020-01-01", periods=300)})
    return Table({"all": frame.assign(**{c: RANDOM.uniform(1, 2, 300) for c in others})}, kind="series", time=time)


def raw_data(source, columns):
    """The data itself if it needs no download, otherwise random rows of the same format, or of a series' columns."""
    if source.source != "http":
        return load_source(source)
    match source.format.format:
        case "idx":
            return random_images(source.format.classes, 28, 28)
        case "cifar":
            return random_images([str(n) for n in range(100 if "fine" in source.format.labels else 10)], 32, 32, 3)
        case "reuters":
            return random_texts(source.format.classes)
        case _:
            return random_series(columns)


def with_small_validation_split(params, raw):
    """Random images are too few for the validation split of the parameters."""
    if not isinstance(raw, Images) or not isinstance(params.split.validation, int):
        return params
    smaller = {"validation": min(params.split.validation, len(raw.classes))}
    return params.model_copy(update={"split": params.split.model_copy(update=smaller)})


@pytest.mark.parametrize("key", KEYS)
def test_parameters_fit_each_other_and_the_data(datasets, key):
    chosen = datasets[key]
    raw = raw_data(chosen.download, chosen.validate_.columns)
    data = preprocess(raw, with_small_validation_split(chosen.preprocess, raw))
    assert data.has_split(chosen.evaluate.split)
    check_training(chosen.train, data)
    choose_engine(chosen.train, data.fitted)
    check_baselines(chosen.evaluate, data)
    truth = data.truth(chosen.evaluate.split)
    perfect = {
        name: target_metrics(target, truth[name], TargetPredictions(truth[name])).values
        for name, target in data.fitted.targets.items()
    }
    find_headline(chosen.evaluate.headline, perfect)
    assert build_model(chosen.train, data.fitted).count_params() > 0
