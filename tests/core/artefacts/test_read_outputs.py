from pathlib import Path

import numpy as np
import pytest

from stages.core.artefacts.read_outputs import load_array, read_csv_columns, reading_output_of
from stages.core.errors import UserError

FILE = Path("data/models/iris/training.json")


def mistake(error: Exception, *also: type[Exception]) -> str:
    with pytest.raises(UserError) as caught, reading_output_of("train", "iris", FILE, *also):
        raise error
    return str(caught.value)


def test_a_missing_file_is_made_by_its_stage() -> None:
    assert mistake(FileNotFoundError()) == f"{FILE}: not found; run `dvc repro train@iris`"


@pytest.mark.parametrize("error", [ValueError("two\n lines"), EOFError("two lines"), OSError("two lines")])
def test_a_damaged_file_is_made_again(error: Exception) -> None:
    assert mistake(error) == f"{FILE}: damaged (two lines); run `dvc repro --force train@iris`"


def test_a_library_may_have_a_word_of_its_own_for_damage() -> None:
    assert mistake(IndexError("odd"), IndexError).startswith(f"{FILE}: damaged (odd)")


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(TypeError), reading_output_of("train", "iris", FILE):
        raise TypeError


def test_an_array_without_elements_can_be_read(tmp_path: Path) -> None:
    np.save(tmp_path / "none.npy", np.zeros((0, 28, 28), np.uint8))
    assert load_array(tmp_path / "none.npy").shape == (0, 28, 28)


def test_a_field_may_hold_any_sign(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes('a,b\n"x\ny\r\n",\u2028z\n'.encode())
    assert read_csv_columns(tmp_path / "a.csv") == {"a": ["x\ny\r\n"], "b": ["\u2028z"]}


@pytest.mark.parametrize("text", ["", "a,b", "a,b\n1,2"])
def test_rows_that_were_cut_short_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ValueError, match="the last line has no end"):
        read_csv_columns(tmp_path / "a.csv")
