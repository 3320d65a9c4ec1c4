"""The parameters of a gate."""

from typing import Annotated, Literal

from pydantic import Field

from stages.core.parameters.params import Params

# A metric may be worse by as much as noise explains.
NOISE = "noise"
Tolerance = Annotated[float, Field(ge=0)] | Literal["noise"]


class Gate(Params):
    """What `restage check` requires of the results of the dataset. No stage reads it: an edit runs the guard alone.

    Metrics have the names of `reports/metrics`: `accuracy`, or `price.rmse` if there are several targets. A metric that
    is missing or undefined never passes.

    - at_least, at_most: bounds by metric; a value equal to the bound passes
    - no_worse_than_base: by metric, how much worse than in the base revision it may be: a number in the unit of the
      metric, or `noise`, for a difference that the spread over seeds or the measured rows explain
    - no_drift: no column exceeds the limits of `validate.drift`; needs an accepted profile
    - no_leakage: no row equals or nearly equals a row of another split
    - max_model_bytes: the largest size of the model's file
    """

    at_least: dict[str, float] = {}
    at_most: dict[str, float] = {}
    no_worse_than_base: dict[str, Tolerance] = {}
    no_drift: bool = False
    no_leakage: bool = False
    max_model_bytes: int | None = Field(default=None, ge=1)

    @property
    def requires_something(self) -> bool:
        bounds = (self.at_least, self.at_most, self.no_worse_than_base, self.max_model_bytes)
        return self.no_drift or self.no_leakage or any(bounds)
