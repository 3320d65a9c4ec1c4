import base64
import io
import unicodedata

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.inference.input_schema import InputColumn
from stages.inference.read.files.named_files import FolderFiles
from stages.inference.read.files.zip_files import ZipFiles, open_zip
from stages.inference.read.pictures.picture_values import picture_values
from tests.core.pictures.picture_files import random_pixels, save_picture
from tests.inference.read.example_inputs import write_files, zip_of

PICTURES = [random_pixels(2, 2, 3, seed=seed) for seed in range(2)]
FILES = {"cats/a.png": save_picture(PICTURES[0]), "b.png": save_picture(PICTURES[1]), "c.txt": b"text"}
DECODING = PictureDecoding(size=[2, 2])


def photo_column(private=False, path_prefix=""):
    return InputColumn(
        name="photo",
        type="picture",
        shape=[2, 2, 3],
        decoding=DECODING,
        private=private,
        path_prefix=path_prefix,
    )


@pytest.fixture(params=["folder", "zip"])
def files(request, tmp_path):
    if request.param == "folder":
        yield FolderFiles(write_files(tmp_path, FILES))
    else:
        with open_zip(io.BytesIO(zip_of(FILES))) as opened:
            yield ZipFiles(opened)


def test_each_different_path_is_decoded_once(files):
    values = ["b.png", None, "cats\\a.png", "b.png", "", float("nan"), "./cats/a.png"]
    pictures, wrong = picture_values(values[:6], photo_column(), files)
    np.testing.assert_array_equal(pictures.pixels, [PICTURES[1], PICTURES[0]], strict=True)
    assert pictures.numbers.tolist() == [0, -1, 1, 0, -1, -1]
    assert wrong == {}


def test_a_path_may_have_the_prefix_of_the_dataset(files):
    """Its folder may be the one that the dataset names, or the one above."""
    values = ["cats/a.png", "a.png", "x/b.png", "b.png"]
    pictures, wrong = picture_values(values, photo_column(path_prefix="cats/"), files)
    assert (pictures.numbers.tolist(), list(wrong)) == ([0, -1, -1, 1], [1, 2])
    pictures, wrong = picture_values(values, photo_column(path_prefix="x/"), files)
    assert (pictures.numbers.tolist(), wrong) == ([0, -1, 1, 2], {1: "'a.png': no such file"})


def test_no_picture_at_all(files):
    pictures, wrong = picture_values([None, "nowhere.png"], photo_column(), files)
    assert pictures.pixels.shape == (0, 2, 2, 3)
    assert wrong == {1: "'nowhere.png': no such file"}


@pytest.mark.error_case("new pictures refused")
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("../b.png", "leaves the folder"),
        ("/b.png", "leaves the folder"),
        ("C:\\b.png", "leaves the folder"),
        ("cats", "no such file"),
        ("cats/../b.png", "leaves the folder"),
        ("b\0.png", "no such file"),
        ("c.txt", "not a PNG, JPEG, BMP or WebP file: it begins with b'text'"),
        (7, "not the path of a picture"),
        ("data:image/png,abc", "a data URL that is not base64"),
    ],
)
def test_a_wrong_value_is_a_sentence(files, value, problem):
    pictures, wrong = picture_values([value, "b.png"], photo_column(), files)
    assert pictures.numbers.tolist() == [-1, 0]
    assert list(wrong) == [0]
    assert wrong[0].endswith(f": {problem}")


@pytest.mark.error_case("new pictures refused")
def test_a_value_of_a_private_column_is_in_no_sentence(files):
    _, wrong = picture_values(["nowhere.png", "../b.png", 12, "c.txt", "data:,secret"], photo_column(True), files)
    assert [wrong[position] for position in range(5)] == [
        "no such file",
        "leaves the folder",
        "not the path of a picture",
        "not a PNG, JPEG, BMP or WebP file",
        "a data URL that is not base64",
    ]


@pytest.mark.error_case("new pictures refused")
def test_a_link_to_a_folder_is_not_followed(tmp_path):
    write_files(tmp_path / "outside", FILES)
    write_files(tmp_path / "photos", FILES)
    (tmp_path / "photos" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "photos" / "d.png").symlink_to(tmp_path / "photos" / "b.png")
    pictures, wrong = picture_values(["link/b.png", "d.png"], photo_column(), FolderFiles(tmp_path / "photos"))
    assert (pictures.numbers.tolist(), wrong) == ([-1, 0], {0: "'link/b.png': no such file"})


def test_a_folder_that_is_a_link_itself_is_read(tmp_path):
    write_files(tmp_path / "photos", FILES)
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    assert picture_values(["cats/a.png"], photo_column(), FolderFiles(tmp_path / "link"))[1] == {}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_in_another_form_of_unicode_is_the_same_file(tmp_path, form):
    write_files(tmp_path, {unicodedata.normalize(form, "caf\u00e9.png"): FILES["b.png"]})
    values = [unicodedata.normalize(written, "caf\u00e9.png") for written in ("NFC", "NFD")]
    assert picture_values(values, photo_column(), FolderFiles(tmp_path))[1] == {}


def test_without_files_values_are_base64():
    text = base64.b64encode(FILES["b.png"]).decode()
    pictures, wrong = picture_values([text, f"data:image/png;base64,{text}", "b.png"], photo_column())
    assert pictures.numbers.tolist() == [0, 1, -1]
    np.testing.assert_array_equal(pictures.pixels, [PICTURES[1], PICTURES[1]])
    assert wrong == {2: "'b.png': not base64"}


@pytest.mark.error_case("new pictures refused")
def test_other_decoders_are_refused(files, monkeypatch):
    monkeypatch.setattr("PIL.features.version", {"libjpeg_turbo": "2.1.5", "webp": "1.6.0"}.get)
    with pytest.raises(UserError, match=r"libjpeg-turbo 2.1.5; expected 3.2.0.*\n.*the requirements name"):
        picture_values(["b.png"], photo_column(), files)
