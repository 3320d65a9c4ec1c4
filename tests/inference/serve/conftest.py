from collections.abc import Iterator

import pytest

from stages.inference.serve.create_app import create_app
from stages.inference.serve.options import ServeOptions
from tests.inference.serve.small_models import SIZES, sizes_predictor
from tests.inference.serve.started_server import Client, started

OPTIONS = ServeOptions(body_megabytes=0.1, rows=100, seconds=60)


@pytest.fixture(scope="package")
def client() -> Iterator[Client]:
    facts = {"title": "Sizes & shapes", "about": "Large or small.", "licence": "MIT"}
    with started(create_app(SIZES, sizes_predictor(), OPTIONS, facts), OPTIONS) as found:
        yield found
