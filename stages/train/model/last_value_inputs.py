"""Which last values `nlinear` adds to the forecast of a target."""

from collections.abc import Mapping

from stages.core.artefacts.processed import InputSpec, TargetSpec
from stages.train.params.layer_params import NLinear
from stages.train.params.model_params import Branches, HiddenLayers, Model


def nlinear_input(model: Model, target: TargetSpec, inputs: Mapping[str, InputSpec]) -> str | None:
    """Return the input of `nlinear` whose last values are added, or nothing.

    They are added to values that are not relative to known values already, and are those of the windows as they are
    stored: steps on windows would change them.
    """
    stored = target.stored_in_input
    if stored is None or target.classes is not None or target.is_relative or inputs[stored].window_steps:
        return None
    layers: HiddenLayers | Model | None = model.inputs.get(stored) if isinstance(model, Branches) else model
    return stored if isinstance(layers, NLinear) else None
