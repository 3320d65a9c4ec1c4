"""The small datasets that are installed with scikit-learn."""

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


def load_sklearn(name: str) -> RawData:
    match name:
        case "digits":
            return _load_digits()
        case "diabetes":
            return _load_diabetes()
        case _:
            return _classification(name, CLASS_COLUMNS[name])


def column_name(name: str) -> str:
    """
    >>> column_name("sepal length (cm)")
    'sepal_length_cm'
    """
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _provenance(name: str) -> dict[str, str]:
    return {"source": "sklearn", "name": name, "citation": CITATIONS[name]}


def _feature_frame(bunch: Any) -> pd.DataFrame:
    return pd.DataFrame(bunch.data, columns=[column_name(c) for c in bunch.feature_names])


def _classification(name: str, column: str) -> Table:
    bunch = getattr(datasets, f"load_{name}")()
    frame = _feature_frame(bunch).assign(**{column: bunch.target_names[bunch.target]})
    classes = {column: [str(c) for c in bunch.target_names]}
    return Table(frames={ALL: frame}, classes=classes, source=_provenance(name))


def _load_diabetes() -> Table:
    """Unscaled, since scikit-learn computes its scaled form from all rows, the later test rows included."""
    bunch = datasets.load_diabetes(scaled=False)
    frame = _feature_frame(bunch).assign(progression=bunch.target)
    return Table(frames={ALL: frame}, source=_provenance("diabetes"))


def _load_digits() -> Images:
    bunch = datasets.load_digits()
    return Images(
        images={ALL: bunch.images.astype(np.uint8)},
        labels={ALL: bunch.target.astype(np.uint8)},
        classes=[str(c) for c in bunch.target_names],
        source=_provenance("digits"),
    )
