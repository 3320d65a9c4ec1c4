"""Outputs of several quantiles, and their loss against hand-worked numbers and scikit-learn."""

import keras
import numpy as np
import pytest
from sklearn.metrics import mean_pinball_loss

from stages.core.quantiles import pinball_loss, split_quantiles

QUANTILES = [0.1, 0.5, 0.9]


def test_outputs_have_a_block_of_columns_for_each_quantile():
    outputs = np.arange(12).reshape(2, 6)
    assert split_quantiles(outputs, QUANTILES).tolist() == [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]]


@pytest.mark.parametrize(
    ("truth", "outputs", "expected"),
    [
        # Above all quantiles by 1, 2 and 3, and below all by the same.
        ([[10.0]], [[9.0, 8.0, 7.0]], (0.1 * 1 + 0.5 * 2 + 0.9 * 3) / 3),
        ([[10.0]], [[11.0, 12.0, 13.0]], (0.9 * 1 + 0.5 * 2 + 0.1 * 3) / 3),
        ([[10.0]], [[10.0, 10.0, 10.0]], 0.0),
        # Two columns: 10 is predicted as 8, 10, 12 and 20 as 19, 21, 24.
        ([[10.0, 20.0]], [[8.0, 19.0, 10.0, 21.0, 12.0, 24.0]], (0.1 * 2 + 0 + 0.1 * 2 + 0.1 * 1 + 0.5 + 0.1 * 4) / 6),
    ],
)
def test_the_loss_by_hand(truth, outputs, expected):
    for ops, number in ((np, np.float64), (keras.ops, np.float32)):
        found = pinball_loss(np.array(truth, number), np.array(outputs, number), QUANTILES, ops)
        assert np.asarray(found).tolist() == [pytest.approx(expected, rel=1e-6)]


def test_the_loss_of_scikit_learn():
    random = np.random.default_rng(3)
    truth, outputs = random.normal(size=(7, 2)), random.normal(size=(7, 6))
    blocks = split_quantiles(outputs, QUANTILES)
    expected = [mean_pinball_loss(truth, blocks[:, n], alpha=quantile) for n, quantile in enumerate(QUANTILES)]
    losses = pinball_loss(truth, outputs, QUANTILES)
    assert losses.shape == (7,)
    assert losses.mean() == pytest.approx(np.mean(expected))
