import numpy as np
import pytest
from sklearn import datasets

from stages.core.artefacts.raw.raw_data import ALL, Images, Table
from stages.download.builtin.sklearn_datasets import load_sklearn


def load_table(name):
    raw = load_sklearn(name)
    assert isinstance(raw, Table)
    return raw


def test_the_first_and_last_row_of_iris():
    iris = load_table("iris")
    assert iris.columns == ["sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm", "species"]
    assert iris.frames[ALL].iloc[0].tolist() == [5.1, 3.5, 1.4, 0.2, "setosa"]
    assert iris.frames[ALL].iloc[-1].tolist() == [5.9, 3.0, 5.1, 1.8, "virginica"]


@pytest.mark.parametrize(
    ("name", "shape", "column", "classes"),
    [
        ("iris", (150, 5), "species", ["setosa", "versicolor", "virginica"]),
        ("breast_cancer", (569, 31), "diagnosis", ["malignant", "benign"]),
        ("wine", (178, 14), "cultivar", ["class_0", "class_1", "class_2"]),
    ],
)
def test_rows_and_classes_equal_those_of_scikit_learn(name, shape, column, classes):
    raw, bunch = load_table(name), getattr(datasets, f"load_{name}")()
    assert raw.frames[ALL].shape == shape
    assert raw.classes == {column: classes}
    assert raw.columns[-1] == column
    np.testing.assert_array_equal(raw.frames[ALL].drop(columns=column), bunch.data)
    assert [classes.index(c) for c in raw.frames[ALL][column]] == bunch.target.tolist()


def test_column_names_have_no_spaces_or_units():
    assert "od280_od315_of_diluted_wines" in load_table("wine").columns
    assert load_table("breast_cancer").columns[:2] == ["mean_radius", "mean_texture"]


def test_diabetes_is_not_scaled():
    diabetes = load_table("diabetes")
    assert (diabetes.frames[ALL].shape, diabetes.classes) == ((442, 11), {})
    first = diabetes.frames[ALL].iloc[0]
    assert (first["age"], first["bmi"], first["progression"]) == (59.0, 32.1, 151.0)
    features = diabetes.frames[ALL].drop(columns="progression").to_numpy()
    centred = features - features.mean(axis=0)
    np.testing.assert_allclose(centred / np.linalg.norm(centred, axis=0), datasets.load_diabetes().data, atol=1e-12)


def test_digits_are_bytes_with_the_same_values():
    digits = load_sklearn("digits")
    assert isinstance(digits, Images)
    assert digits.images[ALL].shape == (1797, 8, 8)
    assert digits.images[ALL].dtype == digits.labels[ALL].dtype == np.uint8
    assert digits.images[ALL][0][0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert digits.labels[ALL][:5].tolist() == [0, 1, 2, 3, 4]
    assert digits.classes == list("0123456789")
    np.testing.assert_array_equal(digits.images[ALL], datasets.load_digits().images)
