from tests.cli.revisions.recorded_repository import repository

__all__ = ["repository"]
