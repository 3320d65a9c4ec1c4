"""The small datasets that are installed with scikit-learn."""

import re

import numpy as np
import pandas as pd
from sklearn import datasets

from stages.core.artefacts.raw.raw_data import ALL, Images, RawData, Table

CITATIONS = {
    "iris": "R. A. Fisher (1936), The use of multiple measurements in taxonomic problems",
    "breast_cancer": "W. H. Wolberg, W. N. Street, O. L. Mangasarian, Breast Cancer Wisconsin (Diagnostic)",
    "wine": "M. Forina et al., PARVUS; wine recognition data",
    "diabetes": "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004), Least Angle Regression",
    "digits": "E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, test set",
}
CLASS_COLUMNS = {"iris": "species", "breast_cancer": "diagnosis", "wine": "cultivar"}


def load_sklearn(name: str) -> RawData:
    provenance = {"source": "sklearn", "name": name, "citation": CITATIONS[name]}
    # Diabetes is unscaled, since scikit-learn computes its scaled form from all rows, the later test rows included.
    bunch = datasets.load_diabetes(scaled=False) if name == "diabetes" else getattr(datasets, f"load_{name}")()
    if name == "digits":
        return Images(
            images={ALL: bunch.images.astype(np.uint8)},
            labels={ALL: bunch.target.astype(np.uint8)},
            classes=[str(c) for c in bunch.target_names],
            source=provenance,
        )
    frame = pd.DataFrame(bunch.data, columns=[column_name(c) for c in bunch.feature_names])
    if name == "diabetes":
        return Table(frames={ALL: frame.assign(progression=bunch.target)}, source=provenance)
    column = CLASS_COLUMNS[name]
    frame[column] = bunch.target_names[bunch.target]
    classes = {column: [str(c) for c in bunch.target_names]}
    return Table(frames={ALL: frame}, classes=classes, source=provenance)


def column_name(name: str) -> str:
    """
    >>> column_name("sepal length (cm)")
    'sepal_length_cm'
    """
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
