"""Every file of conf/source, read from small files in its format. A file without small files fails the first test."""

import datetime
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from stages.core.artefacts.raw.raw_data import ALL, Images, Table, Tokens, split_sizes
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.parameters.validation_errors import type_adapter
from stages.download.fetch.download_files import download
from stages.download.fetch.transfers.mirror import Mirror
from stages.download.load_source import load_source, read_files
from stages.download.params import Download
from stages.download.params.file_params import File, Http
from stages.download.params.format_params import Cifar
from tests.download.sample_files import (
    make_cifar_batch,
    make_idx,
    make_reuters,
    make_tar,
    make_word_index,
    make_zip,
    random_images,
    sha256,
)

FOLDER = Path(__file__).parents[2] / "conf/source"
NAMES = sorted(file.stem for file in FOLDER.glob("*.yaml"))


def read_conf(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def source_params(name):
    return type_adapter(Download).validate_python(read_conf(name))


def mnist(folder):
    files = {}
    for part, count in (("train", 6), ("t10k", 3)):
        images = np.arange(count * 28 * 28).reshape(count, 28, 28).astype(np.uint8)
        files[f"{folder}/{part}-images-idx3-ubyte.gz"] = make_idx(images)
        files[f"{folder}/{part}-labels-idx1-ubyte.gz"] = make_idx(np.arange(count, dtype=np.uint8))
    return files


def cifar10():
    batches = [f"data_batch_{n}" for n in range(1, 6)] + ["test_batch"]
    members = {b: make_cifar_batch(random_images(2, n), labels=[n, 9]) for n, b in enumerate(batches)}
    members["batches.meta"] = pickle.dumps({b"label_names": [b"class %d" % n for n in range(10)]}, 2)
    archive = make_tar({f"cifar-10-batches-py/{name}": content for name, content in members.items()})
    return {"cifar-10/cifar-10-python.tar.gz": archive}


def cifar100():
    members = {
        "train": make_cifar_batch(random_images(3), fine_labels=[0, 50, 99], coarse_labels=[0, 1, 2]),
        "test": make_cifar_batch(random_images(2), fine_labels=[1, 98], coarse_labels=[0, 1]),
        "meta": pickle.dumps({b"fine_label_names": [b"class %d" % n for n in range(100)]}, 2),
    }
    archive = make_tar({f"cifar-100-python/{name}": content for name, content in members.items()})
    return {"cifar-100/cifar-100-python.tar.gz": archive}


def reuters():
    ranks = [[n, 2 * n + 1] for n in range(1, 11)]
    words = make_word_index(*(f"word{n}" for n in range(1, 22)))
    return {"reuters/reuters.npz": make_reuters(ranks, range(10)), "reuters/reuters_word_index.json": words}


def candle(year, month, day):
    start = int(datetime.datetime(year, month, day, tzinfo=datetime.UTC).timestamp() * 1000)
    return f"{start},{day}.5,3.0,1.0,2.5,100.25,{start + 86_399_999},9.5,7,4.5,3.5,0\n"


def coin():
    """Two days of every month, each month with a checksum file."""
    files = {}
    for month in source_params("coin").files["all"].months.listed:
        year, number = map(int, month.split("-"))
        rows = (candle(year, number, 1) + candle(year, number, 2)).encode()
        archive = make_zip({f"BTCUSDT-1d-{month}.csv": rows})
        files[f"coin/BTCUSDT-1d-{month}.zip"] = archive
        files[f"coin/BTCUSDT-1d-{month}.zip.CHECKSUM"] = f"{sha256(archive)}  BTCUSDT-1d-{month}.zip\n".encode()
    return files


BTC = b"""\
Date,Open,High,Low,Close,Adj Close,Volume
2014-09-17,465.86,468.17,452.42,457.33,457.33,21056800
2014-09-18,456.8,456.8,413.1,424.4,424.4,34483200
"""
SMALL_FILES = {
    "mnist": lambda: mnist("mnist"),
    "fashion_mnist": lambda: mnist("fashion-mnist"),
    "cifar10": cifar10,
    "cifar100": cifar100,
    "reuters": reuters,
    "btc": lambda: {"prices/BTC-USD.csv": BTC},
    "coin": coin,
    "airline": lambda: {"series/airline-passengers.csv": b'"Month","Passengers"\n"1949-01",112\n"1949-02",118\n'},
    "temperatures": lambda: {
        "series/daily-max-temperatures.csv": b'"Date","Temperature"\n"1981-01-01",38.1\n"1981-01-02",32.4\n'
    },
}
WITHOUT_FILES = ("stocks", "two_tables")


def test_every_source_has_small_files():
    assert sorted([*SMALL_FILES, *WITHOUT_FILES]) == NAMES


@pytest.fixture
def read(tmp_path):
    """Reads a source from a mirror that has the small files and a manifest of their hashes."""

    def read(name):
        params = read_conf(name)
        for file in params["files"].values():
            file.pop("md5", None)
        hashes = {}
        for path, content in SMALL_FILES[name]().items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content)
            if name != "coin":
                hashes[path] = sha256(content)
        source = type_adapter(Download).validate_python(params)
        raw = read_files(source, download(source, tmp_path / "cache", Mirror(str(tmp_path), hashes)))
        write_raw(raw, tmp_path / "raw" / name)
        return read_raw(tmp_path / "raw" / name)

    return read


@pytest.mark.parametrize(
    ("name", "train", "test_shape", "classes"),
    [
        ("mnist", 6, (3, 28, 28), 10),
        ("fashion_mnist", 6, (3, 28, 28), 10),
        ("cifar10", 10, (2, 32, 32, 3), 10),
        ("cifar100", 3, (2, 32, 32, 3), 100),
    ],
)
def test_images(read, name, train, test_shape, classes):
    raw = read(name)
    assert isinstance(raw, Images)
    assert split_sizes(raw) == {"train": train, "test": test_shape[0]}
    assert raw.images["test"].shape == test_shape
    assert len(raw.classes) == classes
    if "mnist" in name:
        assert raw.images["train"][0, 0, :3].tolist() == [0, 1, 2]


def test_reuters(read):
    raw = read("reuters")
    assert isinstance(raw, Tokens)
    assert split_sizes(raw) == {"train": 8, "test": 2}
    assert (len(raw.classes), raw.classes[3]) == (46, "earn")
    texts = [text.tolist() for split in raw.ids for text in raw.texts(split)]
    assert sorted(texts)[0] == [1, 4, 6]
    assert raw.words
    assert (raw.words[4], raw.words[6], raw.words[1]) == ("word1", "word3", "<start>")


def test_coin_and_btc_have_the_same_columns(read):
    months = source_params("coin").files["all"].months.listed
    candles, prices = read("coin"), read("btc")
    assert candles.columns == prices.columns == ["date", "open", "high", "low", "close", "volume"]
    assert (candles.time, prices.time) == ("date", "date")
    assert candles.frames[ALL]["date"].iloc[1] == pd.Timestamp(f"{months[0]}-02")
    assert len(candles.frames[ALL]) == 2 * len(months)
    assert candles.frames[ALL].dtypes.astype(str).tolist() == ["datetime64[us]"] + ["float64"] * 5
    assert candles.source["checked_by"] == "the checksum files beside them"


def test_temperatures(read):
    raw = read("temperatures")
    assert (raw.kind, raw.time, raw.columns) == ("series", "date", ["date", "temperature"])
    assert raw.frames["all"]["temperature"].tolist() == [38.1, 32.4]


def test_airline(read):
    raw = read("airline")
    assert isinstance(raw, Table)
    assert raw.frames[ALL].iloc[1].tolist() == [pd.Timestamp("1949-02-01"), 118]


@pytest.mark.parametrize("name", WITHOUT_FILES)
def test_sources_without_files(name):
    assert isinstance(load_source(source_params(name)), Table)


@pytest.mark.parametrize("name", NAMES)
def test_every_source_has_a_licence_a_citation_an_address_and_hashes(name):
    params = source_params(name)
    assert not isinstance(params, File)
    if not isinstance(params, Http):
        return
    assert params.licence
    assert params.citation
    for file in params.files.values():
        assert file.mirror
        assert file.months or file.size
        assert file.sha256 or file.checksum_suffix
    if isinstance(params.format, Cifar):
        batches = {batch for batches in params.format.splits.values() for batch in batches}
        assert set(params.files["archive"].md5) == batches | {params.format.meta}
