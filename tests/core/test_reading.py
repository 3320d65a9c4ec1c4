from pathlib import Path

import numpy as np
import pytest

from stages.core.errors import Mistake
from stages.core.reading import load_array, made_by

FILE = Path("data/models/iris/training.json")


def mistake(error: Exception, *also: type[Exception]) -> str:
    with pytest.raises(Mistake) as caught, made_by("train", "iris", FILE, *also):
        raise error
    return str(caught.value)


def test_a_missing_file_is_made_by_its_stage() -> None:
    assert mistake(FileNotFoundError()) == f"{FILE}: not here; run `dvc repro train@iris`"


@pytest.mark.parametrize("error", [ValueError("two\n lines"), EOFError("two lines"), OSError("two lines")])
def test_a_damaged_file_is_made_again(error: Exception) -> None:
    assert mistake(error) == f"{FILE}: damaged (two lines); run `dvc repro --force train@iris`"


def test_a_library_may_have_a_word_of_its_own_for_damage() -> None:
    assert mistake(IndexError("odd"), IndexError).startswith(f"{FILE}: damaged (odd)")


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(TypeError), made_by("train", "iris", FILE):
        raise TypeError


def test_an_array_without_elements_can_be_read(tmp_path: Path) -> None:
    np.save(tmp_path / "none.npy", np.zeros((0, 28, 28), np.uint8))
    assert load_array(tmp_path / "none.npy").shape == (0, 28, 28)
