"""Every dataset of conf/ from a few rows to a model: its parts must agree with each other before hours are spent."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages.config.check_parameters import check_parameters
from stages.config.compose import compose
from stages.core.artefacts.raw import Images, Table, Tokens
from stages.download.load_source import load_source
from stages.evaluate.baselines import check_baselines
from stages.evaluate.metrics import headline_of, scores
from stages.preprocess.pipeline import preprocess
from stages.train.loop.seeds import check_refit
from stages.train.loop.training import check_monitor
from stages.train.model.build_model import build
from stages.train.model.check_layer_names import check_names
from stages.train.model.check_losses import check_agreement

CONF = Path(__file__).parents[2] / "conf"
KEYS = sorted(f.stem for f in (CONF / "dataset").glob("*.yaml"))
RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    target = tmp_path_factory.mktemp("repository") / "conf"
    shutil.copytree(CONF, target, ignore=shutil.ignore_patterns("local.yaml"))
    return check_parameters(compose(target, ["suite=full"])).datasets


def pictures(classes, *shape):
    numbers = {"train": np.repeat(np.arange(len(classes)), 2), "test": np.arange(len(classes))}
    images = {name: RANDOM.integers(0, 256, (len(n), *shape)).astype(np.uint8) for name, n in numbers.items()}
    return Images(images, numbers, classes)


def texts(classes):
    numbers = {"train": np.arange(1100) % len(classes), "test": np.arange(len(classes))}
    ids = {name: RANDOM.integers(1, 20_000, 3 * len(n)) for name, n in numbers.items()}
    return Tokens(ids, {name: np.arange(len(n) + 1) * 3 for name, n in numbers.items()}, numbers, classes)


def days(source):
    """Columns as the source names them at last."""
    time, *others = [source.rename.get(c, c) for c in source.columns]
    frame = pd.DataFrame({time: pd.date_range("2020-01-01", periods=300)})
    return Table({"all": frame.assign(**{c: RANDOM.uniform(1, 2, 300) for c in others})}, kind="series", time=time)


def raw_of(source):
    """The real thing where it is at hand, or a few rows of what the format gives."""
    if source.source != "http":
        return load_source(source)
    match source.format.format:
        case "idx":
            return pictures(source.format.classes, 28, 28)
        case "cifar":
            return pictures([str(n) for n in range(100 if "fine" in source.format.labels else 10)], 32, 32, 3)
        case "newswires":
            return texts(source.format.classes)
        case _:
            return days(source)


def shrunk(params, raw):
    """As many validation rows as so few rows can give."""
    if not isinstance(raw, Images) or not isinstance(params.split.validation, int):
        return params
    few = {"validation": min(params.split.validation, len(raw.classes))}
    return params.model_copy(update={"split": params.split.model_copy(update=few)})


@pytest.mark.parametrize("key", KEYS)
def test_its_parts_agree(datasets, key):
    chosen = datasets[key]
    raw = raw_of(chosen.download)
    data = preprocess(raw, shrunk(chosen.preprocess, raw))
    assert data.has_split(chosen.evaluate.split)
    check_names(data.fitted)
    check_agreement(chosen.train, data.fitted.targets)
    check_monitor(chosen.train, data)
    check_refit(chosen.train, data)
    check_baselines(chosen.evaluate, data)
    truth = data.truth(chosen.evaluate.split)
    headline_of(chosen.evaluate, {n: scores(t, truth[n], truth[n]) for n, t in data.fitted.targets.items()})
    assert build(chosen.train, data.fitted).count_params() > 0
