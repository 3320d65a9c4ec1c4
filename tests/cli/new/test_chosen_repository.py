"""`restage new` on a file of another repository."""

from pathlib import Path

import pytest

from tests.cli.new.example_tables import flowers
from tests.cli.new.test_new import error, new, written
from tests.download.fetch.other_repository import make_other_repository
from tests.download.sample_files import sha256


@pytest.fixture(autouse=True)
def cache(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESTAGE_CACHE", str(clone / "cache"))
    return clone / "cache"


def test_a_file_of_another_repository(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    content = flowers().to_csv(index=False).encode()
    other = make_other_repository(tmp_path_factory.mktemp("other"), first=content)
    new("data/prices.csv", "--repo", str(other.path), "--rev", "v1", "--target", "kind")
    download = written("prices")["download"]
    assert (download["source"], download["repo"], download["rev"]) == ("dvc", str(other.path), "v1")
    assert download["files"] == {"all": {"path": "data/prices.csv", "sha256": sha256(content)}}
    assert [file.name for file in cache.iterdir()] == [sha256(content)]
    message = error("data/price.csv", "--repo", str(other.path), "--rev", "v1", "--yes")
    assert "no such file at v1; did you mean data/prices.csv?" in message


def test_a_folder_of_the_same_name_on_this_machine_does_not_matter(tmp_path_factory: pytest.TempPathFactory) -> None:
    content = flowers().to_csv(index=False).encode()
    other = make_other_repository(tmp_path_factory.mktemp("other"), first=content)
    Path("data/prices.csv").mkdir(parents=True)
    Path("data/prices.csv/1.png").write_bytes(b"x")
    new("data/prices.csv", "--repo", str(other.path), "--rev", "v1", "--target", "kind")
    assert written("prices")["download"]["source"] == "dvc"


REFUSED = {
    "no revision": (["--repo", "../registry"], "--repo and --rev belong together"),
    "no repository": (["--rev", "v1"], "--repo and --rev belong together"),
    "a password": (["--repo", "https://bob:hunter2@example.org/a.git", "--rev", "v1"], "user name or password"),
    "a wrong revision": (["--repo", "../registry", "--rev", "v1^"], "should be a commit, a tag or a branch"),
}


@pytest.mark.error_case("files that cannot become a dataset")
@pytest.mark.parametrize(("options", "fact"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(options: list[str], fact: str) -> None:
    message = error("data/prices.csv", "--yes", *options)
    assert fact in message
    assert "hunter2" not in message
