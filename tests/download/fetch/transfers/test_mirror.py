import pytest

from stages.core.errors import UserError
from stages.download.fetch.download_files import download
from stages.download.fetch.transfers.mirror import MANIFEST, MIRROR, Mirror, mirror_from_environment, read_manifest
from stages.download.load_source import read_files
from tests.download.sample_files import ZERO_HASH, error_message, http_params, make_tar, make_zip, md5, sha256

ROWS = b"a,b\n1,2\n"
PUBLISHED = make_zip({"a.csv": ROWS})
REPACKED = make_tar({"a.csv": ROWS})
PROVENANCE = {"source": "http", "sha256": {"all": sha256(PUBLISHED)}}
BY_CHECKSUM_FILE = {"sha256": None, "checksum_suffix": ".CHECKSUM"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mirror/set").mkdir(parents=True)
    return tmp_path / "mirror"


def source(*urls, **file):
    remote = {"urls": list(urls), "mirror": "set/a", "sha256": sha256(PUBLISHED), "member": "a.csv"}
    return http_params(remote | file)


def provenance(params, cache, mirror=None):
    return read_files(params, download(params, cache, mirror)).source


@pytest.mark.parametrize("kind", ["folder", "address"])
def test_the_mirror_is_used_first_and_not_recorded(server, folder, tmp_path, kind):
    (folder / "set/a").write_bytes(PUBLISHED)
    root = {"folder": f"{folder}/", "address": server.root}[kind]
    server.serve("/set/a", (200, PUBLISHED))
    params = source(server.serve("/public", (200, PUBLISHED)))
    for manifest in ({}, {"set/a": sha256(PUBLISHED)}):
        assert provenance(params, tmp_path / f"cache {len(manifest)}", Mirror(root, manifest)) == PROVENANCE
    assert "/public" not in server.paths


@pytest.mark.parametrize("content", [None, REPACKED])
def test_the_public_address_is_used_if_the_mirror_has_no_or_another_file(server, folder, tmp_path, content):
    if content:
        (folder / "set/a").write_bytes(content)
    params = source(server.serve("/public", (200, PUBLISHED)))
    assert provenance(params, tmp_path / "cache", Mirror(str(folder))) == PROVENANCE
    assert server.paths == ["/public"]


def test_a_file_without_a_public_address_needs_a_mirror_and_a_repacked_one_a_manifest(folder, tmp_path):
    message = error_message(download, source(), tmp_path)
    assert f"set {MIRROR} to a folder or an address that has set/a" in message
    (folder / "set/a").write_bytes(REPACKED)
    message = error_message(download, source(), tmp_path, Mirror(str(folder)))
    assert f"{folder}/set/a: wrong content: expected sha256 {sha256(PUBLISHED)}, received" in message


@pytest.mark.parametrize(
    ("manifest", "parameters"),
    [({"set/a": sha256(REPACKED)}, {}), ({}, {"mirror_sha256": sha256(REPACKED)})],
    ids=["manifest", "parameter"],
)
def test_a_repacked_file_is_recorded(folder, tmp_path, manifest, parameters):
    (folder / "set/a").write_bytes(REPACKED)
    params = source(size=len(PUBLISHED), **parameters)
    recorded = provenance(params, tmp_path, Mirror(str(folder), manifest))
    assert recorded.keys() == {"source", "sha256", "mirror_manifest"}
    assert recorded["sha256"] == {"all": sha256(REPACKED)}
    [entry] = recorded["mirror_manifest"]
    assert entry.startswith("all: ")
    assert sha256(REPACKED) in entry
    assert sha256(PUBLISHED) in entry


def test_members_of_a_repacked_file_are_checked(folder, tmp_path):
    (folder / "set/a").write_bytes(REPACKED)
    mirror = Mirror(str(folder), {"set/a": sha256(REPACKED)})
    assert provenance(source(md5={"a.csv": md5(ROWS)}), tmp_path, mirror)
    with pytest.raises(UserError, match=r"member 'a.csv': wrong content: expected md5 000"):
        provenance(source(md5={"a.csv": "0" * 32}), tmp_path, mirror)


def test_an_archive_that_is_verified_by_its_members(server, tmp_path):
    def params(name, archive):
        url = server.serve(name, (200, archive))
        return source(url, sha256=None, md5={"a.csv": md5(ROWS)})

    from_zip = provenance(params("/zip", PUBLISHED), tmp_path / "zip")
    assert from_zip == provenance(params("/tar", REPACKED), tmp_path / "tar")
    other = params("/other", make_zip({"a.csv": b"a,b\n9,9\n"}))
    assert "member 'a.csv': wrong content" in error_message(download, other, tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []


def test_a_file_is_verified_by_its_checksum_file(server, tmp_path):
    url = server.serve("/a.zip", (200, PUBLISHED))
    server.serve("/a.zip.CHECKSUM", (200, f"{sha256(PUBLISHED)}  a.zip\n".encode()))
    recorded = provenance(source(url, **BY_CHECKSUM_FILE), tmp_path)
    assert recorded == PROVENANCE | {"checked_by": "the checksum files beside them"}
    assert [f.name for f in tmp_path.iterdir()] == [sha256(PUBLISHED)]


@pytest.mark.parametrize(
    ("checksum", "message"),
    [
        ((200, ZERO_HASH.encode() + b"  a.zip"), f"expected sha256 {ZERO_HASH}, received {sha256(PUBLISHED)}"),
        ((200, f"{sha256(PUBLISHED)}  b.zip".encode()), "not a checksum file: expected a line `<sha256>  a.zip`"),
        ((200, b"<html>"), "a web page instead of the file: not a checksum file"),
        ((404, b""), "404 Not Found"),
    ],
)
def test_a_wrong_checksum_file_is_refused(server, tmp_path, checksum, message):
    url = server.serve("/a.zip", (200, PUBLISHED))
    server.serve("/a.zip.CHECKSUM", checksum)
    assert message in error_message(download, source(url, **BY_CHECKSUM_FILE), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_environment_names_the_mirror_and_its_manifest(tmp_path, monkeypatch):
    manifest = tmp_path / "MANIFEST.txt"
    manifest.write_text(f"# comment\n\nset/a  md5 {'0' * 32}  sha256 {'1' * 64}\nset/b c  sha256 {'2' * 64}\n")
    monkeypatch.setenv(MIRROR, "http://127.0.0.1:9")
    monkeypatch.setenv(MANIFEST, str(manifest))
    assert mirror_from_environment() == Mirror("http://127.0.0.1:9", {"set/a": "1" * 64, "set/b c": "2" * 64})
    monkeypatch.delenv(MIRROR)
    with pytest.raises(UserError, match=f"{MANIFEST} is set, but {MIRROR}"):
        mirror_from_environment()
    monkeypatch.delenv(MANIFEST)
    assert mirror_from_environment() is None


def test_all_wrong_lines_of_a_manifest_are_reported(tmp_path):
    (tmp_path / "bad").write_text("set/a  md5 1\nset/b\n")
    with pytest.raises(UserError) as error:
        read_manifest(tmp_path / "bad")
    places = [message.split(": ")[0] for message in error.value.messages]
    assert places == [f"{tmp_path}/bad:1", f"{tmp_path}/bad:2"]
    with pytest.raises(UserError, match="cannot be read: No such file"):
        read_manifest(tmp_path / "none")
