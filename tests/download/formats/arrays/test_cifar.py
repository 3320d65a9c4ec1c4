import pickle

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.download.formats.arrays.cifar import read_cifar
from stages.download.params.file_params import Limits
from stages.download.params.format_params import Cifar
from tests.download.sample_files import error_message, make_cifar_batch, make_tar, md5, opener, random_images

LIMITS = Limits(members=10, bytes=1_000_000)
META = pickle.dumps({b"label_names": [b"airplane", b"cat"], b"num_vis": 3072}, 2)
PARAMS = Cifar(
    format="cifar",
    splits={"train": ["c/batch_1", "c/batch_2"], "test": ["c/test"]},
    labels="labels",
    meta="c/meta",
    names="label_names",
)
MEMBERS = {
    "c/batch_2": make_cifar_batch(random_images(2, seed=2), labels=[1, 0]),
    "c/readme.html": b"<html>",
    "c/test": make_cifar_batch(random_images(1, seed=3), labels=[1]),
    "c/meta": META,
    "c/batch_1": make_cifar_batch(random_images(3, seed=1), labels=[0, 0, 1]),
}


def read(members, params=PARAMS, md5=None):
    return read_cifar(opener(make_tar(members)), params, LIMITS, md5 or {})


def test_batches_are_in_the_order_of_the_parameters():
    images, labels, classes = read(MEMBERS)
    train = np.concatenate([random_images(3, seed=1), random_images(2, seed=2)])
    np.testing.assert_array_equal(images["train"], train, strict=True)
    np.testing.assert_array_equal(images["test"], random_images(1, seed=3), strict=True)
    assert (labels["train"].tolist(), labels["test"].tolist()) == ([0, 0, 1, 1, 0], [1])
    assert labels["train"].dtype == np.uint8
    assert classes == ["airplane", "cat"]


def test_colour_planes_become_the_last_dimension():
    planes = np.repeat([10, 20, 30], 1024).astype(np.uint8)[None]
    images, _, _ = read(MEMBERS | {"c/test": pickle.dumps({b"data": planes, b"labels": [0]}, 2)})
    assert images["test"][0, 0, 0].tolist() == images["test"][0, 31, 31].tolist() == [10, 20, 30]


@pytest.mark.parametrize(
    ("kind", "labels", "classes"), [("fine", [1, 0], ["apple", "pear"]), ("coarse", [0, 0], ["fruit"])]
)
def test_cifar_100_has_two_kinds_of_labels(kind, labels, classes):
    options = {"labels": f"{kind}_labels", "names": f"{kind}_label_names"}
    params = Cifar.model_validate({"format": "cifar", "splits": {"train": ["t"]}, "meta": "m"} | options)
    names = {b"fine_label_names": [b"apple", b"pear"], b"coarse_label_names": [b"fruit"]}
    batch = make_cifar_batch(random_images(2), fine_labels=[1, 0], coarse_labels=[0, 0])
    _, received, names = read({"t": batch, "m": pickle.dumps(names, 2)}, params)
    assert (received["train"].tolist(), names) == (labels, classes)


def test_the_published_md5_of_a_batch_is_checked():
    with pytest.raises(UserError, match="member 'c/test': wrong content: expected md5 000"):
        read(MEMBERS, md5={"c/test": "0" * 32})
    assert read(MEMBERS, md5={"c/test": md5(MEMBERS["c/test"])})


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (pickle.dumps([1]), "not a batch: a dict with names is expected, received list"),
        (pickle.dumps({1: 2}), "not a batch: a dict with names is expected"),
        (make_cifar_batch(random_images(1), label=[0]), "no entry 'labels'; did you mean label?"),
        (make_cifar_batch(random_images(2), labels=[0]), "2 images and 1 labels"),
        (make_cifar_batch(random_images(1), labels=[256]), "labels must be a list of whole numbers from 0 to 255"),
        (pickle.dumps({"data": np.zeros((1, 3), np.uint8), "labels": [0]}, 2), "data must be rows of 3072 bytes"),
        (pickle.dumps({"data": [1], "labels": [0]}, 2), "data must be rows"),
        (pickle.dumps({"data": print}, 2), "tries to use __builtin__.print"),
    ],
)
def test_an_unreadable_batch_is_named(batch, message):
    received = error_message(read, MEMBERS | {"c/test": batch})
    assert received.startswith("c/test: ")
    assert message in received


def test_errors_of_two_batches_are_reported_together():
    with pytest.raises(UserError) as error:
        read(MEMBERS | {"c/test": b"", "c/meta": b"x"})
    assert [message.partition(":")[0] for message in error.value.messages] == ["c/test", "c/meta"]
