"""The throwaway copy of conf/ that the tests of conf/ have."""

from tests.config.conftest import conf, edit, hydra_files, small_composition

__all__ = ["conf", "edit", "hydra_files", "small_composition"]
