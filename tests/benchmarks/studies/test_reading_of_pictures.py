from pathlib import Path

import numpy as np
import pytest
import yaml

from benchmarks.studies import reading_of_pictures
from benchmarks.studies.reading_of_pictures import main, read_by_restage, write_pictures
from stages.core.artefacts.raw.raw_data import Images
from stages.download.params.file_params import Http

RAW = Images(
    {split: np.random.default_rng(0).integers(0, 256, (12, 28, 28)).astype(np.uint8) for split in ("train", "test")},
    {split: np.array([2, 0, 1] * 4, np.uint8) for split in ("train", "test")},
    ["0", "1", "2"],
)


@pytest.fixture(autouse=True)
def small_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_of_pictures, "load_mnist", lambda: RAW)


def test_the_pictures_that_are_written_are_read_as_the_same_arrays(tmp_path: Path) -> None:
    write_pictures(tmp_path, 10)
    assert read_by_restage(tmp_path, 10)["pictures"] == 20


def test_other_pictures_are_an_error(tmp_path: Path) -> None:
    write_pictures(tmp_path, 10)
    first = tmp_path / "test" / "0" / "00001.png"
    first.write_bytes((tmp_path / "test" / "0" / "00004.png").read_bytes())
    with pytest.raises(AssertionError):
        read_by_restage(tmp_path, 10)


def test_the_source_of_mnist_is_valid() -> None:
    files = Http.model_validate(yaml.safe_load(reading_of_pictures.MNIST.read_text(encoding="utf-8"))).files
    assert {name.partition("_")[0] for name in files} == set(reading_of_pictures.SPLITS)


def test_the_table_has_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run_part(part: str, folder: Path, pictures: int | None) -> dict[str, object]:
        return reading_of_pictures.PARTS[f"--{part}"](folder, pictures)

    monkeypatch.setattr(reading_of_pictures, "run_part", run_part)
    main(tmp_path, 10)
    printed = capsys.readouterr().out
    assert "| Pillow alone |" in printed
    assert "20 pictures" in printed
