"""What pinning costs is asked for every kind of model, on terms that are looser indeed."""

from typing import get_args

from benchmarks import determinism_cost as pinning
from benchmarks.restage_side import RECIPES
from stages.train.params import HiddenLayers


def test_every_kind_of_model_is_measured():
    bodies = get_args(get_args(HiddenLayers)[0])
    kinds = {kind for body in bodies for kind in get_args(body.model_fields["kind"].annotation)}
    measured = {RECIPES[name].train["model"]["kind"] for name in pinning.KINDS.values()}
    assert measured == kinds
    assert all(kind.startswith(RECIPES[name].train["model"]["kind"]) for kind, name in pinning.KINDS.items())


def test_each_looser_way_is_told_against_the_pinned_one():
    """Two tiny turns of the line."""
    assert len(pinning.cost("line", "quick", 2)) == len(pinning.LOOSER) == 2
