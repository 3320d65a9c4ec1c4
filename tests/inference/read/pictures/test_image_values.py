import base64

import numpy as np
import pytest

from stages.inference.read.pictures.image_values import image_values
from tests.core.pictures.picture_files import random_pixels, save_picture
from tests.inference.read.example_inputs import picture_schema

PICTURES = [random_pixels(2, 2, 3, seed=seed) for seed in range(2)]


def test_images_of_json_objects():
    schema = picture_schema(2, 2, 3)
    text = base64.b64encode(save_picture(PICTURES[1])).decode()
    values = [text, f"data:image/png;base64,{text}", PICTURES[0].tolist()]
    images, wrong = image_values(values, schema.columns[0])
    np.testing.assert_array_equal(images, [PICTURES[1], PICTURES[1], PICTURES[0]], strict=True)
    assert wrong == {}


def test_grey_images_of_json_objects_need_no_channel():
    values = [[[1, 2]], [[[1], [2]]]]
    images, wrong = image_values(values, picture_schema(1, 2, 1).columns[0])
    assert (images.tolist(), wrong) == ([[[[1], [2]]]] * 2, {})
    images, wrong = image_values([[[0.5, 2]]], picture_schema(1, 2, 1, "float64").columns[0])
    assert (images.tolist(), wrong) == ([[[[0.5], [2]]]], {})


@pytest.mark.error_case("new pictures refused")
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "no picture: neither base64 nor lists of numbers"),
        ("?", "not base64"),
        ([[1], [2, 3]], "lists of numbers of different lengths"),
        ([[1, 2, 3]], "lists of shape (1, 3); expected numbers of shape (1, 2, 1)"),
        ([["a", "b"]], "lists of shape (1, 2); expected numbers of shape (1, 2, 1)"),
        ([[256, 0]], "numbers that are no uint8"),
        ([[-1, 0]], "numbers that are no uint8"),
        ([[0.5, 0]], "numbers that are no uint8"),
        ([[float("nan"), 0]], "numbers that are no uint8"),
        ([[10**30, 0]], "lists of shape (1, 2); expected numbers of shape (1, 2, 1)"),
    ],
)
def test_a_wrong_image_of_a_json_object_is_a_sentence(value, problem):
    images, wrong = image_values([value], picture_schema(1, 2, 1).columns[0])
    assert wrong == {0: problem}
    assert not images.any()


@pytest.mark.error_case("new pictures refused")
@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1e300])
def test_a_number_that_is_not_finite_is_a_sentence(number):
    """Also one that is not finite in the type of the dataset."""
    assert image_values([[[number, 0]]], picture_schema(1, 2, 1, "float32").columns[0])[1] == {
        0: "a pixel is no finite number"
    }
