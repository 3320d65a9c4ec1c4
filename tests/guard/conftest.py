"""The throwaway copy of conf/ that the tests of conf/ have."""

from tests.config.conftest import conf, edit

__all__ = ["conf", "edit"]
