"""The throwaway copy of conf/ that the tests of conf/ have."""

from tests.config.conftest import conf, edit, small_composition

__all__ = ["conf", "edit", "small_composition"]
