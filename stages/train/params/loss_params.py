"""The parameters of losses, of their weights, and of metrics."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from stages.core.errors import suggest
from stages.core.parameters.validation_errors import format_value
from stages.core.quantiles import PINBALL
from stages.train.params.own_function_names import check_function, is_own

LOSSES = (
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
    PINBALL,
)
METRICS = ("accuracy", "mean_squared_error", "mean_absolute_error")


class _NameOrFunction:
    """A pydantic validator: one of these names of Keras, or a function of one's own."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def __call__(self, value: Any) -> Any:
        if isinstance(value, str) and is_own(value):
            return check_function(value)
        if value not in self.names and not isinstance(value, dict):  # pydantic says what a mapping should be
            raise ValueError(f"received {format_value(value)}; {suggest(str(value), self.names)}")
        return value

    @property
    def json_schema(self) -> WithJsonSchema:
        return WithJsonSchema({"anyOf": [{"enum": [*self.names]}, {"type": "string", "pattern": r".+\.py:.+"}]})


_CHECK_LOSS, _CHECK_METRIC = _NameOrFunction(LOSSES), _NameOrFunction(METRICS)
Loss = Annotated[str, BeforeValidator(_CHECK_LOSS), _CHECK_LOSS.json_schema]
Metric = Annotated[str, BeforeValidator(_CHECK_METRIC), _CHECK_METRIC.json_schema]
Quantile = Annotated[float, Field(gt=0, lt=1)]
PositiveWeight = Annotated[float, Field(gt=0)]


def _text_labels(weights: Any) -> Any:
    """YAML reads the labels 0 and 1 as numbers."""
    if not isinstance(weights, dict):
        return weights
    return {str(label) if type(label) is int else label: _text_labels(weight) for label, weight in weights.items()}


LabelWeights = dict[str, PositiveWeight]
# "balanced", or the weight of each label, or one of the two for each target.
ClassWeight = Annotated[
    Literal["balanced"] | dict[str, PositiveWeight | Literal["balanced"] | LabelWeights], BeforeValidator(_text_labels)
]
