"""A model without branches over one or several inputs of any kind: all inputs are concatenated."""

from collections.abc import Mapping
from typing import Any

from keras import layers

from stages.core.artefacts.processed import InputSpec
from stages.train.model.architectures import apply_hidden_layers
from stages.train.model.layers.embeddings import apply_embedding, embedded_ids
from stages.train.model.layers.picture_layers import picture_layers
from stages.train.params.embedding_params import Embedding
from stages.train.params.layer_params import Linear, Mlp


def apply_to_all_inputs(model: Linear | Mlp, specs: Mapping[str, InputSpec], inputs: Mapping[str, Any]) -> Any:
    """Ids go through an embedding, and pictures of an mlp through convolutions.

    The vectors of a text are averaged. All else is concatenated as it is.
    """
    # The layers of a single input need no prefix.
    prefixes = {name: f"{name}_" if len(specs) > 1 else "" for name in specs}
    vectors = [_as_vector(model, specs[name], prefixes[name], x) for name, x in inputs.items()]
    x = layers.Concatenate(name="joined")(vectors) if len(vectors) > 1 else vectors[0]
    return apply_hidden_layers(model, [x.shape[-1]], "", x)


def _as_vector(model: Linear | Mlp, spec: InputSpec, prefix: str, x: Any) -> Any:
    if spec.id_count and len(spec.shape) > 1:
        x = embedded_ids(Embedding(kind="embedding"), spec, prefix, x)
    elif spec.id_count:
        return apply_embedding(Embedding(kind="embedding"), spec, prefix, x)
    if convolutions := picture_layers(model, spec):
        return apply_hidden_layers(convolutions, spec.shape, prefix, x)
    return layers.Flatten(name=f"{prefix}flatten")(x) if len(spec.shape) > 1 else x
