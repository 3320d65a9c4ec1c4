"""Where the file of a new dataset may be: at an address, in a zip file, outside the repository."""

import hashlib
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread

import pytest

from stages.cli.new.read.new_files import download_file
from tests.cli.new.example_tables import flowers
from tests.cli.new.test_new import error, new, written


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a server, and the folder that it serves."""
    folder = tmp_path_factory.mktemp("served")
    server = HTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()
    download_file.cache_clear()  # the next server may have the same port


def test_an_address(address: tuple[str, Path], clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, folder = address
    cache = clone / "cache"
    monkeypatch.setenv("RESTAGE_CACHE", str(cache))
    flowers().to_csv(folder / "flowers.csv", index=False)
    content = (folder / "flowers.csv").read_bytes()
    new(f"{url}/flowers.csv", "--target", "kind")
    sha256 = hashlib.sha256(content).hexdigest()
    assert written("flowers")["download"]["source"] == "http"
    assert written("flowers")["download"]["files"] == {
        "all": {"urls": [f"{url}/flowers.csv"], "size": len(content), "sha256": sha256}
    }
    assert [file.name for file in cache.iterdir()] == [sha256]


@pytest.mark.error_case("files that cannot become a dataset")
def test_an_address_without_a_file(address: tuple[str, Path], clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESTAGE_CACHE", str(clone / "cache"))
    assert "404" in error(f"{address[0]}/flowers.csv", "--target", "kind")


def test_a_zip_file_with_one_table(clone: Path) -> None:
    with zipfile.ZipFile("flowers.zip", "w") as archive:
        archive.writestr("readme.md", "Flowers.")
        archive.writestr("data/flowers.csv", flowers().to_csv(index=False))
    new("flowers.zip", "--target", "kind")
    assert written("flowers")["download"]["files"]["all"]["member"] == "data/flowers.csv"


@pytest.mark.error_case("files that cannot become a dataset")
def test_a_zip_file_with_two_tables(clone: Path) -> None:
    with zipfile.ZipFile("flowers.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
        archive.writestr("b.csv", "a\n1\n")
    assert "holds a.csv, b.csv; unpack it and name one table" in error("flowers.zip", "--target", "kind")


def test_a_file_outside_stays_where_it_is(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("elsewhere") / "flowers.csv"
    flowers().to_csv(file, index=False)
    assert "it is on this machine alone" in new(str(file), "--target", "kind", "--by-path")
    assert written("flowers")["download"]["files"]["all"]["path"] == file.resolve().as_posix()
