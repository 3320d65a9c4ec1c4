"""What a test imports without a library is gone after it."""

import sys

import pytest

import stages.cli.tune
from stages.cli.tune import trials
from tests.missing_library import without_library


def test_modules_and_attributes_of_packages_are_as_before() -> None:
    before = {name: module for name, module in sys.modules.items() if name.startswith("stages.cli.tune")}
    with pytest.MonkeyPatch.context() as patch:
        without_library(patch, "optuna", "stages.cli.tune")
        import stages.cli.tune as anew

        assert anew is not before["stages.cli.tune"]
        assert not hasattr(anew, "trials")
        with pytest.raises(ModuleNotFoundError, match="optuna"):
            import optuna  # noqa: F401
    assert {name: module for name, module in sys.modules.items() if name.startswith("stages.cli.tune")} == before
    assert stages.cli.tune.trials is trials


def test_a_module_whose_name_begins_alike_stays_loaded() -> None:
    with pytest.MonkeyPatch.context() as patch:
        without_library(patch, "json", "stages.cli.tun")
        assert "stages.cli.tune" in sys.modules
