"""Passed, failed and skipped tests are counted by category."""

from pathlib import Path

import pytest

from tests.count_error_cases import PassedByCategory

TESTS = """\
import pytest

@pytest.fixture
def failing_setup():
    raise OSError

@pytest.fixture
def failing_teardown():
    yield
    raise OSError

@pytest.mark.error_case("letters refused")
@pytest.mark.parametrize("letter", "abc")
def test_letters(letter):
    assert letter != "b"

@pytest.mark.error_case("signs refused")
def test_setup(failing_setup):
    pass

@pytest.mark.error_case("signs refused")
def test_teardown(failing_teardown):
    pass

@pytest.mark.error_case("signs refused")
@pytest.mark.skip
def test_skipped():
    pass

def test_without_a_mark():
    assert False
"""


def test_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "test_example.py").write_text(TESTS)
    counter = PassedByCategory()
    options = [
        "-m",
        "error_case",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        "-o",
        "markers=error_case",
    ]
    pytest.main([*options, str(tmp_path)], plugins=[counter])
    capsys.readouterr()
    assert counter.table() == "letters refused  2 / 3\nsigns refused    0 / 2"
