"""Checks of the hidden layers of an input of ids."""

from stages.core.artefacts.processed import InputSpec
from stages.core.errors import ErrorList
from stages.train.params.embedding_params import Average, Embedding, TextEncoder, default_width
from stages.train.params.layer_params import Linear, Mlp
from stages.train.params.model_params import HiddenLayers


def check_ids(key: str, layers: HiddenLayers, spec: InputSpec, in_branch: bool, errors: ErrorList) -> None:
    """Check that an input of ids has layers for ids, and another input has not. `key` is where the layers are."""
    what = f"column {', '.join(spec.columns)}"
    if not isinstance(layers, Embedding):
        # Without branches, they embed the ids themselves.
        embeds = isinstance(layers, Linear | Mlp) and not in_branch
        errors.check(
            embeds, f"{key}: {layers.kind} cannot take the ids of {what}; use kind: embedding as in {{kind: embedding}}"
        )
    elif not spec.id_count:
        errors.add(f"{key}: embedding takes ids, and this input has numbers; use another kind, as mlp or linear")
    elif len(spec.shape) == 1 and not spec.padded and not isinstance(layers.body, Average):
        errors.add(
            f"{key}: body {layers.body.kind} reads the words of a text or the steps of a window, and {what} is one "
            "category; use average"
        )
    elif isinstance(layers.body, TextEncoder) and layers.width is None:
        width, heads = default_width(spec.id_count, is_text=spec.padded), layers.body.heads
        errors.check(
            width % heads == 0, f"{key}: the default width {width} is not divisible by heads {heads}; give a width"
        )
