from tests.core.dvc.test_repository import repository

__all__ = ["repository"]
