"""Checks of the hidden layers of an input of ids."""

from stages.core.artefacts.processed import InputSpec
from stages.core.errors import ErrorList
from stages.train.params.embedding_params import Average, Embedding, TextEncoder
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
    elif not spec.padded and not isinstance(layers.body, Average):
        errors.add(f"{key}: body {layers.body.kind} reads the words of a text, and {what} is a category; use average")
    elif isinstance(layers.body, TextEncoder) and layers.width is None and 32 % layers.body.heads:
        errors.add(f"{key}: the default width 32 is not divisible by heads {layers.body.heads}; give a width")
