import io
import pickle
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.download.formats.check_images import check_images
from stages.download.formats.npz import read_npy, read_npz
from tests.download.made import LIMITS, newswires_npz, opens, zipped

PICTURES = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)


def npz(**arrays):
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    return packed.getvalue()


def npy(array):
    written = io.BytesIO()
    np.save(written, array)
    return written.getvalue()


def images(content):
    return check_images(*read_npz(opens(content), ["x", "y"], LIMITS))


def test_images_come_as_they_are():
    pictures, labels = images(npz(x=PICTURES, y=np.array([1, 0])))
    np.testing.assert_array_equal(pictures, PICTURES, strict=True)
    assert labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.zeros((0, 3), ">i2"),
        np.array(1.5),
    ],
)
def test_every_array_of_numbers_is_what_numpy_reads(array):
    np.testing.assert_array_equal(read_npy("x", npy(array)), array)


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_lists_are_read_without_running_their_pickle(protocol):
    content = newswires_npz([[1, 2], [3]], [0, 1], protocol)
    assert read_npz(opens(content), ["x"], LIMITS) == [[[1, 2], [3]]]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x": PICTURES, "labels": [0, 1]}, "no member 'y.npy'"),
        ({"x": PICTURES, "y": [0, 1, 1]}, "2 images and 3 labels"),
        ({"x": np.zeros((2, 4)), "y": [0, 1]}, "received float64 of shape (2, 4)"),
        ({"x": PICTURES, "y": ["cat", "dog"]}, "y: not a readable array: it holds something else than numbers"),
        (
            {"x": PICTURES, "y": np.array([[1], None], object)},
            "labels must be whole numbers of shape (count,); received objects",
        ),
        ({"x": np.zeros(2, [("a", "u1")]), "y": [0, 1]}, "x: not a readable array"),
    ],
)
def test_arrays_that_are_not_images_with_labels(arrays, said):
    with pytest.raises(UserError) as mistake:
        images(npz(**arrays))
    assert said in str(mistake.value)


class Evil:
    def __reduce__(self):
        return print, ("called",)


def test_an_object_that_calls_something_is_refused_and_not_called(capsys):
    evil = np.empty(1, object)
    evil[0] = Evil()
    with pytest.raises(UserError, match=r"tries to use (builtins|__builtin__).print"):
        images(npz(x=evil, y=[0]))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [b"", b"text", pickle.dumps([1, 2])])
def test_what_is_not_npz_is_never_unpickled(content):
    with pytest.raises(UserError, match="not an npz file"):
        images(content)


def test_a_damaged_npz():
    content = bytearray(npz(x=PICTURES, y=[0, 1]))
    content[150] ^= 255
    with pytest.raises(UserError, match="not readable as zip: Bad CRC"):
        images(bytes(content))


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }",
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 99999999999, 99999999999), }",
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 99999999999999999999), }x",
        b"{'descr': '<f8', 'fortran_order': __import__('os'), 'shape': (1,), }",
        b"(" * 5000,
    ],
)
def test_a_header_that_lies_is_a_mistake(header):
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"\0" * 8
    with pytest.raises(UserError, match="x: not a readable array"):
        read_npy("x", content)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_of_an_array_is_read_or_a_mistake(data):
    written = bytearray(data.draw(st.sampled_from([npy(PICTURES), pickled_npy()])))
    for _ in range(data.draw(st.integers(1, 4))):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    mistake_or_arrays(zipped({"x.npy": bytes(written)}))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_a_mistake(content):
    mistake_or_arrays(content)
    mistake_or_arrays(zipped({"x.npy": b"\x93NUMPY" + content}))


def pickled_npy():
    written = io.BytesIO()
    lists = np.empty(2, object)
    lists[:] = [[1], [2, 3]]
    np.save(written, lists)
    return written.getvalue()


def mistake_or_arrays(content):
    with suppress(UserError):
        read_npz(opens(content), ["x"], LIMITS)
