"""What `restage fsck` and `restage gc` rely on in DVC, and what DVC does not do for them."""

import shutil
from pathlib import Path

import dvc
import pytest
from dvc.repo import Repo

from stages.core.dvc.storage.cache import md5_of_file
from stages.core.dvc.storage.object_stores import ObjectStore, Storage, object_file
from stages.core.dvc.storage.run_cache import read_run
from stages.core.errors import UserError

DVC = f"DVC {dvc.__version__} differs from what stages/core/dvc relies on"
PIPELINE = """\
stages:
  only:
    cmd: mkdir folder && cp source folder/one && echo 2 > folder/two
    deps: [source]
    outs: [folder]
"""


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """A folder of two files, in the cache and on the remote `team`."""
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    Repo.init(no_scm=True).close()
    Path(".dvc/config").write_text(
        "[core]\n    no_scm = True\n    remote = team\n['remote \"team\"']\n    url = ../../remote\n"
    )
    Path("dvc.yaml").write_text(PIPELINE)
    Path("source").write_text("1")
    with Repo() as repo:
        repo.reproduce()
        repo.push(run_cache=True)
    return Storage()


@pytest.fixture
def stores(storage: Storage) -> list[ObjectStore]:
    return [storage.cache(), storage.remote(None, "fsck")]


def damage(store: ObjectStore, name: str) -> None:
    path = store.local_path(object_file(name))
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    path.chmod(0o444)


ONE, TWO = "c4ca4238a0b923820dcc509a6f75849b", "26ab0db90d72e28ad0ba1e22ee510510"


def test_objects_and_runs_are_found(stores: list[ObjectStore]) -> None:
    for store, name in zip(stores, ("cache", "remote team"), strict=True):
        assert store.name == name
        assert {ONE, TWO} < set(store.objects()), DVC
        assert len(store.objects()) == 3
        [file] = store.runs()
        run = read_run(file, store.read(file))
        assert run is not None, DVC
        assert run["outs"][0]["path"] == "folder", DVC
        assert store.md5(object_file(ONE)) == ONE
        assert store.info(object_file(ONE)).size == 1


def test_what_dvc_is_writing_is_no_object(stores: list[ObjectStore]) -> None:
    cache = stores[0]
    cache.local_path(f"files/md5/{ONE[:2]}/.unfinished.tmp").write_text("")
    assert len(cache.objects()) == 3


def test_no_damaged_run_is_read(stores: list[ObjectStore]) -> None:
    [file] = stores[0].runs()
    for bit in range(0, 2400, 97):
        content = bytearray(stores[0].read(file))
        content[bit // 8 % len(content)] ^= 1 << bit % 8
        run = read_run(file, bytes(content))
        # What does not count for DVC's hash may differ: sizes, and the order of lines.
        assert run is None or b"size: " in bytes(content)[: bit // 8 % len(content)].rpartition(b"\n")[2], bit


def test_push_does_not_replace_a_damaged_object(storage: Storage, stores: list[ObjectStore]) -> None:
    cache, remote = stores
    damage(remote, ONE)
    with Repo() as repo:
        assert repo.push() == 0, DVC
    assert remote.md5(object_file(ONE)) != ONE, DVC
    remote.put(object_file(ONE), cache.local_path(object_file(ONE)))
    assert remote.md5(object_file(ONE)) == ONE


def test_push_does_not_look_for_the_files_of_a_folder_that_it_knows(stores: list[ObjectStore]) -> None:
    remote = stores[1]
    remote.local_path(object_file(ONE)).unlink()
    with Repo() as repo:
        repo.push()
    assert ONE not in remote.objects(), DVC


def test_what_was_removed_is_pushed_again(stores: list[ObjectStore]) -> None:
    remote = stores[1]
    remote.remove([object_file(ONE)])
    remote.remove([])
    with Repo() as repo:
        repo.push()
    assert ONE not in remote.objects()  # the list of the folder is still there
    remote.remove([object_file(name) for name in remote.objects()])
    with Repo() as repo:
        repo.push()
    assert len(remote.objects()) == 3, DVC


def test_a_damaged_object_is_checked_out_and_believed(storage: Storage, stores: list[ObjectStore]) -> None:
    damage(stores[0], ONE)
    shutil.rmtree("folder")
    storage.checkout(["folder"])
    file = Path("folder/one")
    assert file.read_bytes() == b"damaged", DVC
    assert storage.believed_md5(file) == ONE, DVC
    with Repo() as repo:
        assert repo.status() == {}, DVC
    file.unlink()
    file.write_text("edited")
    assert storage.believed_md5(file) is None


def test_a_replaced_object_is_read_only_and_a_new_file(stores: list[ObjectStore], tmp_path: Path) -> None:
    cache = stores[0]
    path, source, link = cache.local_path(object_file(ONE)), tmp_path / "source", tmp_path / "link"
    link.hardlink_to(path)
    source.write_text("1")
    before = cache.info(object_file(ONE))
    cache.put(object_file(ONE), source)
    assert not path.samefile(link)
    assert path.stat().st_mode & 0o777 == 0o444
    assert cache.info(object_file(ONE)).version != before.version


def test_fetch(stores: list[ObjectStore], tmp_path: Path) -> None:
    stores[1].fetch(object_file(ONE), tmp_path / "fetched")
    assert md5_of_file(tmp_path / "fetched") == ONE


def test_a_file_that_is_gone(stores: list[ObjectStore]) -> None:
    for store in stores:
        with pytest.raises(UserError, match=f"{store.name}: .*cannot be read"):
            store.read("files/md5/00/1")


def test_where_the_cache_is(storage: Storage, tmp_path: Path) -> None:
    assert not storage.is_cache_shared()
    Path(".dvc/config.local").write_text(f"[cache]\n    dir = {tmp_path}/shared\n")
    assert Storage().is_cache_shared()
    assert Storage().default_remote() == "team"
