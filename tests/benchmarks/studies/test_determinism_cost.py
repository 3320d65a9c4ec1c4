from typing import get_args

from benchmarks.sides.restage_side import CONFIGS
from benchmarks.studies.determinism_cost import CASE_OF_MODEL, OTHER_SETTINGS, speedups
from stages.train.params.model_params import HiddenLayers


def test_every_kind_of_model_is_measured() -> None:
    models = get_args(get_args(HiddenLayers)[0])
    kinds = {kind for model in models for kind in get_args(model.model_fields["kind"].annotation)}
    measured = {name: CONFIGS[case].train["model"]["kind"] for name, case in CASE_OF_MODEL.items()}
    assert set(measured.values()) == kinds
    assert all(name.startswith(kind) for name, kind in measured.items())


def test_speedup_for_each_of_the_other_settings() -> None:
    assert len(speedups("line", "quick", 2)) == len(OTHER_SETTINGS) == 2
