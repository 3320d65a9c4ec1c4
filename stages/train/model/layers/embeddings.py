"""Hidden layers over ids: an embedding, and a body that makes one vector of those of a text, or of a window's steps.

Id 0 of a text is padding. A mask, 1 for a word and 0 for padding, is given to each layer that needs it. Categories have
none.
"""

from typing import Any

from keras import layers

from stages.core.artefacts.processed import InputSpec
from stages.train.model.architectures import apply_encoder, apply_layers
from stages.train.model.layers.dense_layers import dense_layers
from stages.train.params.embedding_params import (
    Average,
    Embedding,
    TextConvolution,
    TextEncoder,
    TextRecurrence,
    default_width,
)

RECURRENT = {"lstm": layers.LSTM, "gru": layers.GRU}


def apply_embedding(params: Embedding, spec: InputSpec, prefix: str, ids: Any) -> Any:
    x = embedded_ids(params, spec, prefix, ids)
    mask = _word_mask(prefix, ids) if spec.padded else None
    match params.body:
        case Average():
            x = layers.GlobalAveragePooling1D(name=f"{prefix}average")(x, mask=mask)
        case TextConvolution() as body:
            x = _apply_convolutions(body, spec.shape[0], prefix, x, mask)
        case TextRecurrence() as body:
            x = _apply_recurrence(body, prefix, x, mask)
        case TextEncoder() as body:
            x = _apply_transformer(body, spec.shape[0], x.shape[-1], prefix, x, mask)
    return apply_layers(dense_layers(params.units, "relu", params.dropout, prefix), x)


def embedded_ids(params: Embedding, spec: InputSpec, prefix: str, ids: Any) -> Any:
    """A vector for each word of a text, for the category, or for the category of each step of a window."""
    assert spec.id_count is not None
    width = params.width or default_width(spec.id_count, is_text=spec.padded)
    x = layers.Embedding(spec.id_count, width, name=f"{prefix}embedding")(ids)
    # A window has shape [steps, 1].
    return layers.Reshape((spec.shape[0], width), name=f"{prefix}embedded_steps")(x) if len(spec.shape) > 1 else x


def _word_mask(prefix: str, ids: Any) -> Any:
    """Return 1.0 for each word and 0.0 for padding, by layers that every Keras can load."""
    numbers = layers.Rescaling(1.0, name=f"{prefix}ids_as_numbers")(ids)
    return layers.ReLU(max_value=1.0, name=f"{prefix}word_mask")(numbers)


def _apply_convolutions(body: TextConvolution, length: int, prefix: str, x: Any, mask: Any) -> Any:
    """Padding is 0 before each convolution, as beyond the ends of a text, and before the maximum.

    There, no value is below 0 because of the activation, so padding is never the maximum of a text.
    """
    column = None
    if mask is not None:
        column = layers.Reshape((length, 1), name=f"{prefix}word_mask_column")(mask)
        x = layers.Multiply(name=f"{prefix}masked_0")([x, column])
    for number, filters in enumerate(body.filters, 1):
        x = layers.Conv1D(filters, body.kernel, padding="same", activation="relu", name=f"{prefix}conv_{number}")(x)
        if column is not None:
            x = layers.Multiply(name=f"{prefix}masked_{number}")([x, column])
    return layers.GlobalMaxPooling1D(name=f"{prefix}maximum")(x)


def _apply_recurrence(body: TextRecurrence, prefix: str, x: Any, mask: Any) -> Any:
    """All layers but the last return the output of every step. A step of padding changes nothing."""
    for number, cells in enumerate(body.cells, 1):
        layer = RECURRENT[body.kind](
            cells, return_sequences=number < len(body.cells), name=f"{prefix}{body.kind}_{number}"
        )
        x = layer(x, mask=mask)
    return x


def _apply_transformer(body: TextEncoder, length: int, width: int, prefix: str, x: Any, mask: Any) -> Any:
    # A bias for every position is the learned position encoding.
    x = layers.EinsumDense("bsd,de->bse", (length, width), bias_axes="se", name=f"{prefix}steps")(x)
    attended_words = None if mask is None else layers.Reshape((1, length), name=f"{prefix}word_mask_row")(mask)
    for block in range(1, body.blocks + 1):
        x = apply_encoder(body.heads, width, body.feed_forward, f"{prefix}%s_{block}", x, attended_words)
    return layers.GlobalAveragePooling1D(name=f"{prefix}average")(x, mask=mask)
