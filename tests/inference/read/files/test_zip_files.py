import io
import zipfile

import pytest

from stages.core.errors import UserError
from stages.inference.read.files import named_files, zip_files
from stages.inference.read.files.named_files import NoSuchFileError
from stages.inference.read.files.zip_files import ZipFiles, open_zip
from tests.inference.read.example_inputs import zip_of

ZEROS = zip_of({"a.png": bytes(100_000), "b.png": b"x"}, compression=zipfile.ZIP_DEFLATED)


def test_names_are_in_the_order_of_folders_then_of_names():
    with open_zip(io.BytesIO(zip_of(dict.fromkeys(("b/1", "b-/1", "b/10", "a", "b/.x", "c/"), b"")))) as opened:
        assert ZipFiles(opened).names() == ["a", "b/1", "b/10", "b-/1"]


def test_backslashes_of_windows_are_slashes():
    with open_zip(io.BytesIO(zip_of({r"b\1.png": b"x"}))) as opened:
        assert ZipFiles(opened).read("b/1.png") == b"x"
        with pytest.raises(NoSuchFileError):
            ZipFiles(opened).read("1.png")


@pytest.mark.error_case("new pictures refused")
def test_a_member_that_unpacks_to_too_many_bytes_is_not_read(monkeypatch):
    monkeypatch.setattr(zip_files, "MAX_BYTES", 999)
    monkeypatch.setattr(named_files, "MAX_BYTES", 999)
    with open_zip(io.BytesIO(ZEROS)) as opened:
        with pytest.raises(UserError, match="larger than 999 bytes"):
            ZipFiles(opened).read("a.png")
        assert ZipFiles(opened).read("b.png") == b"x"


@pytest.mark.error_case("new pictures refused")
def test_members_that_share_their_bytes_are_refused():
    """All entries of the directory point to the first member: a small file with any amount of content."""
    content = zip_of({f"{number:04}": b"x" if number else bytes(9_000) for number in range(100)})
    size = (9_000).to_bytes(4, "little")
    start = content.index(b"PK\1\2")
    entries = content[start:].split(b"PK\1\2")[1:]
    first = entries[0]
    shared = [entry[:12] + first[12:16] + size + size + entry[24:38] + bytes(4) + entry[42:] for entry in entries]
    bomb = content[:start] + b"".join(b"PK\1\2" + entry for entry in shared)
    with pytest.raises(UserError, match="its members are larger than the file"), open_zip(io.BytesIO(bomb)):
        pass


@pytest.mark.error_case("new pictures refused")
def test_a_link_in_a_zip_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        info = zipfile.ZipInfo("a.png")
        info.external_attr = 0o120777 << 16
        opened.writestr(info, "/etc/passwd")
    with open_zip(file) as opened, pytest.raises(UserError, match="is a link"):
        ZipFiles(opened)
