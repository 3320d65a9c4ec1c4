"""The hidden layers of a picture in a model without branches."""

from stages.core.artefacts.processed import InputSpec
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.train.params.layer_params import Cnn, Mlp
from stages.train.params.model_params import Model

FILTERS, MOST_FILTERS = 16, 64
# Blocks halve the picture until its smaller side is below this.
SMALLEST_SIDE = 8


def picture_layers(model: Model, spec: InputSpec) -> Cnn | None:
    """Return convolutions for a picture among the inputs of an mlp. Nothing else gets layers of its own."""
    if not (isinstance(model, Mlp) and isinstance(spec.column, PicturePixels)):
        return None
    side = min(spec.shape[:2])
    return Cnn(kind="cnn", filters=filters_of_blocks(side), pool=min(2, side))


def filters_of_blocks(side: int) -> list[int]:
    """
    >>> filters_of_blocks(4), filters_of_blocks(28), filters_of_blocks(224)
    ([16], [16, 32], [16, 32, 64, 64, 64])
    """
    filters = [FILTERS]
    side //= 2
    while side >= SMALLEST_SIDE:
        filters.append(min(2 * filters[-1], MOST_FILTERS))
        side //= 2
    return filters
