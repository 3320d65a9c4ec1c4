"""Which engine trains a model: `plain` TensorFlow, or `fused`, which compiles a whole epoch with XLA."""

import keras

from stages.core.artefacts.processed import TRAIN, Fitted
from stages.core.errors import UserError
from stages.train.model.layers.picture_layers import picture_layers
from stages.train.model.own_model import function_place
from stages.train.params import Engine, Train
from stages.train.params.embedding_params import Embedding, TextConvolution, TextRecurrence
from stages.train.params.layer_params import Cnn, Conv1d, Rnn
from stages.train.params.model_params import HiddenLayers, Own

# An XLA compilation takes one to five seconds, so short trainings are faster without it. Recurrent layers gain more
# from every batch (a millisecond or two), since each of their steps is many small operations.
MIN_BATCHES_TO_FUSE = 4_000
MIN_RECURRENT_BATCHES_TO_FUSE = 800


# The layers of an own model that are known to compile and to be as fast in the fused engine.
_FUSED_LAYERS = """
    Activation Add Average BatchNormalization Concatenate Dense Dot Dropout EinsumDense ELU Flatten
    GlobalAveragePooling1D GRU Identity InputLayer LayerNormalization LeakyReLU LSTM Maximum Minimum MultiHeadAttention
    Multiply PReLU ReLU RepeatVector Rescaling Reshape SimpleRNN Softmax Subtract TimeDistributed UnitNormalization
"""
FUSED_LAYERS = frozenset(_FUSED_LAYERS.split())


def choose_engine(params: Train, fitted: Fitted, model: keras.Model | None = None) -> Engine:
    """Return `params.engine`, or the faster engine where it is not given. `model` is needed for an own model.

    Raises a UserError if `fused` is given and cannot train this model.
    """
    # XLA has no products of sparse rows and no reproducible pooling, and its convolutions are slow.
    pictures = any(picture_layers(params.model, spec) for spec in fitted.inputs.values())
    obstacle = "convolutions" if pictures or any(map(_is_convolutional, params.hidden_layers)) else ""
    if texts := [name for name, spec in fitted.inputs.items() if spec.sparse]:
        obstacle = f"on the words of {', '.join(texts)}"
    if isinstance(params.model, Own) and model is not None and not obstacle:
        return _engine_of_own_model(params, params.model, fitted, model)
    if obstacle and params.engine == "fused":
        raise UserError(f"train.engine: fused cannot train {obstacle}; use plain or remove the key")
    if params.engine:
        return params.engine
    recurrent = any(map(_is_recurrent, params.hidden_layers))
    return "plain" if obstacle else _faster_engine(params, fitted, recurrent)


def _faster_engine(params: Train, fitted: Fitted, recurrent: bool) -> Engine:
    batches = params.epochs * params.batches_per_epoch(fitted.splits[TRAIN])
    return "plain" if batches < (MIN_RECURRENT_BATCHES_TO_FUSE if recurrent else MIN_BATCHES_TO_FUSE) else "fused"


def _engine_of_own_model(params: Train, own: Own, fitted: Fitted, model: keras.Model) -> Engine:
    """Convolutions and pooling are never fused. Other layers that are not known are fused if the user says so."""
    kinds = {layer: type(layer).__name__ for layer in model._flatten_layers(include_self=False)}
    for layer, kind in kinds.items():
        if ("Conv" in kind or "MaxPooling" in kind) and params.engine == "fused":
            raise UserError(
                f"train.engine: fused cannot train layer {layer.name} ({kind}) of {function_place(own.build)}; "
                "use plain or remove the key"
            )
    if params.engine:
        return params.engine
    recurrent = any(isinstance(layer, keras.layers.RNN) for layer in kinds)
    engine = _faster_engine(params, fitted, recurrent)
    unknown = sorted({k for layer, k in kinds.items() if k not in FUSED_LAYERS and not isinstance(layer, keras.Model)})
    if engine == "fused" and unknown:
        print(f"engine plain: {', '.join(unknown)} may not fit the fused engine; train.engine names it", flush=True)
        return "plain"
    return engine


def _is_convolutional(layers: HiddenLayers) -> bool:
    return isinstance(layers.body if isinstance(layers, Embedding) else layers, Cnn | Conv1d | TextConvolution)


def _is_recurrent(layers: HiddenLayers) -> bool:
    return isinstance(layers.body if isinstance(layers, Embedding) else layers, Rnn | TextRecurrence)
