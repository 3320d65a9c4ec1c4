"""How the model uses each raw column, and the type of its values."""

from dataclasses import dataclass

from stages.core.artefacts.processed import Fitted
from stages.core.columns.features.boolean_feature import BooleanFeature
from stages.core.columns.features.category_feature import CategoryFeature
from stages.core.columns.features.date_feature import DateFeature
from stages.core.columns.features.feature import Feature
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.columns.private_values import hash_private_text
from stages.core.columns.registry import Column
from stages.core.columns.texts.text_column import TextColumn
from stages.inference.input_schema import ISO_8601, ColumnType
from stages.inference.new_rows.row_values import features_of

MAX_CHOICES = 100
TRUTH_TEXTS = ("false", "true")


@dataclass(frozen=True)
class ColumnUse:
    """`feature` is what was fitted of a column of a matrix or of an embedding."""

    fills_gaps: bool = False
    feature: Feature | None = None

    @property
    def date_format(self) -> str | None:
        return (self.feature.params.format or ISO_8601) if isinstance(self.feature, DateFeature) else None


def column_uses(fitted: Fitted) -> dict[str, ColumnUse]:
    """The columns of all inputs, in their order."""
    uses: dict[str, ColumnUse] = {}
    for spec in fitted.inputs.values():
        uses |= _uses_of(spec.column)
    return uses


def _uses_of(column: Column) -> dict[str, ColumnUse]:
    if features := features_of(column):
        return {feature.column: _use_of_feature(feature) for feature in features}
    if isinstance(column, TextColumn | PicturePixels):
        return {column.column: ColumnUse(column.params.missing != "refuse")}
    return {name: ColumnUse() for name in column.columns}


def _use_of_feature(feature: Feature) -> ColumnUse:
    return ColumnUse(feature.params.missing != "refuse", feature)


def column_type(raw_type: str, use: ColumnUse) -> ColumnType:
    """`raw_type` is the type of the raw data, as meta.json names it."""
    if raw_type == "bool" or (raw_type == "object" and _is_of_truth_values(use)):
        return "boolean"
    if raw_type.startswith(("int", "uint", "float", "Int", "UInt", "Float")):
        return "number"
    return "time" if raw_type.startswith("datetime64") else "text"


def _is_of_truth_values(use: ColumnUse) -> bool:
    """Whether objects are truth values with gaps. Other objects are times of day of a Parquet file."""
    match use.feature:
        case BooleanFeature():
            return True
        case CategoryFeature() as feature:
            texts = [hash_private_text(feature.column, t) for t in TRUTH_TEXTS] if feature.private else TRUTH_TEXTS
            return set(feature.categories) <= set(texts)
        case _:
            return False


def category_choices(use: ColumnUse) -> list[str] | None:
    """The categories of the training rows, if they are few."""
    feature = use.feature
    if not isinstance(feature, CategoryFeature) or feature.private or len(feature.categories) > MAX_CHOICES:
        return None
    return feature.categories
