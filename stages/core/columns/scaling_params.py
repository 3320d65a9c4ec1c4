"""The parameters of the steps that preprocess fits on the rows, as written in conf/."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.core.columns.series.series_params import Difference, Lags, Log, Rolling, SeasonalDifference
from stages.core.parameters.params import Params


class Divide(Params):
    """Divide by a constant."""

    step: Literal["divide"]
    by: float = Field(gt=0)


class Maximum(Params):
    """Divide by the largest training value."""

    step: Literal["maximum"]


class L2(Params):
    """Scale each row to length one along an axis. Axis 0 is not allowed, since it would mix rows."""

    step: Literal["l2"]
    axis: int = Field(default=1, ge=1)


class Scaler(Params):
    """A scaler of scikit-learn. `columns` restricts it to these columns. Images have one scale for all pixels.

    With `center: false`, `standard` and `robust` divide only, so that 0 stays 0.
    """

    step: Literal["minmax", "standard", "robust", "maxabs"]
    columns: list[str] | None = None
    center: bool = True

    @model_validator(mode="after")
    def _check_center(self) -> Self:
        if not self.center and self.step not in ("standard", "robust"):
            raise ValueError(f"center is for standard and robust; take it out of {self.step}")
        return self


ScalingStep = Annotated[
    Divide | Maximum | L2 | Scaler | Log | Difference | SeasonalDifference | Lags | Rolling,
    Field(discriminator="step"),
]
