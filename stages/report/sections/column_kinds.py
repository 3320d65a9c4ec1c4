"""The kind of each input column of a table, and how it becomes numbers."""

from collections.abc import Iterator

from stages.core.artefacts.processed import Fitted
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.column_params import Constant
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.category_feature import CategoryFeature
from stages.core.columns.features.date_feature import DateFeature
from stages.core.columns.features.feature import Feature
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.columns.texts.text_column import TextColumn
from stages.core.errors import format_examples
from stages.report.rendering.format_text import TIMES, count


def column_kind_rows(fitted: Fitted) -> Iterator[tuple[str, str, str, str, str]]:
    """The column, its kind, where the kind comes from, how gaps are filled, and what the column becomes."""
    for _, spec in sorted(fitted.inputs.items()):
        match spec.column:
            case FeatureMatrix(features=features):
                yield from (_row(feature) for feature in features)
            case CategoryIds(feature=feature):
                yield _row(feature)
            case TextColumn() as text:
                yield _text_row(text)
            case PicturePixels() as picture:
                gaps = "none" if picture.params.missing == "refuse" else "a black picture"
                yield picture.column, "picture", _origin(inferred=False), gaps, _picture_size(spec.shape)


def _text_row(text: TextColumn) -> tuple[str, str, str, str, str]:
    form = {"multi_hot": "multi-hot", "tf_idf": "tf-idf", "ids": "ids for an embedding"}[text.params.form]
    gaps = "none" if text.params.missing == "refuse" else "an empty text"
    content = f"{count(len(text.words), 'word')} of the training rows, {form}"
    return text.column, "text", _origin(text.inferred), gaps, content


def _picture_size(shape: list[int]) -> str:
    height, width, channels = shape
    return f"{width} {TIMES} {height} pixels, {'colour' if channels == 3 else 'grey'}"


def _row(feature: Feature) -> tuple[str, str, str, str, str]:
    kind: str = feature.params.kind
    return feature.column, kind, _origin(feature.inferred), _gaps(feature), _content(feature)


def _origin(inferred: bool) -> str:
    return "inferred from the training rows" if inferred else "conf"


def _gaps(feature: Feature) -> str:
    """How gaps are filled. The value is not shown for a private column."""
    missing = feature.params.missing
    indicator = ", with an indicator" if feature.params.missing_indicator else ""
    if missing in ("refuse", "forward", "category"):
        gaps = {"refuse": "none", "forward": "the value before", "category": "a category of their own"}
        return gaps[missing] + indicator
    name = "constant" if isinstance(missing, Constant) else missing.replace("_", " ")
    return (name if feature.private else f"{name}: {feature.fill}") + indicator


def _content(feature: Feature) -> str:
    if isinstance(feature, CategoryFeature):
        categories = count(len(feature.categories), "category", "categories")
        names = "" if feature.private else f": {format_examples(feature.categories)}"
        form = "embedding" if feature.is_embedded else "one-hot"
        return f"{categories}, {form}{names}{'; rare ones are other' if feature.has_rare else ''}"
    if isinstance(feature, DateFeature):
        elapsed = [f"days since {feature.first}" if not feature.private else "days"] * feature.params.elapsed
        return format_examples([part.replace("_", " ") for part in feature.params.parts] + elapsed)
    return count(len(feature.outputs), "number")
