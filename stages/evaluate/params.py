"""Parameters of the evaluate stage."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.core.artefacts.processed import SplitName
from stages.core.params import Params

Baseline = Literal["majority", "shuffled", "linear", "persistence"]
FittedBaseline = Literal["linear", "logistic", "gradient_boosting"]
ThresholdRule = Literal["best_f1", "best_balanced_accuracy"]


class Evaluate(Params):
    """The headline metric, the split that it is measured on, and the baselines that it is compared with.

    `headline` is the name of a metric, or `target.metric` if there are several targets. It is compared with the first
    baseline that applies to its target.

    - majority: the most frequent class of the training rows
    - shuffled: the true labels in another order
    - linear: least squares
    - persistence: the last value that the model sees

    `reach` is the value to aim at, for example the published value of the same model.

    `fitted_baselines` are models of scikit-learn, fitted on the training rows with the inputs of the model; a window is
    one row of inputs. `auto` fits linear (for values) or logistic (for classes) and gradient_boosting for tables and
    windows of at most 5,000,000 numbers: training rows x inputs x classes. A list names them for any data; an empty
    list fits none.

    - linear: least squares
    - logistic: logistic regression on standardised inputs
    - gradient_boosting: 100 rounds of gradient-boosted trees

    `threshold` is for targets with two classes: the second class is predicted if its probability is above it. A rule
    chooses the threshold that is best on the validation rows.

    `importance_repeats` says how often each input column of a table is shuffled to measure its importance; 0 switches
    it off.
    """

    headline: str
    split: SplitName = "test"
    baselines: list[Baseline] = Field(min_length=1)
    seed: int = Field(default=0, ge=0)
    reach: float | None = None
    fitted_baselines: Literal["auto"] | list[FittedBaseline] = "auto"
    threshold: Annotated[float, Field(gt=0, lt=1)] | ThresholdRule = 0.5
    importance_repeats: int = Field(default=5, ge=0, le=100)

    @model_validator(mode="after")
    def _check_threshold(self) -> Self:
        if isinstance(self.threshold, str) and self.split != "test":
            raise ValueError(
                f"threshold {self.threshold!r} is chosen on validation rows and measured on test rows; "
                f"received split: {self.split}; use split: test, or give a number"
            )
        return self
