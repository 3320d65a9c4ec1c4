import pickle

import numpy as np
import pytest

from stages.download.formats.arrays.cifar import read_cifar
from stages.download.formats.arrays.restricted_pickle import PickledArray, unpickle
from stages.download.formats.arrays.reuters import read_reuters
from stages.download.params.file_params import Limits
from stages.download.params.format_params import Cifar, Reuters
from tests.download.hostile_pickles import CALLED, EVAL, SYSTEM, array_with_shape, hostile_pickles
from tests.download.sample_files import error_message, make_tar, make_zip, object_array, opener, random_images

CIFAR = Cifar(format="cifar", splits={"train": ["b"]}, labels="labels", meta="m", names="label_names")
CIFAR_META = pickle.dumps({"label_names": ["cat"]}, 2)
REUTERS = Reuters(format="reuters", classes=[])
NPY_HEADER = (
    b"\x93NUMPY\x01\x00\x76\x00" + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
)
LABELS = [3, 255, 70_000, -1, 10**15]
BATCH = {"data": random_images(2), "labels": LABELS, "name": "x", "bytes": b"\x00\xff", "none": [None, True]}


@pytest.mark.parametrize("protocol", range(5))
def test_values_equal_those_of_the_pickle_module(protocol):
    read = unpickle(pickle.dumps(BATCH, protocol))
    np.testing.assert_array_equal(read.pop("data").content, BATCH["data"], strict=True)
    assert read == {name: value for name, value in BATCH.items() if name != "data"}


def test_text_of_python_2_is_bytes():
    """`{'labels': [1], 'name': 'a'}` as cPickle of Python 2 wrote it."""
    written = b"\x80\x02}q\x01(U\x06labelsq\x02]q\x03K\x01aU\x04nameq\x04T\x01\x00\x00\x00aq\x05u."
    assert unpickle(written) == {b"labels": [1], b"name": b"a"}


def test_an_array_of_python_2():
    """`numpy.array([[1, 2]], 'u1')` as cPickle of Python 2 wrote it."""
    written = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85U\x01b\x87Rq\x03"
        b"(K\x01K\x01K\x02\x86cnumpy\ndtype\nq\x04U\x02u1K\x00K\x01\x87Rq\x05(K\x03U\x01|NNNJ\xff\xff\xff\xff"
        b"J\xff\xff\xff\xffK\x00tb\x89U\x02\x01\x02tb."
    )
    np.testing.assert_array_equal(unpickle(written).content, np.array([[1, 2]], "u1"), strict=True)


@pytest.mark.parametrize("dtype", [">i2", "<f4", "u1", "?", ">f8"])
def test_arrays_of_every_byte_order_and_layout(dtype):
    array = np.asfortranarray(np.arange(6).reshape(2, 3).astype(dtype))
    read = unpickle(pickle.dumps(array, 2)).content
    np.testing.assert_array_equal(read, array)
    assert read.dtype == array.dtype


def test_an_array_of_objects_is_a_list():
    array = unpickle(pickle.dumps(object_array([1, 2], [3]), 4))
    assert isinstance(array, PickledArray)
    assert array.content == [[1, 2], [3]]


def test_a_shape_that_fits_the_bytes_is_accepted():
    assert unpickle(array_with_shape(b"K\x01K\x01\x86")).content.shape == (1, 1)


@pytest.mark.error_case("pickles refused")
@pytest.mark.parametrize(("content", "message"), [pytest.param(*case, id=name) for name, *case in hostile_pickles()])
def test_a_hostile_pickle_is_refused_and_calls_nothing(content, message, tmp_path, monkeypatch):
    """By itself, as a batch of CIFAR and as the lists of Reuters."""
    monkeypatch.chdir(tmp_path)
    received = error_message(unpickle, content)
    assert message in received
    assert len(received) < 400
    archive = opener(make_tar({"b": content, "m": CIFAR_META}))
    assert error_message(read_cifar, archive, CIFAR, Limits(), {}).startswith("b: ")
    npz = opener(make_zip({"x.npy": NPY_HEADER + content}))
    assert error_message(read_reuters, npz, REUTERS, Limits())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", [SYSTEM, EVAL])
def test_the_pickle_module_would_call_the_functions(value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    opened = pickle.loads(pickle.dumps(value))
    assert (tmp_path / CALLED).exists()
    if value is EVAL:
        opened.close()


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"a.", b"u.", b"h\x05.", b"]}b.", b"])b.", b"}]K\x01s.", b"K\x01K\x02a.", b"}(K\x01u."),
        *(b"\x80\x02]q\x00(K\x01", b"(K\x01K\x02(a."),
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\ntR(Ntb.",
        b"cnumpy\ndtype\n(X\x02\x00\x00\x00u1tR(K\x03X\x01\x00\x00\x00xtb.",
    ],
)
def test_a_damaged_pickle_is_refused(content):
    assert error_message(unpickle, content).startswith("damaged pickle: ")
