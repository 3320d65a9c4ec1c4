import os
import pickle
from collections import OrderedDict
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import Mistake
from stages.download import pickled
from stages.download.pickled import Stored, unpickled
from tests.download.made import pictures

BATCH = {
    "data": pictures(2),
    "labels": [3, 255, 70_000, -1, 10**20],
    "name": "x",
    "bytes": b"\x00\xff",
    "none": [None, True],
}


@pytest.mark.parametrize("protocol", range(5))
def test_a_batch_is_what_the_real_module_reads(protocol):
    read = unpickled(pickle.dumps(BATCH, protocol))
    np.testing.assert_array_equal(read.pop("data").content, BATCH["data"], strict=True)
    assert read == {name: value for name, value in BATCH.items() if name != "data"}


def test_bytes_of_python_2_are_bytes_and_names_are_text():
    """`{'labels': [1], 'name': 'a'}` as cPickle of Python 2 wrote it."""
    written = b"\x80\x02}q\x01(U\x06labelsq\x02]q\x03K\x01aU\x04nameq\x04T\x01\x00\x00\x00aq\x05u."
    assert unpickled(written) == {"labels": [1], "name": b"a"}


@pytest.mark.parametrize("kind", [">i2", "<f4", "u1", "?", ">f8"])
def test_arrays_of_every_order_and_layout(kind):
    array = np.asfortranarray(np.arange(6).reshape(2, 3).astype(kind))
    read = unpickled(pickle.dumps(array, 2)).content
    np.testing.assert_array_equal(read, array)
    assert read.dtype == array.dtype


def test_objects_stay_the_list_that_they_are_written_as():
    lists = np.empty(2, object)
    lists[:] = [[1, 2], [3]]
    assert unpickled(pickle.dumps(lists, 4)) == Stored([[1, 2], [3]])


class Calls:
    def __init__(self, function, *given):
        self.call = function, given

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    ("evil", "said"),
    [
        (Calls(os.system, "true"), "tries to use posix.system;"),
        (Calls(eval, "1"), ".eval;"),
        (Calls(np.load, "x"), "tries to use numpy.load"),
        (Calls(np.ndarray, (1 << 40,)), "tries to make the class of arrays of something else"),
        (Calls(np.dtype, "V100"), "tries to make a type of numbers of something else"),
        (Calls(np.dtype, "u1,u1"), "tries to make a type of numbers of something else"),
        (OrderedDict(a=1), "tries to use collections.OrderedDict"),
        (1.5, "no word 0x47"),
        ({1, 2}, ".set;"),
        (np.float64(1), "scalar"),
        (Stored(), "tries to use stages.download.pickled.Stored;"),
    ],
)
@pytest.mark.parametrize("protocol", [2, 3])
def test_what_calls_something_is_refused_by_what_it_tried(evil, said, protocol):
    with pytest.raises(Mistake) as mistake:
        unpickled(pickle.dumps([evil], protocol))
    assert said in str(mistake.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ends too early"),
        (b"\x80\x02]q\x00(K\x01", "ends too early"),
        (b"(ios\nsystem\n.", "tries to run INST"),
        (b"Pid\n.", "tries to run PERSID"),
        (b"\x82\x01.", "tries to run EXT1"),
        (b"T\xff\xff\xff\xff.", "ends too early"),
        (b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", "ends too early"),
        (b"a.", "a value is missing"),
        (b"(K\x01K\x02(a.", "a value is missing"),
        (b"u.", "a mark is missing"),
        (b"}(K\x01u.", "a value is missing"),
        (b"}(K\x01K\x02u.", "str expected, int found"),
        (b"h\x05.", "nothing is remembered as 5"),
        (b"]}b.", "tuple expected, dict found"),
        (b"])b.", "tries to change list"),
    ],
)
def test_what_is_damaged_is_said_with_its_place(content, said):
    with pytest.raises(Mistake) as mistake:
        unpickled(content)
    assert said in str(mistake.value)


def array_of(shape):
    """An array of one byte that claims another shape."""
    made = pickle.dumps(np.zeros((7, 1), np.uint8)[:1], 2)
    return made.replace(b"K\x01K\x01\x86", shape, 1)


def test_a_shape_is_believed_only_with_the_bytes_for_it():
    assert unpickled(array_of(b"K\x01K\x01\x86")).content.shape == (1, 1)
    for shape in (
        b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86",
        b"J\xff\xff\xff\xffK\x01\x86",
        b"K\x00J\xff\xff\xff\x7f\x86",
    ):
        with pytest.raises(Mistake, match="damaged pickle"):
            unpickled(array_of(shape))


def test_a_pickle_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(pickled, "STEPS", 100)
    with pytest.raises(Mistake, match="more than 100 steps"):
        unpickled(b"N" * 200)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_a_mistake(content):
    mistake_or_value(content)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_of_a_batch_is_read_or_a_mistake(data):
    written = bytearray(
        pickle.dumps({"data": np.zeros((2, 3), np.uint8), "labels": [1, 2]}, data.draw(st.integers(0, 4)))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    mistake_or_value(bytes(written))


def mistake_or_value(content):
    with suppress(Mistake):
        unpickled(content)
