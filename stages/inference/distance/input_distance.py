"""One line about how far new rows are from the accepted profile."""

from collections.abc import Iterator, Mapping

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.profile import ClassColumn, DateColumn, NumberColumn, Profile
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.category_feature import CategoryFeature
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.columns.registry import Column
from stages.core.columns.texts.token_ids import TokenIds
from stages.core.errors import MAX_EXAMPLES
from stages.inference.distance.column_distances import (
    ClassDistance,
    DistanceLimits,
    UnknownCategories,
    ValueDistance,
    count,
)
from stages.inference.new_rows.raw_rows import RawRows

DEFAULT_LIMITS = DistanceLimits()


class InputDistance:
    """`add` takes the rows as they are read; `describe` gives the line, at any time.

    Nothing is kept of the rows but counts. A private column has no profile: only its unseen categories are counted.
    Pictures, and texts of word numbers, are not compared.
    """

    def __init__(self, profile: Profile | None, fitted: Fitted, limits: DistanceLimits = DEFAULT_LIMITS) -> None:
        self._needed = {name for spec in fitted.inputs.values() for name in _compared_columns(spec.column)}
        self._has_profile, self._limits, self._rows = profile is not None, limits, 0
        names = self._needed - {*limits.ignore}
        self._of_profile = {} if profile is None else dict(_profile_distances(profile, names))
        self._categories = {feature.column: UnknownCategories(feature) for feature in category_features(fitted)}

    def add(self, rows: RawRows) -> None:
        self._rows += len(rows)
        for distances in (self._of_profile, self._categories):
            for column, distance in distances.items():
                distance.add(rows.columns[column])

    def describe(self) -> str:
        """Such as `input: 1,000 rows; width: 12 values outside 0.1 to 2.5; other columns are within the accepted
        profile`.
        """
        compared = dict.fromkeys([*self._of_profile, *self._categories])
        found = {column: said for column in compared if (said := ", ".join(self._differences(column)))}
        parts = [f"input: {count(self._rows, 'row')}"]
        parts += [f"{column}: {said}" for column, said in list(found.items())[:MAX_EXAMPLES]]
        if len(found) > MAX_EXAMPLES:
            parts.append(f"differences in {count(len(found) - MAX_EXAMPLES, 'more column')}")
        return "; ".join([*parts, *self._rest(found, len(compared))])

    def _rest(self, found: Mapping[str, str], compared: int) -> Iterator[str]:
        if self._needed and not self._has_profile:
            yield "there is no accepted profile"
        elif compared and not found:
            yield "within the accepted profile"
        elif len(found) < compared:
            yield "the other columns are within the accepted profile"

    def _differences(self, column: str) -> Iterator[str]:
        for distances in (self._categories, self._of_profile):
            if column in distances:
                yield from distances[column].differences(self._limits)


def _compared_columns(column: Column) -> list[str]:
    return [] if isinstance(column, ImagePixels | PicturePixels | TokenIds) else column.columns


def _profile_distances(profile: Profile, needed: set[str]) -> Iterator[tuple[str, ValueDistance | ClassDistance]]:
    for column in profile.columns:
        if column.name in needed and isinstance(column, NumberColumn | DateColumn):
            yield column.name, ValueDistance(column)
        elif column.name in needed and isinstance(column, ClassColumn):
            yield column.name, ClassDistance(column)


def category_features(fitted: Fitted) -> Iterator[CategoryFeature]:
    for spec in fitted.inputs.values():
        match spec.column:
            case CategoryIds() as ids:
                yield ids.feature
            case FeatureMatrix() as matrix:
                yield from (feature for feature in matrix.features if isinstance(feature, CategoryFeature))
