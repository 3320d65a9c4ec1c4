"""The union of all kinds of column, distinguished in fitted.json by `kind`."""

from typing import Annotated

from pydantic import Field

from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.columns.texts.multi_hot_text import MultiHotText
from stages.core.columns.texts.text_ids import TextIds
from stages.core.columns.texts.tf_idf_text import TfIdfText
from stages.core.columns.texts.token_ids import TokenIds

Column = Annotated[
    NumberColumns
    | FeatureMatrix
    | CategoryIds
    | MultiHotText
    | TfIdfText
    | TextIds
    | ClassLabels
    | ImagePixels
    | PicturePixels
    | TokenIds,
    Field(discriminator="kind"),
]
