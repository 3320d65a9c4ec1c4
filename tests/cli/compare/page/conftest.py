from tests.cli.compare.page.recorded_example import repository

__all__ = ["repository"]
