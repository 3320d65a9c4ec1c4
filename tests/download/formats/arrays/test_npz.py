import pickle
import struct

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.download.formats.arrays.npz import read_npy, read_npz
from stages.download.read_array_files import Splits, add_images
from tests.download.sample_files import LIMITS, error_message, make_npy, make_npz, make_reuters, object_array, opener

IMAGES = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)


def read_images(content):
    splits: Splits = {}
    add_images(splits, "all", *read_npz(opener(content), ["x", "y"], LIMITS))
    return splits["all"]


def read_x(content):
    return read_npz(opener(content), ["x"], LIMITS)


def test_images_are_read_as_written():
    images, labels = read_images(make_npz(x=IMAGES, y=np.array([1, 0])))
    np.testing.assert_array_equal(images, IMAGES, strict=True)
    assert labels.tolist() == [1, 0]


def test_arrays_of_numbers_equal_those_of_numpy():
    rows = np.arange(6).reshape(2, 3)
    for array in (rows.astype(float), np.asfortranarray(rows), np.zeros((0, 3), ">i2"), np.array(1.5)):
        np.testing.assert_array_equal(read_npy("x", make_npy(array)), array)


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_arrays_of_objects_are_lists(protocol):
    assert read_x(make_reuters([[1, 2], [3]], [0, 1], protocol)) == [[[1, 2], [3]]]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": IMAGES, "labels": [0, 1]}, "no member 'y.npy'"),
        ({"x": IMAGES, "y": [0, 1, 1]}, "2 images and 3 labels"),
        ({"x": np.zeros((2, 4)), "y": [0, 1]}, "received float64 of shape (2, 4)"),
        ({"x": IMAGES, "y": ["cat", "dog"]}, "y: not a readable array: it holds something else than numbers"),
        (
            {"x": IMAGES, "y": np.array([[1], None], object)},
            "labels must be whole numbers of shape (count,); received objects",
        ),
        ({"x": np.zeros(2, [("a", "u1")]), "y": [0, 1]}, "x: not a readable array"),
    ],
)
def test_arrays_that_are_no_images_with_labels(arrays, message):
    assert message in error_message(read_images, make_npz(**arrays))


class CallPrint:
    def __reduce__(self):
        return print, ("called",)


def test_a_function_in_an_array_of_objects_is_not_called(capsys):
    with pytest.raises(UserError, match=r"tries to use (builtins|__builtin__).print"):
        read_images(make_npz(x=object_array(CallPrint()), y=[0]))
    assert capsys.readouterr().out == ""


def test_other_and_damaged_files_are_not_unpickled():
    for other in (b"", b"text", pickle.dumps([1, 2])):
        assert error_message(read_images, other) == "not an npz file"
    content = bytearray(make_npz(x=IMAGES, y=[0, 1]))
    content[150] ^= 255
    assert "not readable as zip: Bad CRC" in error_message(read_images, bytes(content))


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
def test_a_header_that_does_not_fit_its_content(header):
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"\0" * 8
    assert "x: not a readable array" in error_message(read_npy, "x", content)
