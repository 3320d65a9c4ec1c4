"""All mistakes are reported at once, also those that pydantic does not look for after the first ones."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import compose
from stages.core.errors import UserError


def messages(conf: Path, **changes: Any) -> tuple[str, ...]:
    """Of sections of `sequence` and `iris` that are updated, by names such as `iris_evaluate`."""
    composition = compose(conf)
    params = deepcopy(composition.params)
    for name, values in changes.items():
        key, _, section = name.partition("_")
        params["datasets"][key][section].update(values)
    with pytest.raises(UserError) as caught:
        check_parameters(replace(composition, params=params), conf)
    return caught.value.messages


def test_a_mistake_in_one_dataset_hides_none_in_another(conf: Path) -> None:
    first, second = messages(
        conf, sequence_train={"epochs": "many"}, iris_evaluate={"gate": {"at_least": {"acuracy": 0.9}}}
    )
    assert "datasets.sequence.train.epochs: should be a valid integer; received 'many'" in first
    assert "datasets.iris.evaluate.gate.at_least.acuracy: no metric 'acuracy'" in second


def test_mistakes_of_a_dataset_as_a_whole_are_found_after_those_of_its_gate(conf: Path) -> None:
    first, second = messages(conf, iris_evaluate={"gate": {"no_drift": "yes"}, "headline": "mase"})
    assert "datasets.iris.evaluate.gate.no_drift" in first
    assert "datasets.iris: evaluate.headline: mase is for forecasts" in second
