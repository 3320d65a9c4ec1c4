"""Pictures in class folders, from a folder, a zip or a tar.gz, as images."""

import io
import stat
import struct
import tarfile
import warnings
import zipfile

import numpy as np
import pytest
from PIL import Image, features

from stages.core.artefacts.raw.raw_data import ALL, Images
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.download.fetch.verified_files import verify_local
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
from stages.download.load_source import load_source, read_files
from stages.download.params.file_params import File
from tests.core.pictures.picture_files import random_pixels, save_animation, save_picture
from tests.download.sample_files import ZERO_HASH, error_message, http_params, make_tar, make_zip, sha256

PIXELS = [random_pixels(4, 6, 3, seed=seed) for seed in range(4)]
FILES = {
    "dogs/1.bmp": save_picture(PIXELS[3], "BMP"),
    "cats/2.png": save_picture(PIXELS[1]),
    "cats/10.webp": save_picture(PIXELS[0], "WEBP", lossless=True),
    "dogs/0.jpg": save_picture(PIXELS[2]),
}
# In order of class and name; `0.jpg` has the content of a PNG.
EXPECTED, LABELS = np.stack(PIXELS), [0, 0, 1, 1]
PNG = save_picture(PIXELS[0])
FORMAT = {"format": "pictures", "size": [4, 6]}


def write_folder(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def folder_entry(folder):
    return {"path": str(folder), "sha256": folder_hash(hash_folder(folder))}


def archive_entry(path, content, **options):
    path.write_bytes(content)
    return {"path": str(path), "sha256": sha256(content)} | options


def params(files, options=None, **picture_options):
    return File.model_validate({"source": "file", "files": files, "format": FORMAT | picture_options} | (options or {}))


def read(files, options=None, **picture_options):
    raw = load_source(params(files, options, **picture_options))
    assert isinstance(raw, Images)
    return raw


@pytest.fixture(params=["folder", "zip", "tar.gz"])
def store(request, tmp_path):
    """Writes the files as a folder or an archive; returns the parameters of the file."""

    def store(files):
        if request.param == "folder":
            write_folder(tmp_path / "files", files)
            return folder_entry(tmp_path / "files")
        make = make_zip if request.param == "zip" else make_tar
        return archive_entry(tmp_path / f"files.{request.param}", make(files))

    return store


def test_pictures_are_in_order_of_class_and_name(store):
    raw = read({ALL: store(FILES)})
    np.testing.assert_array_equal(raw.images[ALL], EXPECTED, strict=True)
    np.testing.assert_array_equal(raw.labels[ALL], np.array(LABELS, np.uint8), strict=True)
    assert raw.classes == ["cats", "dogs"]


def test_grey_pictures_have_no_axis_of_channels(store):
    """As the images of MNIST."""
    grey = {path: save_picture(random_pixels(4, 6)) for path in ("a/1.png", "b/1.png")}
    raw = read({ALL: store(grey)}, colour="grey")
    assert raw.images[ALL].shape == (2, 4, 6)
    np.testing.assert_array_equal(raw.images[ALL][0], random_pixels(4, 6))


def test_hidden_and_excluded_files_are_not_read(store):
    more = {"cats/.DS_Store": b"x", "README.txt": b"x", "cats/broken.png": b"", "__MACOSX/cats/._2.png": b"x"}
    raw = read({ALL: store(FILES | more)}, exclude={ALL: ["cats/broken.png"]})
    np.testing.assert_array_equal(raw.images[ALL], EXPECTED)


def test_the_raw_data_are_the_same_bytes_from_a_folder_and_an_archive(tmp_path):
    write_folder(tmp_path / "files", FILES)
    reverse = dict(reversed(FILES.items()))
    entries = [
        folder_entry(tmp_path / "files"),
        archive_entry(tmp_path / "a.zip", make_zip(FILES)),
        archive_entry(tmp_path / "b.tar.gz", make_tar(reverse | {"./": folder_member("./")})),
    ]
    contents = []
    for number, entry in enumerate(entries):
        write_raw(read({ALL: entry}), tmp_path / str(number))
        contents.append({f.name: f.read_bytes() for f in (tmp_path / str(number)).glob("*.npy")})
        assert read_raw(tmp_path / str(number)).source == {"source": "file", "sha256": {ALL: entry["sha256"]}}
    assert contents[0] == contents[1] == contents[2]


def test_splits_are_folders(tmp_path):
    write_folder(
        tmp_path, {f"{split}/{path}": content for split in ("train", "test") for path, content in FILES.items()}
    )
    (tmp_path / "test/dogs/1.bmp").unlink()
    raw = read({split: folder_entry(tmp_path / split) for split in ("train", "test")})
    assert {split: len(images) for split, images in raw.images.items()} == {"train": 4, "test": 3}
    np.testing.assert_array_equal(raw.labels["test"], [0, 0, 1])


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_splits_are_folders_of_one_archive(make, tmp_path):
    files = {f"animals/{split}/{path}": FILES[path] for split in ("train", "test") for path in FILES}
    entry = archive_entry(tmp_path / "archive", make(files | {"animals/README": b"x", "animals/more/1.png": b"x"}))
    raw = read({split: entry | {"member": f"animals/{split}"} for split in ("train", "test")})
    for split in ("train", "test"):
        np.testing.assert_array_equal(raw.images[split], EXPECTED)


def test_classes_are_those_of_all_splits(tmp_path):
    """Which splits need which classes is checked when they are known, by preprocess."""
    write_folder(tmp_path, {"train/b/1.png": PNG, "train/c/1.png": PNG, "test/a/1.png": PNG})
    raw = read({split: folder_entry(tmp_path / split) for split in ("train", "test")})
    assert raw.classes == ["a", "b", "c"]
    assert {split: labels.tolist() for split, labels in raw.labels.items()} == {"train": [1, 2], "test": [0]}


def test_more_than_256_classes(tmp_path):
    raw = read({ALL: archive_entry(tmp_path / "a.zip", make_zip({f"{n:03}/1.png": PNG for n in range(257)}))})
    assert raw.labels[ALL].dtype == np.uint16
    assert raw.labels[ALL].tolist() == list(range(257))


def test_names_of_windows_in_a_zip(tmp_path):
    files = {path.replace("/", "\\"): content for path, content in FILES.items()}
    np.testing.assert_array_equal(read({ALL: archive_entry(tmp_path / "a.zip", make_zip(files))}).images[ALL], EXPECTED)


def test_a_downloaded_archive(server, tmp_path, monkeypatch):
    monkeypatch.setenv("RESTAGE_CACHE", str(tmp_path / "cache"))
    archive = make_zip(FILES)
    url = server.serve("/pictures.zip", (200, archive))
    source = http_params({"urls": [url], "sha256": sha256(archive)}, format=FORMAT)
    raw = load_source(source)
    assert isinstance(raw, Images)
    np.testing.assert_array_equal(raw.images[ALL], EXPECTED)


def test_seventy_thousand_members_are_accepted(tmp_path):
    """By default; the pictures themselves are few, so that the test is fast."""
    files = FILES | {f"notes/{n}.txt": b"" for n in range(70_000)}
    entry = archive_entry(tmp_path / "a.zip", make_zip({f"all/{path}": c for path, c in FILES.items()} | files))
    assert len(read({ALL: entry | {"member": "all"}}).images[ALL]) == 4


def folder_member(name):
    info = tarfile.TarInfo(name)
    info.type = tarfile.DIRTYPE
    return info


def changed(name, content):
    return FILES | {name: content}


JPEG = save_picture(random_pixels(20, 20, 3), "JPEG")
# Files in class folders, and the sentence that refuses them.
WRONG_FILES = {
    "zero bytes": ({"cats/3.png": b""}, "1 file: an empty file: cats/3.png"),
    "a text named png": (
        {"cats/3.png": b"hello"},
        "1 file: not a PNG, JPEG, BMP or WebP file: cats/3.png (it begins with b'hell')",
    ),
    "a list of labels": ({"cats/labels.csv": b"a,b\n"}, "cats/labels.csv (it begins with b'a,b\\n')"),
    "a page of an error": ({"cats/3.jpg": b"<!DOCTYPE html>"}, "cats/3.jpg (it begins with b'<!DO')"),
    "an archive in a class folder": ({"cats/3.zip": make_zip(FILES)}, "cats/3.zip (it begins with b'PK\\x03\\x04')"),
    "a pointer of Git LFS": ({"cats/3.png": b"version https://git-lfs"}, "cats/3.png (it begins with b'vers')"),
    "a gif": ({"cats/3.gif": save_picture(PIXELS[0], "GIF")}, "cats/3.gif (it begins with b'GIF8')"),
    "a tiff": ({"cats/3.tif": save_picture(PIXELS[0], "TIFF")}, "cats/3.tif (it begins with b'II*\\x00')"),
    "a svg": ({"cats/3.svg": b"<svg/>"}, "cats/3.svg (it begins with b'<svg')"),
    "a heic": ({"cats/3.heic": b"\0\0\0\x18ftypheic"}, "cats/3.heic (it begins with b'\\x00\\x00\\x00\\x18')"),
    "a png cut in the middle": ({"cats/3.png": PNG[: len(PNG) // 2]}, "1 file: damaged: cats/3.png (image file is"),
    "a png with other bytes": ({"cats/3.png": PNG[:45] + bytes(20) + PNG[65:]}, "1 file: damaged: cats/3.png (broken"),
    "a png with lines of Windows": ({"cats/3.png": PNG.replace(b"\r\n", b"\n")}, "cats/3.png (it begins as PNG"),
    "a jpeg cut in the middle": ({"cats/3.jpg": JPEG[: len(JPEG) // 2]}, "1 file: damaged: cats/3.jpg ("),
    "a jpeg without its beginning": ({"cats/3.jpg": JPEG[2:]}, "not a PNG, JPEG, BMP or WebP file: cats/3.jpg"),
    "a webp cut in the middle": ({"cats/10.webp": FILES["cats/10.webp"][:-30]}, "1 file: damaged: cats/10.webp"),
    "a bmp cut in the middle": ({"dogs/1.bmp": FILES["dogs/1.bmp"][:60]}, "1 file: damaged: dogs/1.bmp (image file is"),
    "16 bits": ({"cats/3.png": save_picture(np.zeros((4, 6), np.uint16))}, "1 file: 16 bits a channel; convert it"),
    "an animated png": ({"cats/3.png": save_animation("PNG")}, "1 file: an animation; save one of its frames"),
    "an animated webp": ({"cats/3.webp": save_animation("WEBP", 3)}, "cats/3.webp (3 frames)"),
    "a bomb": (
        {"cats/3.png": save_picture(Image.new("1", (11_000, 5_000)))},
        "1 file: more pixels than max_pixels allows (50,000,000): cats/3.png (11,000 x 5,000)",
    ),
    "a large bomb": (
        {"cats/3.png": save_picture(Image.new("1", (20_000, 10_000)))},
        "more pixels than max_pixels allows (50,000,000): cats/3.png (far too many)",
    ),
    "many empty files": (
        {f"cats/x{n}.png": b"" for n in range(8)},
        "8 files: an empty file: cats/x0.png, cats/x1.png, cats/x2.png, cats/x3.png, cats/x4.png and 3 more",
    ),
    "a picture outside class folders": ({"1.png": PNG}, "pictures outside class folders: 1.png"),
    "a folder in a class folder": ({"cats/more/1.png": PNG}, "files in folders below class folders: cats/more/1.png"),
    "a name in another case": ({"cats/2.PNG": PNG}, "only in case or Unicode form: 'cats/2.PNG' and 'cats/2.png'"),
    "a class in another case": ({"Cats/2.png": PNG}, "only in case or Unicode form: 'Cats' and 'cats'"),
    "two forms of Unicode": (
        {"cats/\u00e9.png": PNG, "cats/e\u0301.png": PNG},
        r"only in case or Unicode form: 'cats/e\u0301.png' and 'cats/\xe9.png'",
    ),
    "a name with a line break": ({"cats/a\nb.png": PNG}, r"with unprintable characters"),
    "a class without pictures": ({"birds/.keep": b""}, "no picture in the class folder birds"),
}


@pytest.mark.error_case("pictures refused")
@pytest.mark.parametrize(("more", "message"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_wrong_files_are_refused(more, message, tmp_path):
    """In a zip, which keeps all names as they are; folders have the same checks, and tests of their own."""
    entry = archive_entry(tmp_path / "a.zip", make_zip(FILES | more))
    received = error_message(read, {ALL: entry})
    assert message in received
    assert f"{entry['path']}: " in received
    assert len(received) < 600


@pytest.mark.error_case("pictures refused")
def test_all_unreadable_files_of_all_splits_are_reported(store, tmp_path):
    wrong = {"cats/3.png": b"", "cats/4.png": b"text", "dogs/5.png": b""}
    entry = store(FILES | wrong)
    lines = error_message(read, {"train": entry, "test": entry}).splitlines()
    assert lines[:3] == [
        f"{entry['path']}: 2 files: an empty file: cats/3.png, dogs/5.png",
        f"{entry['path']}: 1 file: not a PNG, JPEG, BMP or WebP file: cats/4.png (it begins with b'text')",
        f"{entry['path']}: repair these files, or list them in download.format.exclude",
    ]
    assert lines[3:] == lines[:3]


def zip_of(*members, **options):
    archive = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(archive, "w", **options) as opened:
        warnings.simplefilter("ignore")  # of names that occur twice
        for member, content in members:
            opened.writestr(member, content)
    return archive.getvalue()


def zip_with_type(file_type):
    info = zipfile.ZipInfo("cats/link.png")
    info.external_attr = (file_type | 0o777) << 16
    return zip_of((info, "/etc/passwd"), *FILES.items())


def encrypted_zip():
    archive = bytearray(make_zip(FILES))
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        archive[archive.index(signature) + offset] |= 1
    return bytes(archive)


def tar_with(member_type):
    info = tarfile.TarInfo("cats/link.png")
    info.type, info.linkname = member_type, "/etc/passwd"
    return make_tar(FILES | {"cats/link.png": info})


def zip_that_declares(size):
    """The size in the directory of the first member."""
    archive = bytearray(make_zip(FILES))
    position = archive.index(b"PK\x01\x02") + 24
    archive[position : position + 4] = struct.pack("<I", size)
    return bytes(archive)


SPLITS = {f"{split}/{path}": content for split in ("train", "test") for path, content in FILES.items()}
# An archive, and the sentence that refuses it.
WRONG_ARCHIVES = {
    "no archive": (b"hello", "neither a zip nor a tar.gz archive; it begins with b'hell'"),
    "one picture": (PNG, "neither a zip nor a tar.gz archive; it begins with b'\\x89PNG'"),
    "an empty file": (b"", "neither a zip nor a tar.gz archive; it begins with b''"),
    "an empty zip": (make_zip({}), "no class folders"),
    "an empty tar": (make_tar({}), "no class folders"),
    "a zip cut in the middle": (make_zip(FILES)[:-200], "not readable as zip"),
    "a tar cut in the middle": (make_tar(FILES)[:-200], "not readable as tar.gz"),
    "a zip with another checksum": (zip_of(*FILES.items()).replace(b"IDAT", b"IDAX"), "not readable as zip"),
    "an encrypted zip": (encrypted_zip(), "is encrypted"),
    "a zip compressed with LZMA": (
        zip_of(*FILES.items(), compression=zipfile.ZIP_LZMA),
        "is compressed with another method than deflate",
    ),
    "a zip with a name twice": (zip_of(*FILES.items(), ("cats/2.png", b"x")), "member 'cats/2.png' occurs twice"),
    "two spellings of one name": (zip_of(*FILES.items(), ("./cats/2.png", b"x")), "cats/2.png occurs twice"),
    "a zip with a path outside": (make_zip(changed("../cats/1.png", PNG)), "has a path outside the archive"),
    "a tar with a path outside": (make_tar(changed("cats/../../1.png", PNG)), "has a path outside the archive"),
    "a zip with an absolute path": (make_zip(changed("/cats/1.png", PNG)), "has a path outside the archive"),
    "a zip with a drive": (make_zip(changed("C:\\cats\\1.png", PNG)), "has a path outside the archive"),
    "a link in a zip": (zip_with_type(stat.S_IFLNK), "is a link, a device or another special file"),
    "a pipe in a zip": (zip_with_type(stat.S_IFIFO), "is a link, a device or another special file"),
    "a symbolic link in a tar": (tar_with(tarfile.SYMTYPE), "is a link, a device or another special file"),
    "a hard link in a tar": (tar_with(tarfile.LNKTYPE), "is a link, a device or another special file"),
    "a device in a tar": (tar_with(tarfile.CHRTYPE), "is a link, a device or another special file"),
    "an archive in an archive": (make_zip({"pictures.zip": make_zip(FILES)}), "no class folders"),
    "one class": (make_zip({"cats/1.png": PNG}), "one class: cats; a model needs the pictures of two classes"),
    "splits without a member": (make_zip(SPLITS), "if the class folders lie in test, name it"),
    "an empty class folder": (make_zip(changed("birds/", b"")), "no picture in the class folder birds"),
    "an empty class folder in a tar": (
        make_tar(changed("birds", folder_member("birds"))),
        "no picture in the class folder birds",
    ),
    "a wrong declared size": (zip_that_declares(10), "not readable as zip"),
}


@pytest.mark.error_case("pictures refused")
@pytest.mark.parametrize(("archive", "message"), WRONG_ARCHIVES.values(), ids=WRONG_ARCHIVES)
def test_wrong_archives_are_refused(archive, message, tmp_path):
    received = error_message(read, {ALL: archive_entry(tmp_path / "archive", archive)})
    assert message in received
    assert len(received) < 400


@pytest.mark.error_case("pictures refused")
@pytest.mark.parametrize("make", [make_zip, make_tar])
@pytest.mark.parametrize(
    ("limits", "files", "message"),
    [
        ({"members": 3}, FILES, "holds more than 3 members; limits.members allows no more"),
        ({"bytes": 5000}, changed("cats/3.png", bytes(10**6)), "holds more than 5,000 bytes; limits.bytes allows"),
        ({"bytes": 250}, {"a/1.png": b"", "b/1.png": b"", "c/1.png": b"", "d/1.png": b""}, "limits.bytes allows"),
    ],
)
def test_limits_of_archives(make, limits, files, message, tmp_path):
    entry = archive_entry(tmp_path / "archive", make(files))
    assert message in error_message(read, {ALL: entry}, {"limits": limits})


@pytest.mark.error_case("pictures refused")
def test_the_decoded_pictures_are_limited(store):
    """Four pictures of 4 x 6 pixels and three channels."""
    message = error_message(read, {ALL: store(FILES)}, {"limits": {"bytes": 287 + 10_000}}, size=[60, 60])
    assert "4 x 60 x 60 x 3 values need 43,200 bytes; download.limits.bytes allows 10,287" in message


@pytest.mark.error_case("pictures refused")
def test_the_files_of_a_folder_are_limited(tmp_path):
    write_folder(tmp_path, FILES)
    message = error_message(read, {ALL: folder_entry(tmp_path)}, {"limits": {"members": 3}})
    assert message == f"{tmp_path}: holds more than 3 files; limits.members allows no more"


@pytest.mark.error_case("pictures refused")
def test_a_changed_folder_is_refused(tmp_path):
    write_folder(tmp_path, FILES)
    entry = folder_entry(tmp_path)
    (tmp_path / "cats" / "3.png").write_bytes(PNG)
    received = folder_hash(hash_folder(tmp_path))
    expected = f"{tmp_path}: wrong content: expected sha256 {entry['sha256']}, received {received}"
    assert error_message(read, {ALL: entry}) == expected


@pytest.mark.error_case("pictures refused")
def test_a_file_that_changes_after_its_check_is_refused(tmp_path):
    write_folder(tmp_path, FILES)
    source = params({ALL: folder_entry(tmp_path)})
    verified = verify_local(source.files, folders=True)
    (tmp_path / "cats" / "2.png").write_bytes(PNG)
    assert "cats/2.png: changed while it was read" in error_message(read_files, source, verified)


@pytest.mark.error_case("pictures refused")
def test_an_absent_folder(tmp_path):
    entry = {"path": str(tmp_path / "pictures"), "sha256": ZERO_HASH}
    assert "no such file" in error_message(read, {ALL: entry})
    (tmp_path / "pictures.dvc").write_text("outs:\n")
    assert f"`dvc pull {entry['path']}.dvc` fetches it" in error_message(read, {ALL: entry})
    split = entry | {"path": f"{entry['path']}/train"}
    assert f"`dvc pull {entry['path']}.dvc` fetches it" in error_message(read, {"train": split})


@pytest.mark.error_case("pictures refused")
def test_an_empty_folder(tmp_path):
    assert "no class folders" in error_message(read, {ALL: folder_entry(tmp_path)})
    (tmp_path / "cats").mkdir()
    assert "no picture in the class folder cats" in error_message(read, {ALL: folder_entry(tmp_path)})


@pytest.mark.error_case("pictures refused")
def test_a_link_to_a_folder_is_refused(tmp_path):
    write_folder(tmp_path / "files", FILES)
    entry = folder_entry(tmp_path / "files")
    (tmp_path / "files" / "birds").symlink_to(tmp_path)
    assert "birds: a folder; replace it by a file" in error_message(read, {ALL: entry})


@pytest.mark.error_case("pictures refused")
def test_members(tmp_path):
    entry = archive_entry(tmp_path / "a.zip", make_zip(SPLITS))
    message = error_message(read, {"train": entry | {"member": "trian"}, "test": entry | {"member": "test/"}})
    assert message == f"{entry['path']}: no folder 'trian' with files; did you mean train?"
    write_folder(tmp_path / "files", SPLITS)
    message = error_message(read, {ALL: folder_entry(tmp_path / "files") | {"member": "train"}})
    assert message == f"{tmp_path}/files: member 'train' is for archives; of a folder, `path` names the inner one"


@pytest.mark.error_case("pictures refused")
def test_other_formats_read_no_folder(tmp_path):
    write_folder(tmp_path, FILES)
    source = params({ALL: folder_entry(tmp_path)}).model_dump() | {"format": {"format": "csv"}}
    assert error_message(load_source, File.model_validate(source)) == f"{tmp_path}: cannot be read: Is a directory"


@pytest.mark.error_case("pictures refused")
def test_another_decoder_is_refused_before_anything_is_decoded(tmp_path, monkeypatch):
    write_folder(tmp_path, FILES)
    monkeypatch.setattr(features, "version", lambda name: "1.0")
    assert "Pillow decodes by libjpeg-turbo 1.0; expected" in error_message(read, {ALL: folder_entry(tmp_path)})
