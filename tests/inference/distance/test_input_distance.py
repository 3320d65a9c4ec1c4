"""The line about new rows against counts by hand, and its measures against those that validate computes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.processed import Fitted, InputSpec, TargetSpec
from stages.core.artefacts.profile import Profile
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.column_params import CategoryParams
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.category_feature import CategoryFeature
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.inference.distance.column_distances import MAX_COUNTED, DistanceLimits, ValueDistance
from stages.inference.distance.input_distance import InputDistance
from stages.inference.new_rows.raw_rows import RawRows
from stages.validate.drift.compare_profiles import compare_profiles
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.drift.profiled_values import values_of_column
from stages.validate.params import Drift

TARGET = {"y": TargetSpec(column=ClassLabels(columns=["y"], encoding="integer", classes=["a", "b"]))}


def profile(**data: Any) -> Profile:
    columns = {name: values_of_column(pd.Series(values), name == "open") for name, values in data.items()}
    return compute_profile(columns, len(next(iter(data.values()))), {})


def fitted(*names: str, categories: Mapping[str, list[str]] | None = None, **settings: Any) -> Fitted:
    inputs = {"x": InputSpec(column=NumberColumns(columns=[*names]), shape=[len(names)])} if names else {}
    features = [
        CategoryFeature(column=name, params=CategoryParams(kind="category"), categories=known, **settings)
        for name, known in (categories or {}).items()
    ]
    if features:
        matrix = FeatureMatrix(columns=[feature.column for feature in features], features=features, training_rows=1)
        inputs["features"] = InputSpec(column=matrix, shape=[1])
    return Fitted(inputs=inputs, targets=TARGET, splits={})


def described(distance: InputDistance, *blocks: Mapping[str, Any]) -> str:
    for block in blocks:
        columns = {name: np.array(v, object if isinstance(v[0], str) else None) for name, v in block.items()}
        distance.add(RawRows(columns, len(next(iter(columns.values())))))
    return distance.describe()


def test_values_outside_the_accepted_range_are_counted_over_all_blocks() -> None:
    distance = InputDistance(profile(width=[0.1, 1.0, 2.5], length=[1, 2, 3]), fitted("width", "length"))
    line = described(
        distance,
        {"width": [0.1, 2.5, 2.6], "length": [1, 2, 3]},
        {"width": [0.05, -1.0], "length": [1, 1]},
    )
    assert line == (
        "input: 5 rows; width: 3 values outside 0.1 to 2.5; the other columns are within the accepted profile"
    )


def test_rows_within_the_profile() -> None:
    line = described(InputDistance(profile(x=[1, 2]), fitted("x")), {"x": [1.0]})
    assert line == "input: 1 row; within the accepted profile"


def test_a_column_that_the_model_does_not_need_is_not_compared() -> None:
    line = described(InputDistance(profile(x=[1, 2], other=[1, 2]), fitted("x")), {"x": [1.0]})
    assert line == "input: 1 row; within the accepted profile"


def test_without_an_accepted_profile_only_categories_are_compared() -> None:
    line = described(InputDistance(None, fitted("x", categories={"c": ["a"]})), {"x": [9.0, 9.0], "c": ["a", "new"]})
    assert line == "input: 2 rows; c: 1 unseen category in 1 row; there is no accepted profile"


def test_unseen_categories_are_counted_once_and_their_rows() -> None:
    distance = InputDistance(profile(c=["a", "b"]), fitted(categories={"c": ["a", "b"]}))
    line = described(distance, {"c": ["a", "x", "y"]}, {"c": ["x", "b", "z"]})
    assert line == "input: 6 rows; c: 3 unseen categories in 4 rows"


def test_the_number_of_kept_categories_is_bounded() -> None:
    distance = InputDistance(None, fitted(categories={"c": ["a"]}))
    for block in range(3):
        described(distance, {"c": [f"{block} {number}" for number in range(MAX_COUNTED)]})
    assert "1,000 or more unseen categories in 3,000 rows" in distance.describe()


def test_no_value_of_a_private_column_is_kept() -> None:
    distance = InputDistance(None, fitted(categories={"c": ["0" * 64]}, private=True))
    described(distance, {"c": ["secret"]})
    [categories] = distance._categories.values()
    assert "1 unseen category" in distance.describe()
    assert not any("secret" in text for text in categories._unknown)


def test_dates_and_the_lengths_of_texts() -> None:
    accepted = profile(day=pd.to_datetime(["2020-01-01", "2020-12-31"]), note=["ab", "abcd"])
    distance = InputDistance(accepted, fitted("day", "note"))
    line = described(distance, {"day": np.array(["2021-01-01", "2020-06-01"], "M8[us]"), "note": ["abc", "a"]})
    assert line == ("input: 2 rows; day: 1 value outside 2020-01-01 to 2020-12-31; note: 1 length outside 2 to 4")


def test_gaps_in_a_column_that_had_none() -> None:
    line = described(InputDistance(profile(x=[1, 2]), fitted("x")), {"x": [1.0, np.nan]})
    assert line == "input: 2 rows; x: missing in 1 row, accepted in none"


def test_few_rows_have_no_distribution() -> None:
    accepted = profile(x=np.arange(1000))
    assert described(InputDistance(accepted, fitted("x")), {"x": [5.0] * 199}).endswith("within the accepted profile")
    assert "another distribution (psi " in described(InputDistance(accepted, fitted("x")), {"x": [5.0] * 200})


def test_only_five_columns_are_named() -> None:
    names = [f"c{number}" for number in range(8)]
    line = described(
        InputDistance(profile(**{name: [0, 1] for name in names}), fitted(*names)), {name: [2.0] for name in names}
    )
    assert line.count("1 value outside 0 to 1") == 5
    assert line.endswith("differences in 3 more columns")


def test_pictures_are_only_counted() -> None:
    pictures = {"image": InputSpec(column=ImagePixels(columns=["image"]), shape=[2, 2, 1])}
    distance = InputDistance(None, Fitted(inputs=pictures, targets=TARGET, splits={}))
    assert described(distance, {"image": np.zeros((3, 2, 2, 1), np.uint8)}) == "input: 3 rows"


def test_ignored_columns_are_left_out() -> None:
    limits = DistanceLimits(ignore=["x"])
    assert "outside" not in described(InputDistance(profile(x=[0, 1]), fitted("x"), limits), {"x": [2.0]})


def test_classes() -> None:
    accepted = profile(open=[True, False] * 150)
    assert "psi" not in described(InputDistance(accepted, fitted("open")), {"open": [True, False] * 100})
    line = described(InputDistance(accepted, fitted("open")), {"open": [True] * 200})
    assert "open: another distribution (psi " in line


@pytest.mark.parametrize("seed", range(4))
def test_blocks_have_the_distances_that_validate_computes_of_all_rows(seed: int) -> None:
    random = np.random.default_rng(seed)
    before, now = random.normal(size=500).round(1), random.normal(0.7, 1.4, size=700).round(1)
    columns = {"x": values_of_column(pd.Series(now))}
    [expected] = compare_profiles(
        profile(x=before), compute_profile(columns, len(now), {}), columns, Drift(psi=1e-9, ks=1e-9)
    ).columns
    [accepted] = profile(x=before).columns
    distance = ValueDistance(accepted)  # type: ignore[arg-type]
    for block in np.array_split(now, 7):
        distance.add(block)
    said = ", ".join(distance.differences(DistanceLimits(psi=1e-9, ks=1e-9)))
    assert f"psi {expected.psi:.2g}, ks {expected.ks:.2g}" in said
