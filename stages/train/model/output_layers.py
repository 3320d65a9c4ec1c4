"""The output layers, one for each target."""

from typing import Any

from keras import layers

from stages.core.artefacts.processed import Fitted, TargetSpec
from stages.train.model.layers.last_value_inputs import last_values_to_add
from stages.train.model.layers.window_linear import apply_last_values
from stages.train.params import Train
from stages.train.params.own_function_names import is_own


def output_units(target: TargetSpec, loss: str, activation: str = "", quantiles: int = 0) -> int:
    """Return one unit for a sigmoid over two classes, otherwise one for each class or value, or each of its quantiles.

    Units of quantiles are in blocks: all values of the first quantile, then all of the second.
    """
    binary = loss == "binary_crossentropy" or (is_own(loss) and activation == "sigmoid")
    return 1 if binary and target.encoding == "integer" else target.width * (quantiles or 1)


def units_by_target(params: Train, fitted: Fitted) -> dict[str, int]:
    losses, activations = params.losses(fitted.targets), params.outputs(fitted.targets)
    return {
        name: output_units(target, losses[name], activations[name], len(params.quantiles_of(name)))
        for name, target in fitted.targets.items()
    }


def output_layers(params: Train, fitted: Fitted) -> dict[str, Any]:
    """Return a dense layer for each target, which has its name: by it, Keras assigns losses and metrics.

    Where outputs of zero are a forecast, the kernel starts at zero, so that training starts at this forecast. Where
    last values will be added, the sum will have the target's name.
    """
    units, activations = units_by_target(params, fitted), params.outputs(fitted.targets)
    dense_layers = {}
    for number, (name, target) in enumerate(fitted.targets.items(), 1):
        adds_last_values = last_values_to_add(params.model, target, fitted.inputs) is not None
        starts_at_zero = adds_last_values or target.is_relative
        dense_layers[name] = layers.Dense(
            units[name],
            activation=activations[name],
            kernel_initializer="zeros" if starts_at_zero else "glorot_uniform",
            name=f"window_change_{number}" if adds_last_values else name,
        )
    return dense_layers


def apply_output_layers(params: Train, fitted: Fitted, inputs: dict[str, Any], x: Any) -> dict[str, Any]:
    """Return the model's output for each target. `x` is that of the hidden layers."""
    outputs = {name: layer(x) for name, layer in output_layers(params, fitted).items()}
    for number, (name, target) in enumerate(fitted.targets.items(), 1):
        found = last_values_to_add(params.model, target, fitted.inputs)
        if found is None:
            continue
        repeats = outputs[name].shape[-1] // len(target.columns)
        shape, x = fitted.inputs[found.input].shape, inputs[found.input]
        last = apply_last_values(shape, found.positions, repeats, f"window_%s_{number}", x)
        outputs[name] = layers.Add(name=name)([outputs[name], last])
    return outputs
