"""Every file of conf/source, run on miniatures in its own format; a new one without a miniature fails here."""

import datetime
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from stages.core.artefacts.raw import ALL, Images, Table, Tokens, read_raw, split_sizes, write_raw
from stages.core.validation_errors import type_adapter
from stages.download.fetch.http import fetched
from stages.download.fetch.local_files import read
from stages.download.fetch.mirror import Mirror
from stages.download.params import Download, File, Http
from stages.download.sources import obtain
from tests.download.made import cifar_batch, idx, newswires_npz, pictures, sha256, tarred, word_index, zipped

FOLDER = Path(__file__).parents[2] / "conf/source"
NAMES = sorted(file.stem for file in FOLDER.glob("*.yaml"))


def conf(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def source(name):
    return type_adapter(Download).validate_python(conf(name))


def digits(folder):
    files = {}
    for part, count in (("train", 6), ("t10k", 3)):
        images = np.arange(count * 28 * 28).reshape(count, 28, 28).astype(np.uint8)
        files[f"{folder}/{part}-images-idx3-ubyte.gz"] = idx(images)
        files[f"{folder}/{part}-labels-idx1-ubyte.gz"] = idx(np.arange(count, dtype=np.uint8))
    return files


def cifar10():
    batches = [f"data_batch_{n}" for n in range(1, 6)] + ["test_batch"]
    members = {f"cifar-10-batches-py/{b}": cifar_batch(pictures(2, n), labels=[n, 9]) for n, b in enumerate(batches)}
    names = pickle.dumps({b"label_names": [b"thing %d" % n for n in range(10)]}, 2)
    return {"cifar-10/cifar-10-python.tar.gz": tarred(members | {"cifar-10-batches-py/batches.meta": names})}


def cifar100():
    members = {"train": cifar_batch(pictures(3), fine_labels=[0, 50, 99], coarse_labels=[0, 1, 2])}
    members["test"] = cifar_batch(pictures(2), fine_labels=[1, 98], coarse_labels=[0, 1])
    members["meta"] = pickle.dumps({b"fine_label_names": [b"thing %d" % n for n in range(100)]}, 2)
    return {"cifar-100/cifar-100-python.tar.gz": tarred({f"cifar-100-python/{n}": c for n, c in members.items()})}


def reuters():
    ranks = [[n, 2 * n + 1] for n in range(1, 11)]
    words = word_index(*(f"word{n}" for n in range(1, 22)))
    return {"reuters/reuters.npz": newswires_npz(ranks, range(10)), "reuters/reuters_word_index.json": words}


def btc():
    rows = "2014-09-17,465.86,468.17,452.42,457.33,457.33,21056800\n2014-09-18,456.8,456.8,413.1,424.4,424.4,34483200\n"
    return {"prices/BTC-USD.csv": f"Date,Open,High,Low,Close,Adj Close,Volume\n{rows}".encode()}


def candle(year, month, day):
    opens = int(datetime.datetime(year, month, day, tzinfo=datetime.UTC).timestamp() * 1000)
    return f"{opens},{day}.5,3.0,1.0,2.5,100.25,{opens + 86_399_999},9.5,7,4.5,3.5,0\n"


def coin():
    """Two days of every month, each month with its checksum beside it."""
    files = {}
    for month in source("coin").files["all"].months.listed:
        year, number = map(int, month.split("-"))
        rows = (candle(year, number, 1) + candle(year, number, 2)).encode()
        archive = zipped({f"BTCUSDT-1d-{month}.csv": rows})
        files[f"coin/BTCUSDT-1d-{month}.zip"] = archive
        files[f"coin/BTCUSDT-1d-{month}.zip.CHECKSUM"] = f"{sha256(archive)}  BTCUSDT-1d-{month}.zip\n".encode()
    return files


def airline():
    return {"series/airline-passengers.csv": b'"Month","Passengers"\n"1949-01",112\n"1949-02",118\n'}


MINIATURES = {
    "mnist": lambda: digits("mnist"),
    "fashion_mnist": lambda: digits("fashion-mnist"),
    "cifar10": cifar10,
    "cifar100": cifar100,
    "reuters": reuters,
    "btc": btc,
    "coin": coin,
    "airline": airline,
}
COMPUTED = ("stocks", "two_tables")


def test_every_source_has_its_miniature():
    assert sorted([*MINIATURES, *COMPUTED]) == NAMES


@pytest.fixture
def obtained(tmp_path, monkeypatch):
    """What a source gives from a mirror that packed its own miniatures, which its manifest says."""

    def obtained(name):
        params = conf(name)
        for file in params["files"].values():
            file.pop("md5", None)
        hashes = {}
        for path, content in MINIATURES[name]().items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content)
            if name != "coin":
                hashes[path] = sha256(content)
        typed = type_adapter(Download).validate_python(params)
        raw = read(typed, fetched(typed, tmp_path / "cache", Mirror(str(tmp_path), hashes)))
        write_raw(raw, tmp_path / "raw" / name)
        return read_raw(tmp_path / "raw" / name)

    return obtained


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_digits_and_clothes(obtained, name):
    raw = obtained(name)
    assert isinstance(raw, Images)
    assert split_sizes(raw) == {"train": 6, "test": 3}
    assert raw.images["train"][0, 0, :3].tolist() == [0, 1, 2]
    assert len(raw.classes) == 10


@pytest.mark.parametrize(("name", "sizes", "classes"), [("cifar10", (10, 2), 10), ("cifar100", (3, 2), 100)])
def test_coloured_pictures(obtained, name, sizes, classes):
    raw = obtained(name)
    assert isinstance(raw, Images)
    assert tuple(split_sizes(raw).values()) == sizes
    assert raw.images["test"].shape[1:] == (32, 32, 3)
    assert len(raw.classes) == classes


def test_newswires(obtained):
    raw = obtained("reuters")
    assert isinstance(raw, Tokens)
    assert split_sizes(raw) == {"train": 8, "test": 2}
    assert (len(raw.classes), raw.classes[3]) == (46, "earn")
    texts = [text.tolist() for split in raw.ids for text in raw.texts(split)]
    assert sorted(texts)[0] == [1, 4, 6]
    assert (raw.words[4], raw.words[6], raw.words[1]) == ("word1", "word3", "<start>")


def test_the_same_conf_reads_a_coin_from_either_source(obtained):
    candles, prices = obtained("coin"), obtained("btc")
    assert candles.columns == prices.columns == ["date", "open", "high", "low", "close", "volume"]
    assert (candles.time, prices.time) == ("date", "date")
    first = source("coin").files["all"].months.listed[0]
    assert candles.frames[ALL]["date"].iloc[1] == pd.Timestamp(f"{first}-02")
    assert len(candles.frames[ALL]) == 2 * len(source("coin").files["all"].months.listed)
    assert candles.frames[ALL].dtypes.astype(str).tolist() == ["datetime64[us]"] + ["float64"] * 5
    assert candles.source["checked_by"] == "the checksum files beside them"


def test_passengers(obtained):
    raw = obtained("airline")
    assert isinstance(raw, Table)
    assert raw.frames[ALL].iloc[1].tolist() == [pd.Timestamp("1949-02-01"), 118]


@pytest.mark.parametrize("name", COMPUTED)
def test_what_needs_no_file(name):
    assert isinstance(obtain(source(name)), Table)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_says_where_it_is_what_it_is_and_whose(name):
    params = source(name)
    assert not isinstance(params, File)
    if not isinstance(params, Http):
        return
    assert params.licence
    assert params.citation
    for file in params.files.values():
        assert file.mirror
        assert file.months or file.size
        assert file.sha256 or file.checksum_suffix


def test_every_batch_of_cifar_is_known_by_its_published_md5():
    for name in ("cifar10", "cifar100"):
        form, file = source(name).format, source(name).files["archive"]
        assert set(file.md5) == {b for batches in form.splits.values() for b in batches} | {form.meta}
