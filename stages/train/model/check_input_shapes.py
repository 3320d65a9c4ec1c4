"""Checks that the model's hidden layers can take the inputs."""

from collections.abc import Mapping

from stages.core.artefacts.processed import InputSpec
from stages.core.errors import ErrorList, UserError, suggest
from stages.train.params import Branches, Cnn, HiddenLayers, Model, Rnn, Transformer


def check_input_shapes(model: Model, inputs: Mapping[str, InputSpec]) -> None:
    errors = ErrorList()
    for name, layers in _layers_by_input(model, inputs).items():
        _check_shape(layers, inputs[name].shape, errors)
    errors.raise_if_any()


def _layers_by_input(model: Model, inputs: Mapping[str, InputSpec]) -> Mapping[str, HiddenLayers]:
    if not isinstance(model, Branches):
        if len(inputs) > 1:
            raise UserError(f"train.model: {len(inputs)} inputs ({', '.join(inputs)}) need kind: branches")
        return dict.fromkeys(inputs, model)
    errors = ErrorList()
    for name in model.inputs:
        errors.check(name in inputs, f"train.model.inputs: no input {name!r}; {suggest(name, [*inputs])}")
    for name in inputs:
        errors.check(name in model.inputs, f"train.model.inputs: no branch for input {name!r}")
    errors.raise_if_any()
    return model.inputs


def _check_shape(layers: HiddenLayers, shape: list[int], errors: ErrorList) -> None:
    if isinstance(layers, Cnn):
        _check_image(layers, shape, errors)
    if isinstance(layers, Rnn | Transformer):
        grey_image = isinstance(layers, Rnn) and len(shape) == 3 and shape[2] == 1
        errors.check(
            len(shape) == 2 or grey_image,
            f"train.model: {layers.kind} needs inputs of shape [steps, columns]; this input has shape {shape}",
        )
    if isinstance(layers, Transformer):
        errors.check(
            layers.width % layers.heads == 0,
            f"train.model: width {layers.width} is not divisible by heads {layers.heads}",
        )


def _check_image(cnn: Cnn, shape: list[int], errors: ErrorList) -> None:
    if len(shape) != 3:
        errors.add(f"train.model: cnn needs images; this input has shape {shape}")
    elif _output_side(cnn, min(shape[:2])) <= 0:
        errors.add(
            f"train.model: {len(cnn.filters)} blocks with kernel {cnn.kernel} ({cnn.padding}) and pool {cnn.pool} "
            f"leave no pixels of {shape[:2]}; use fewer blocks, a smaller kernel or pool, or padding: same"
        )


def _output_side(cnn: Cnn, side: int) -> int:
    """Return how many pixels of a side are left after all blocks."""
    for _ in cnn.filters:
        lost = 0 if cnn.padding == "same" else cnn.convolutions * (cnn.kernel - 1)
        side = (side - lost) // cnn.pool
    return side
