"""A table with paths of pictures beside numbers and categories, from `restage new` to the page."""

import io
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from stages.core.artefacts.processed import read_processed
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.artefacts.raw.shared_rows import SharedRows
from tests.stories.repo import Repo, clone

PICTURES, ROWS = 10, 80


def write_pictures(folder: Path) -> None:
    """Picture n is one shade of grey, the brighter the higher n is, and files differ in size."""
    folder.mkdir()
    for number in range(PICTURES):
        content = io.BytesIO()
        side = 12 + number
        Image.new("RGB", (side + 4, side), (25 * number,) * 3).save(content, "PNG")
        (folder / f"{number}.png").write_bytes(content.getvalue())


def houses() -> str:
    """The price is five times the rooms and, above all, the shade of the picture. Two rows have no picture."""
    random = np.random.default_rng(0)
    lines = ["photo,rooms,colour,price"]
    for row in range(ROWS):
        number, rooms = int(random.integers(PICTURES)), int(random.integers(1, 6))
        photo = "" if row in (3, 70) else f"photos/{number}.png"
        lines.append(
            f"{photo},{rooms},{('red', 'blue')[row % 2]},{(30 * number if photo else 0) + 5 * rooms + row / 100}"
        )
    return "\n".join(lines) + "\n"


@pytest.fixture
def repo(tmp_path: Path, preloaded: str) -> Repo:
    repo = clone(tmp_path / "pictures", suite=None, preloaded=preloaded)
    write_pictures(repo.path / "photos")
    repo.write("houses.csv", houses())
    for results in ("conf/accepted", "dvc.lock", "reports"):
        repo.git("rm", "-r", "--quiet", "--ignore-unmatch", results)
    repo.commit("Houses")
    return repo


@pytest.mark.long
def test_pictures_from_a_new_table_to_the_page(repo: Repo) -> None:
    repo.restage("new", "houses.csv", "--target", "price")
    repo.restage("run", "houses", "--no-preload")
    raw = read_raw(repo.path / "data/raw/houses")
    assert isinstance(raw, Table)
    assert raw.pictures["photo"].pixels.shape == (PICTURES, 16, 20, 3)
    processed = read_processed(repo.path / "data/processed/houses")
    assert {name: x.shape for name, x in processed.inputs("test").items()} == {"x": (16, 3), "photo": (16, 16, 20, 3)}
    stored = processed.splits["test"].inputs["photo"]
    assert isinstance(stored, SharedRows)
    assert stored.values.dtype == np.uint8
    assert len(stored.values) <= PICTURES
    metrics = yaml.safe_load(repo.read("reports/metrics/houses.json"))
    assert metrics["r2"] > 0.8
    importance = yaml.safe_load(repo.read("reports/evaluation/houses.json"))["importance"]["columns"]
    assert importance[0]["column"] == "photo"
    (profile,) = [
        c for c in yaml.safe_load(repo.read("reports/profiles/houses.json"))["columns"] if c["name"] == "photo"
    ]
    assert (profile["kind"], profile["missing"]) == ("picture", 2)
    page = repo.read("reports/pages/houses.html")
    assert page.count('<img src="data:image/png;base64,') > 8
    for fact in ("a black picture", "20 \N{MULTIPLICATION SIGN} 16 pixels, colour"):
        assert fact in page
    assert repo.restage("run", "houses").stdout.startswith("nothing to run")
