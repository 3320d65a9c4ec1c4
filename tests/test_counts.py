"""The counts come from the tests: what holds, what does not, and what was not tried."""

from pathlib import Path

import pytest

from tests.counts import Count

MADE = """\
import pytest

@pytest.fixture
def broken():
    raise OSError

@pytest.fixture
def untidy():
    yield
    raise OSError

@pytest.mark.fault("letters refused")
@pytest.mark.parametrize("letter", "abc")
def test_letters(letter):
    assert letter != "b"

@pytest.mark.fault("signs refused")
def test_with_what_is_broken(broken):
    pass

@pytest.mark.fault("signs refused")
def test_that_leaves_a_mess(untidy):
    pass

@pytest.mark.fault("signs refused")
@pytest.mark.skip
def test_not_here():
    pass

def test_of_another_kind():
    assert False
"""


def test_what_held_of_what_was_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "test_made.py").write_text(MADE)
    found = Count()
    words = ["-m", "fault", "-n", "0", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "-o", "markers=fault"]
    pytest.main([*words, str(tmp_path)], plugins=[found])
    capsys.readouterr()
    assert found.table() == "letters refused  2 / 3\nsigns refused    0 / 2"
