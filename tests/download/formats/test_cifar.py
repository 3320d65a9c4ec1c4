import pickle

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.download.formats.cifar import read_cifar
from stages.download.params import Cifar, Limits
from tests.download.made import cifar_batch, md5, opens, pictures, tarred

LIMITS = Limits(members=10, bytes=1_000_000)
META = pickle.dumps({b"label_names": [b"airplane", b"cat"], b"num_vis": 3072}, 2)
FORM = Cifar(
    format="cifar",
    splits={"train": ["c/batch_1", "c/batch_2"], "test": ["c/test"]},
    labels="labels",
    meta="c/meta",
    names="label_names",
)
BATCHES = {
    "c/batch_2": cifar_batch(pictures(2, seed=2), labels=[1, 0]),
    "c/readme.html": b"<html>",
    "c/test": cifar_batch(pictures(1, seed=3), labels=[1]),
    "c/meta": META,
    "c/batch_1": cifar_batch(pictures(3, seed=1), labels=[0, 0, 1]),
}


def read(batches, form=FORM, known=None):
    return read_cifar(opens(tarred(batches)), form, LIMITS, known or {})


def test_batches_are_joined_in_the_confs_order_whatever_the_archives():
    images, labels, classes = read(BATCHES)
    np.testing.assert_array_equal(
        images["train"], np.concatenate([pictures(3, seed=1), pictures(2, seed=2)]), strict=True
    )
    np.testing.assert_array_equal(images["test"], pictures(1, seed=3), strict=True)
    assert (labels["train"].tolist(), labels["test"].tolist()) == ([0, 0, 1, 1, 0], [1])
    assert labels["train"].dtype == np.uint8
    assert classes == ["airplane", "cat"]


def test_colours_are_planes_in_the_file_and_last_here():
    """The first picture of one red, one green and one blue plane."""
    planes = np.repeat([10, 20, 30], 1024).astype(np.uint8)[None]
    batch = pickle.dumps({b"data": planes, b"labels": [0]}, 2)
    images, _, _ = read(BATCHES | {"c/test": batch})
    assert images["test"][0, 0, 0].tolist() == images["test"][0, 31, 31].tolist() == [10, 20, 30]


@pytest.mark.parametrize("kind", ["fine", "coarse"])
def test_the_hundred_have_two_kinds_of_labels(kind):
    form = Cifar(
        format="cifar", splits={"train": ["t"]}, labels=f"{kind}_labels", meta="m", names=f"{kind}_label_names"
    )
    names = {b"fine_label_names": [b"apple", b"pear"], b"coarse_label_names": [b"fruit"]}
    batch = cifar_batch(pictures(2), fine_labels=[1, 0], coarse_labels=[0, 0])
    _, labels, classes = read({"t": batch, "m": pickle.dumps(names, 2)}, form)
    assert (labels["train"].tolist(), classes) == {
        "fine": ([1, 0], ["apple", "pear"]),
        "coarse": ([0, 0], ["fruit"]),
    }[kind]


def test_the_published_md5_of_a_batch_is_always_checked():
    with pytest.raises(UserError, match="member 'c/test': wrong content: expected md5 000"):
        read(BATCHES, known={"c/test": "0" * 32})
    assert read(BATCHES, known={"c/test": md5(BATCHES["c/test"])})


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        (pickle.dumps([1]), "c/test: not a batch: a dict is expected, received list"),
        (cifar_batch(pictures(1), label=[0]), "c/test: no entry 'labels'; did you mean label?"),
        (cifar_batch(pictures(2), labels=[0]), "c/test: 2 images and 1 labels"),
        (cifar_batch(pictures(1), labels=[256]), "c/test: labels must be a list of whole numbers from 0 to 255"),
        (
            pickle.dumps({"data": np.zeros((1, 3), np.uint8), "labels": [0]}, 2),
            "c/test: data must be rows of 3072 bytes",
        ),
        (pickle.dumps({"data": [1], "labels": [0]}, 2), "c/test: data must be rows"),
        (pickle.dumps({"data": print}, 2), "c/test: tries to use __builtin__.print"),
    ],
)
def test_a_batch_that_is_none_is_told_by_its_name(batch, said):
    with pytest.raises(UserError) as mistake:
        read(BATCHES | {"c/test": batch})
    assert said in str(mistake.value)


def test_faults_of_two_batches_are_told_together():
    with pytest.raises(UserError) as mistake:
        read(BATCHES | {"c/test": b"", "c/meta": b"x"})
    assert len(mistake.value.messages) == 2
