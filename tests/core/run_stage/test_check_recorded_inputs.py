import errno
import json
from pathlib import Path

import pytest
from dvc.config import Config

from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.storage.cache import cache_object, configuration_files, md5_of_file, md5_of_folder
from stages.core.dvc.storage.configuration import read_configuration
from stages.core.dvc.storage.quarantine import QUARANTINE, quarantined
from stages.core.errors import UserError
from stages.core.run_stage.check_recorded_inputs import check_inputs_as_recorded

FOLDER, FILE = Path("data/raw/iris"), Path("reports/history/iris.csv")
INPUTS = [FOLDER / "all.npy", FOLDER / "sub/meta.json", FILE]
DEPENDENCIES = [FOLDER, FILE, Path("stages/core")]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder and a file, recorded and in the cache."""
    monkeypatch.chdir(tmp_path)
    for number, file in enumerate(INPUTS):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"content %d" % number)
        store(file.read_bytes(), md5_of_file(file))
    entries = {path.relative_to(FOLDER).as_posix(): md5_of_file(path) for path in INPUTS[:2]}
    folder = md5_of_folder(entries)
    store(json.dumps([{"md5": entries[name], "relpath": name} for name in sorted(entries)]).encode(), folder)
    LOCK.write_text(
        "schema: '2.0'\nstages:\n  download@iris:\n    cmd: a\n    deps:\n    - path: stages/core\n      hash: md5\n"
        "      md5: 11\n    outs:\n"
        + "".join(
            f"    - path: {p}\n      hash: md5\n      md5: {m}\n"
            for p, m in ((FOLDER, folder), (FILE, md5_of_file(FILE)))
        )
    )


def store(content: bytes, md5: str) -> None:
    cached = cache_object(md5)
    cached.parent.mkdir(parents=True, exist_ok=True)
    cached.write_bytes(content)


def check(*dependencies: Path) -> None:
    paths = dependencies or DEPENDENCIES
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
    check_inputs_as_recorded(paths, {file: md5_of_file(file) for file in files})


def moved() -> list[str]:
    return sorted(file.name for file in QUARANTINE.glob("*"))


def test_inputs_as_recorded() -> None:
    check()
    check(FOLDER / "all.npy")
    check(Path("data"), Path("reports"))
    check(Path("stages"))
    assert moved() == []


@pytest.mark.parametrize("dependencies", [DEPENDENCIES, [Path("data"), Path("reports")], INPUTS])
@pytest.mark.parametrize("file", INPUTS)
def test_a_damaged_input_and_its_copy_in_the_cache_are_moved_away(file: Path, dependencies: list[Path]) -> None:
    cached = cache_object(md5_of_file(file))
    file.write_bytes(b"damaged")
    cached.write_bytes(b"damaged")
    with pytest.raises(UserError, match=f"damaged inputs: {file}: .*`restage run`"):
        check(*dependencies)
    assert not file.exists()
    assert not cached.exists()
    assert len(moved()) == 2
    before = quarantined()
    cached.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"damaged again")
    with pytest.raises(UserError):
        check(*dependencies)
    assert quarantined() != before


def test_a_cache_that_cannot_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(source))

    monkeypatch.setattr("shutil.move", refuse)
    cached = cache_object(md5_of_file(FILE))
    FILE.write_bytes(b"damaged")
    cached.write_bytes(b"damaged")
    with pytest.raises(UserError, match=f"{cached}: damaged, .*Permission denied.*`restage fsck`"):
        check()
    assert FILE.exists()


def test_the_copy_in_the_cache_stays_if_it_is_intact() -> None:
    cached = cache_object(md5_of_file(FILE))
    FILE.write_bytes(b"damaged")
    with pytest.raises(UserError, match="damaged inputs"):
        check()
    assert cached.exists()
    assert moved() == ["reports-history-iris.csv"]


@pytest.mark.parametrize("listing", ["missing", "damaged", "intact"])
def test_a_missing_and_an_additional_file(listing: str) -> None:
    """Without the list of the folder's files in the cache, the folder as a whole is damaged."""
    (FOLDER / "all.npy").rename(FOLDER / "other.npy")
    [cached] = Path(".dvc/cache").rglob("*.dir")
    if listing == "missing":
        cached.unlink()
    elif listing == "damaged":
        cached.write_text("[]")
    with pytest.raises(UserError) as error:
        check()
    assert ("data/raw/iris/all.npy, data/raw/iris/other.npy:" in str(error.value)) == (listing == "intact")
    assert FOLDER.exists() == (listing == "intact")


def test_one_file_of_a_folder_without_the_list_in_the_cache() -> None:
    for cached in Path(".dvc/cache").rglob("*.dir"):
        cached.unlink()
    check(FOLDER / "all.npy")
    (FOLDER / "all.npy").write_text("damaged")
    with pytest.raises(UserError, match="damaged inputs: data/raw/iris: "):
        check(FOLDER / "all.npy")


def test_an_output_that_left_a_folder_is_not_missed() -> None:
    """Its dataset left the suite; dvc.lock keeps the record."""
    FILE.unlink()
    check(Path("reports/history"))
    with pytest.raises(UserError, match=f"damaged inputs: {FILE}"):
        check(FILE)


def test_without_a_record_nothing_is_compared() -> None:
    LOCK.unlink()
    FILE.write_text("other")
    check()


def test_the_cache_may_be_elsewhere(tmp_path: Path) -> None:
    Path(".dvc/config").write_text("[cache]\n    dir = ../../shared\n")
    Path(".dvc/config.local").write_text("['remote \"team\"']\n    url = s3://a\n")
    assert cache_object("abc").resolve() == tmp_path.parent / "shared/files/md5/ab/c"
    Path(".dvc/config.local").write_text(f"[cache]\n    dir = {tmp_path}/own\n")
    assert cache_object("abc") == tmp_path / "own/files/md5/ab/c"


@pytest.mark.parametrize(
    ("directory", "found"),
    [("/shared", "/shared"), ("~/cache", "{home}/cache"), ("../beside", "{home}/beside")],
)
def test_the_user_and_the_system_may_say_where_the_cache_is(
    directory: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DVC_SYSTEM_CONFIG_DIR", str(tmp_path / "system"))
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(tmp_path / "user"))
    for name, text in (("system", "/of_system"), ("user", directory)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config").write_text(f"[cache]\n    dir = {text}\n")
        expected = text if name == "system" else found.format(home=tmp_path)
        assert cache_object("abc").resolve() == Path(expected, "files/md5/ab/c")
        assert cache_object("abc").resolve() == Path(read_configuration().cache, "files/md5/ab/c")
    Path(".dvc/config").write_text("[cache]\n    dir = cache\n")
    assert cache_object("abc") == Path(".dvc/cache/files/md5/ab/c")


def test_the_configuration_of_a_user_is_where_dvc_looks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DVC_SYSTEM_CONFIG_DIR", raising=False)
    monkeypatch.delenv("DVC_GLOBAL_CONFIG_DIR", raising=False)
    assert [file.absolute() for file in configuration_files()] == [
        *map(Path, Config(str(Path(".dvc").absolute())).files.values())
    ]
