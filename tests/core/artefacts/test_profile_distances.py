"""Values computed by hand; tests/validate/drift compares the distances of whole columns with scipy's."""

from math import log

import pytest

from stages.core.artefacts.profile_distances import EPSILON, population_stability_index


def test_psi_of_an_empty_share() -> None:
    assert population_stability_index([1.0, 0.0], [1.0, 0.0]) == 0.0
    expected = 0.5 * log(2) + (0.5 - EPSILON) * log(0.5 / EPSILON)
    assert population_stability_index([0.5, 0.5], [1.0, 0.0]) == pytest.approx(expected, rel=1e-5)
