import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.inference.keras_script import load
from benchmarks.studies.exported_model import Example, running_script_server, seconds_of, seconds_of_request
from benchmarks.studies.serve_load import running_server
from stages.core.errors import UserError
from tests.inference.linear_model import linear_model

ROW = {"length": 2.5, "width": 2.5}


def test_requests_are_timed_and_a_refused_one_is_an_error() -> None:
    with running_server([sys.executable, "-m", "tests.inference.serve.serve_small_model", "0"]) as (address, _):
        assert 0 < seconds_of_request(address, ROW) < 10
        with pytest.raises(UserError, match="answered 422"):
            seconds_of_request(address, {"length": "long"})


def test_a_command_that_fails_is_an_error(tmp_path: Path) -> None:
    assert seconds_of([sys.executable, "-c", ""], tmp_path) > 0
    with pytest.raises(UserError, match=r"ended with code 3: why"):
        seconds_of([sys.executable, "-c", "import sys; sys.stderr.write('why'); sys.exit(3)"], tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A model that gives each of two outputs 2 (x1 + x2) + 1 of the scaled values."""
    linear_model(2, 1, (2,)).save(tmp_path / "model.keras")
    content = {
        "model": str(tmp_path / "model.keras"),
        "columns": ["length", "width"],
        "offset": [0.5, 1.5],
        "scale": [2.0, 1.0],
        "target": "size",
        "classes": ["one"],
    }
    (tmp_path / "settings.json").write_text(json.dumps(content), encoding="utf-8")
    return tmp_path / "settings.json"


def test_the_script_scales_and_predicts(settings: Path) -> None:
    predict = load(json.loads(settings.read_text(encoding="utf-8")))
    np.testing.assert_allclose(predict([2.5, 2.5]), [2 * (1 + 1) + 1])


@pytest.mark.long
def test_the_server_of_the_script_answers(settings: Path) -> None:
    with running_script_server(Example(settings, settings.parent, ROW, "[2.5, 2.5]")) as (address, _):
        assert seconds_of_request(address, ROW) > 0
