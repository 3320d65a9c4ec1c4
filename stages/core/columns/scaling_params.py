"""The parameters of the scaling steps, as written in conf/."""

from typing import Annotated, Literal

from pydantic import Field

from stages.core.params import Params


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
    """A scaler of scikit-learn. `columns` restricts it to these columns. Images have one scale for all pixels."""

    step: Literal["minmax", "standard", "robust", "maxabs"]
    columns: list[str] | None = None


ScalingStep = Annotated[Divide | Maximum | L2 | Scaler, Field(discriminator="step")]
