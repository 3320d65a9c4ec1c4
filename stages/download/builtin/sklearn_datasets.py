"""The small sets that scikit-learn carries."""

import re
from typing import Any

import numpy as np
import pandas as pd
from sklearn import datasets

from stages.core.artefacts.raw import ALL, Images, RawData, Table

CITATIONS = {
    "iris": "R. A. Fisher (1936), The use of multiple measurements in taxonomic problems",
    "breast_cancer": "W. H. Wolberg, W. N. Street, O. L. Mangasarian, Breast Cancer Wisconsin (Diagnostic)",
    "wine": "M. Forina et al., PARVUS; wine recognition data",
    "diabetes": "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004), Least Angle Regression",
    "digits": "E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, test set",
}
CLASS_COLUMNS = {"iris": "species", "breast_cancer": "diagnosis", "wine": "cultivar"}


def sklearn_set(name: str) -> RawData:
    match name:
        case "digits":
            return _digits()
        case "diabetes":
            return _diabetes()
        case _:
            return _classified(name, CLASS_COLUMNS[name])


def slug(name: str) -> str:
    """
    >>> slug("sepal length (cm)")
    'sepal_length_cm'
    """
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _origin(name: str) -> dict[str, str]:
    return {"source": "sklearn", "name": name, "citation": CITATIONS[name]}


def _features(bunch: Any) -> pd.DataFrame:
    return pd.DataFrame(bunch.data, columns=[slug(c) for c in bunch.feature_names])


def _classified(name: str, column: str) -> Table:
    bunch = getattr(datasets, f"load_{name}")()
    frame = _features(bunch).assign(**{column: bunch.target_names[bunch.target]})
    classes = {column: [str(c) for c in bunch.target_names]}
    return Table(frames={ALL: frame}, classes=classes, source=_origin(name))


def _diabetes() -> Table:
    """As measured: the library's scaled form was fitted on every row, those to be tested on included."""
    bunch = datasets.load_diabetes(scaled=False)
    frame = _features(bunch).assign(progression=bunch.target)
    return Table(frames={ALL: frame}, source=_origin("diabetes"))


def _digits() -> Images:
    bunch = datasets.load_digits()
    return Images(
        images={ALL: bunch.images.astype(np.uint8)},
        labels={ALL: bunch.target.astype(np.uint8)},
        classes=[str(c) for c in bunch.target_names],
        source=_origin("digits"),
    )
