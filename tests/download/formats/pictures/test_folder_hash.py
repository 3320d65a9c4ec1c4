import hashlib
import os
import subprocess

import pytest

from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
from tests.download.sample_files import error_message, sha256

FILES = {"cats/10.png": b"ten", "cats/2.png": b"two", "cats-old/1.png": b"one", "README": b"text"}


@pytest.fixture
def folder(tmp_path):
    for path, content in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path


def test_the_hash_is_that_of_the_lines_of_sha256sum(folder):
    lines = [f"{sha256(FILES[path])}  {path}\n" for path in ("README", "cats-old/1.png", "cats/10.png", "cats/2.png")]
    assert folder_hash(hash_folder(folder)) == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_the_documented_command_prints_the_hash(folder):
    """With a name that has a blank, and a hidden file."""
    (folder / "cats" / "a b.png").write_bytes(b"x")
    (folder / "cats" / ".DS_Store").write_bytes(b"x")
    command = "find * -type f -not -name '.*' | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum | sha256sum"
    printed = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True).stdout
    assert printed.split()[0] == folder_hash(hash_folder(folder))


def test_the_order_of_the_file_system_and_hidden_files_do_not_matter(folder, monkeypatch):
    expected = folder_hash(hash_folder(folder))
    (folder / "cats" / "Thumbs.db").write_bytes(b"x")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "1.png").write_bytes(b"x")
    assert folder_hash(hash_folder(folder)) == expected
    assert folder_hash(dict(reversed(hash_folder(folder).items()))) == expected


def test_a_name_in_another_form_of_unicode_has_the_same_hash():
    """HFS+ of old Macs keeps names decomposed. The order is that of the composed names."""
    assert folder_hash({"e\u0301": "0", "f": "1"}) == folder_hash({"\u00e9": "0", "f": "1"})


def test_every_change_changes_the_hash(folder):
    hashes = {folder_hash(hash_folder(folder))}
    (folder / "cats" / "2.png").write_bytes(b"three")
    hashes.add(folder_hash(hash_folder(folder)))
    (folder / "cats" / "2.png").rename(folder / "cats" / "3.png")
    hashes.add(folder_hash(hash_folder(folder)))
    (folder / "cats" / "3.png").unlink()
    hashes.add(folder_hash(hash_folder(folder)))
    assert len(hashes) == 4


def test_a_link_to_a_file_is_read(folder):
    """DVC may put links into the working tree."""
    expected = hash_folder(folder)
    (folder / "cats" / "2.png").rename(folder.parent / "moved.png")
    (folder / "cats" / "2.png").symlink_to(folder.parent / "moved.png")
    assert hash_folder(folder) == expected


@pytest.mark.error_case("pictures refused")
def test_what_is_no_file_is_refused(folder):
    (folder / "dogs").symlink_to(folder / "cats")
    (folder / "cats" / "3.png").symlink_to("nowhere")
    (folder / "cats" / "4.png").symlink_to("4.png")
    os.mkfifo(folder / "cats" / "5.png")
    lines = error_message(hash_folder, folder).splitlines()
    kinds = {line.partition(": ")[0].rpartition("/")[2]: line.partition(": ")[2] for line in lines}
    assert {name: kind.partition(";")[0] for name, kind in kinds.items()} == {
        "dogs": "a folder",
        "3.png": "a link to nothing",
        "4.png": "a link that leads back to itself",
        "5.png": "a named pipe",
    }


@pytest.mark.error_case("pictures refused")
def test_five_of_many_are_named(folder):
    for number in range(9):
        (folder / "cats" / f"{number}.link").symlink_to("nowhere")
    assert error_message(hash_folder, folder).splitlines()[5:] == ["and 4 more"]


@pytest.mark.error_case("pictures refused")
def test_a_name_with_a_line_break_is_refused(folder):
    (folder / "cats" / "a\nb.png").write_bytes(b"")
    assert error_message(hash_folder, folder) == r"'cats/a\nb.png': a name with unprintable characters; rename it"
