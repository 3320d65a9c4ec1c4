"""The number of units of an output layer."""

from stages.core.artefacts.processed import TargetSpec
from stages.train.params.own_function_names import is_own


def output_units(target: TargetSpec, loss: str, activation: str = "") -> int:
    """Return one unit for a sigmoid over two classes, otherwise one for each class or column."""
    binary = loss == "binary_crossentropy" or (is_own(loss) and activation == "sigmoid")
    return 1 if binary and target.encoding == "integer" else target.width
