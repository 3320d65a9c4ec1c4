"""The test of Diebold and Mariano (1995), as Harvey, Leybourne and Newbold (1997) correct it for few samples."""

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Loss = Literal["squared", "absolute"]
Result = Literal["better", "worse", "no difference"]
SIGNIFICANCE = 0.05
# With fewer samples, a test would say little.
MIN_SAMPLES = 8


class UndefinedTestError(Exception):
    """The samples do not allow the test. The message is the reason."""


class DieboldMarianoOutcome(NamedTuple):
    """A negative statistic means that the errors of the model are smaller."""

    statistic: float
    p_value: float

    @property
    def result(self) -> Result:
        if self.p_value >= SIGNIFICANCE:
            return "no difference"
        return "better" if self.statistic < 0 else "worse"


def sample_losses(truth: NDArray[Any], predicted: NDArray[Any], loss: Loss) -> NDArray[np.float64]:
    """The mean loss of each sample over its outputs.

    >>> sample_losses(np.array([[1.0, 2.0]]), np.array([[3.0, 6.0]]), "squared").tolist()
    [10.0]
    """
    errors = np.asarray(predicted, np.float64) - np.asarray(truth, np.float64)
    sizes: NDArray[np.float64] = np.mean(errors**2 if loss == "squared" else np.abs(errors), axis=1)
    return sizes


def overlapping_samples(last_step: int, stride: int) -> int:
    """How many samples in a row have forecasts of the same rows, since samples are `stride` rows apart.

    >>> overlapping_samples(12, 1), overlapping_samples(12, 5), overlapping_samples(1, 1)
    (12, 3, 1)
    """
    return -(-last_step // stride)


def diebold_mariano(model: NDArray[Any], baseline: NDArray[Any], overlap: int) -> DieboldMarianoOutcome:
    """Test whether the losses of the samples differ, where `overlap` samples in a row depend on each other.

    Their covariances are part of the variance of the mean difference. Where these make the variance negative or 0, the
    most distant ones are left out, as many as it takes to make it positive.
    """
    difference = np.asarray(model, np.float64) - np.asarray(baseline, np.float64)
    samples = len(difference)
    if samples < max(MIN_SAMPLES, 2 * overlap):
        needed = max(MIN_SAMPLES, 2 * overlap)
        raise UndefinedTestError(f"the test needs at least {needed} samples, and there are {samples}")
    mean = difference.mean()
    if np.ptp(difference) <= 1e-12 * np.abs(np.concatenate([model, baseline])).max():
        if mean == 0:
            return DieboldMarianoOutcome(0.0, 1.0)
        raise UndefinedTestError("the errors differ by the same amount in every sample")

    from scipy.special import stdtr

    correction = (samples + 1 - 2 * overlap + overlap * (overlap - 1) / samples) / samples
    variance = _variance_of_mean(difference - mean, overlap - 1)
    statistic = float(mean * np.sqrt(correction / variance))
    return DieboldMarianoOutcome(statistic, float(2 * stdtr(samples - 1, -abs(statistic))))


def _variance_of_mean(deviations: NDArray[np.float64], lags: int) -> float:
    """With the highest number of lags, `lags` or fewer, that gives a positive variance."""
    samples = len(deviations)
    covariances = [float(deviations[lag:] @ deviations[: samples - lag]) / samples for lag in range(lags + 1)]
    variances = (covariances[0] + 2 * np.cumsum([0.0, *covariances[1:]])) / samples
    return float(variances[variances > 0][-1])
