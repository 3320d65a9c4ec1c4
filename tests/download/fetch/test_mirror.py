import pytest

from stages.core.errors import UserError
from stages.download.fetch.http import fetched
from stages.download.fetch.local_files import read
from stages.download.fetch.mirror import MANIFEST, MIRROR, Mirror, mirror, read_manifest
from stages.download.params import Http
from tests.download.made import md5, sha256, tarred, zipped

ROWS = b"a,b\n1,2\n"
PUBLISHED = zipped({"a.csv": ROWS})
REPACKED = tarred({"a.csv": ROWS})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mirror/set").mkdir(parents=True)
    return tmp_path / "mirror"


def http(*urls, **file):
    remote = {"urls": list(urls), "mirror": "set/a", "sha256": sha256(PUBLISHED), "member": "a.csv"} | file
    return Http(source="http", files={"all": remote}, format={"format": "csv"}, retries=0, timeout=5.0)


def source(params, cache, mirror=None):
    return read(params, fetched(params, cache, mirror)).source


@pytest.mark.parametrize("kind", ["folder", "address"])
def test_a_mirror_is_asked_first_and_leaves_no_trace(server, folder, tmp_path, kind):
    (folder / "set/a").write_bytes(PUBLISHED)
    at = {"folder": f"{folder}/", "address": server.at}[kind]
    server.give("/set/a", (200, PUBLISHED))
    public = server.give("/public", (200, PUBLISHED))
    with_mirror = source(http(public), tmp_path / "one", Mirror(at))
    assert "/public" not in server.asked
    assert with_mirror == source(http(public), tmp_path / "other")


def test_a_mirror_that_has_it_not_or_wrong_gives_way_to_the_public_address(server, folder, tmp_path):
    public = server.give("/public", (200, PUBLISHED))
    told = {"source": "http", "sha256": {"all": sha256(PUBLISHED)}}
    assert source(http(public), tmp_path / "one", Mirror(str(folder))) == told
    (folder / "set/a").write_bytes(REPACKED)
    assert source(http(public), tmp_path / "other", Mirror(str(folder))) == told


def test_what_a_mirror_packed_anew_is_refused_without_its_manifest(folder, tmp_path):
    (folder / "set/a").write_bytes(REPACKED)
    with pytest.raises(UserError) as mistake:
        fetched(http(), tmp_path, Mirror(str(folder)))
    assert f"{folder}/set/a: wrong content: expected sha256 {sha256(PUBLISHED)}, received" in str(mistake.value)


@pytest.mark.parametrize("told_by", ["manifest", "conf"])
def test_a_manifest_of_its_own_stands_in_and_the_data_say_so(folder, tmp_path, told_by):
    (folder / "set/a").write_bytes(REPACKED)
    hashes = {"set/a": sha256(REPACKED)} if told_by == "manifest" else {}
    own = {"mirror_sha256": sha256(REPACKED)} if told_by == "conf" else {}
    assert source(http(size=len(PUBLISHED), **own), tmp_path, Mirror(str(folder), hashes)) == {
        "source": "http",
        "sha256": {"all": sha256(REPACKED)},
        "mirror_manifest": [
            f"all: sha256 {sha256(REPACKED)}, as a mirror's manifest has it, "
            f"stood in for the published {sha256(PUBLISHED)}"
        ],
    }


def test_a_manifest_that_agrees_records_nothing(folder, tmp_path):
    (folder / "set/a").write_bytes(PUBLISHED)
    agreeing = Mirror(str(folder), {"set/a": sha256(PUBLISHED)})
    assert "mirror_manifest" not in source(http(), tmp_path, agreeing)


def test_members_are_checked_whatever_the_mirrors_manifest_says(folder, tmp_path):
    (folder / "set/a").write_bytes(REPACKED)
    own = Mirror(str(folder), {"set/a": sha256(REPACKED)})
    assert source(http(md5={"a.csv": md5(ROWS)}), tmp_path, own)
    with pytest.raises(UserError, match=r"member 'a.csv': wrong content: expected md5 000"):
        source(http(md5={"a.csv": "0" * 32}), tmp_path, own)


def test_an_archive_known_only_by_its_members_may_be_packed_in_any_way(server, tmp_path):
    by_members = {"sha256": None, "md5": {"a.csv": md5(ROWS)}}
    zipped_there = source(http(server.give("/zip", (200, PUBLISHED)), **by_members), tmp_path / "one")
    assert zipped_there == source(http(server.give("/tar", (200, REPACKED)), **by_members), tmp_path / "other")
    other = server.give("/other", (200, zipped({"a.csv": b"a,b\n9,9\n"})))
    with pytest.raises(UserError, match=r"member 'a.csv': wrong content"):
        source(http(other, **by_members), tmp_path / "third")
    assert list((tmp_path / "third").iterdir()) == []


def test_a_file_without_a_public_address_says_what_to_set(tmp_path):
    with pytest.raises(UserError, match=f"set {MIRROR} to a folder or an address that has set/a"):
        fetched(http(), tmp_path)


CHECKSUM = {"sha256": None, "checksum_suffix": ".CHECKSUM"}


def test_the_checksum_beside_a_file_proves_it(server, tmp_path):
    url = server.give("/a.zip", (200, PUBLISHED))
    server.give("/a.zip.CHECKSUM", (200, f"{sha256(PUBLISHED)}  a.zip\n".encode()))
    assert source(http(url, **CHECKSUM), tmp_path) == {
        "source": "http",
        "sha256": {"all": sha256(PUBLISHED)},
        "checked_by": "the checksum files beside them",
    }
    assert [f.name for f in tmp_path.iterdir()] == [sha256(PUBLISHED)]


@pytest.mark.parametrize(
    ("checksum", "said"),
    [
        ((200, b"0" * 64 + b"  a.zip"), f"expected sha256 {'0' * 64}, received {sha256(PUBLISHED)}"),
        ((200, f"{sha256(PUBLISHED)}  b.zip".encode()), "not a checksum file: expected a line `<sha256>  a.zip`"),
        ((200, b"<html>"), "a web page instead of the file: not a checksum file"),
        ((404, b""), "404 Not Found"),
    ],
)
def test_a_checksum_that_does_not_prove_it(server, tmp_path, checksum, said):
    url = server.give("/a.zip", (200, PUBLISHED))
    server.give("/a.zip.CHECKSUM", checksum)
    with pytest.raises(UserError) as mistake:
        fetched(http(url, **CHECKSUM), tmp_path)
    assert said in str(mistake.value)
    assert list(tmp_path.iterdir()) == []


def test_the_environment_says_where_the_mirror_is(tmp_path, monkeypatch):
    manifest = tmp_path / "MANIFEST.txt"
    manifest.write_text(f"# ours\n\nset/a  md5 {'0' * 32}  sha256 {'1' * 64}\nset/b c  sha256 {'2' * 64}\n")
    monkeypatch.setenv(MIRROR, "http://127.0.0.1:9")
    monkeypatch.setenv(MANIFEST, str(manifest))
    assert mirror() == Mirror("http://127.0.0.1:9", {"set/a": "1" * 64, "set/b c": "2" * 64})
    monkeypatch.delenv(MIRROR)
    with pytest.raises(UserError, match=f"{MANIFEST} is set, but {MIRROR}"):
        mirror()
    monkeypatch.delenv(MANIFEST)
    assert mirror() is None


def test_what_is_wrong_with_a_manifest_is_said(tmp_path):
    (tmp_path / "bad").write_text("set/a  md5 1\nset/b\n")
    with pytest.raises(UserError) as mistake:
        read_manifest(tmp_path / "bad")
    assert [fault.split(": ")[0] for fault in mistake.value.messages] == [f"{tmp_path}/bad:1", f"{tmp_path}/bad:2"]
    with pytest.raises(UserError, match="cannot be read: No such file"):
        read_manifest(tmp_path / "none")
