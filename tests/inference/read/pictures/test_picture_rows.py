import io
import os

import numpy as np
import pytest
from PIL import Image

from stages.core.errors import UserError
from stages.core.pictures.decode_picture import decode_picture
from stages.inference.read.pictures import picture_blocks
from stages.inference.read.pictures.picture_rows import read_pictures
from tests.core.pictures.picture_files import random_pixels, save_animation, save_picture
from tests.inference.read.example_inputs import messages, npz_of, picture_schema, write_files, zip_of

PICTURES = [random_pixels(2, 3, 3, seed=seed) for seed in range(5)]
FILES = {
    "cats-old/1.png": save_picture(PICTURES[2]),
    "cats/10.png": save_picture(PICTURES[0]),
    "cats/2.bmp": save_picture(PICTURES[1], "BMP"),
    "cats/.DS_Store": b"hidden",
    "__MACOSX/cats/10.png": b"hidden",
    "Thumbs.db": b"hidden",
}
# In the order of folders, then of names.
NAMES = ["cats/10.png", "cats/2.bmp", "cats-old/1.png"]


def read(source, schema=None):
    return list(read_pictures(source, schema or picture_schema()))


def pixels(blocks):
    return np.concatenate([block.rows.columns["image"] for block in blocks])


def error(source, schema=None):
    with pytest.raises(UserError) as caught:
        read(source, schema)
    return str(caught.value)


def test_one_picture_is_one_row(tmp_path):
    write_files(tmp_path, {"a.png": FILES["cats/10.png"]})
    [block] = read(tmp_path / "a.png")
    np.testing.assert_array_equal(block.rows.columns["image"], PICTURES[:1], strict=True)
    assert (block.numbers.tolist(), block.carried, block.problems) == ([1], {"file": ["a.png"]}, [])


def test_folders_and_zips_have_the_same_rows_in_the_same_order(tmp_path):
    write_files(tmp_path / "pets", FILES)
    (tmp_path / "pets.zip").write_bytes(zip_of(dict(reversed(FILES.items()))))
    for source in (tmp_path / "pets", tmp_path / "pets.zip", io.BytesIO(zip_of(FILES))):
        [block] = read(source)
        np.testing.assert_array_equal(block.rows.columns["image"], PICTURES[:3], strict=True)
        assert (block.numbers.tolist(), block.carried) == ([1, 2, 3], {"file": NAMES})


def test_a_pipe_is_read_to_its_end():
    """A zip is read from its end, which a pipe does not have at first."""
    read_end, write_end = os.pipe()
    os.write(write_end, zip_of(FILES))
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        np.testing.assert_array_equal(pixels(read(pipe)), PICTURES[:3])


def test_blocks_are_bounded(monkeypatch, tmp_path):
    monkeypatch.setattr(picture_blocks, "rows_in_block", lambda _: 2)
    blocks = read(write_files(tmp_path, FILES))
    assert [block.numbers.tolist() for block in blocks] == [[1, 2], [3]]
    np.testing.assert_array_equal(pixels(blocks), PICTURES[:3])


EXIF = Image.Exif()
EXIF[0x0112] = 6
PALETTE = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
PALETTE.putpalette([10, 20, 30, 40, 50, 60])


@pytest.mark.parametrize("fit", ["resize", "crop", "pad"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(save_picture(random_pixels(9, 5, 3)), id="png"),
        pytest.param(save_picture(random_pixels(9, 5, 3), "JPEG", exif=EXIF), id="jpeg turned"),
        pytest.param(save_picture(random_pixels(9, 5, 3), "WEBP"), id="webp"),
        pytest.param(save_picture(random_pixels(9, 5, 4)), id="transparent"),
        pytest.param(save_picture(PALETTE, transparency=0), id="palette with transparency"),
        pytest.param(save_picture(random_pixels(4, 4)), id="grey"),
    ],
)
def test_the_pixels_are_those_of_download(content, channels, fit):
    schema = picture_schema(8, 6, channels, fit=fit, background="black")
    [block] = read(io.BytesIO(content), schema)
    expected = decode_picture(content, schema.columns[0].decoding)
    np.testing.assert_array_equal(block.rows.columns["image"], [expected], strict=True)


@pytest.mark.error_case("new pictures refused")
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", "an empty file", id="empty"),
        pytest.param(b"label", "not a PNG, JPEG, BMP or WebP file: it begins with b'labe'", id="text"),
        pytest.param(save_picture(PICTURES[0], "GIF"), "not a PNG", id="gif"),
        pytest.param(save_animation("PNG"), "an animation; save one of its frames as a picture: 2 frames", id="frames"),
        pytest.param(save_picture(np.full((2, 2), 999, np.uint16)), "16 bits a channel", id="16 bits"),
        pytest.param(save_picture(random_pixels(9, 9, 3))[:150], "damaged: image file is truncated", id="truncated"),
        pytest.param(save_picture(Image.new("1", (200, 51))), "(10,000): 200 x 51", id="large"),
        pytest.param(save_picture(Image.new("1", (20_000, 20_000))), "far too many", id="bomb"),
    ],
)
def test_an_unusable_picture_is_a_problem_of_its_row(content, problem):
    contents = {"a.png": FILES["cats/10.png"], "b.png": content, "c.png": FILES["cats/2.bmp"]}
    [block] = read(io.BytesIO(zip_of(contents)), picture_schema(max_pixels=10_000))
    assert (block.numbers.tolist(), block.carried) == ([1, 3], {"file": ["a.png", "c.png"]})
    np.testing.assert_array_equal(block.rows.columns["image"], PICTURES[:2])
    [message] = messages([block])
    assert message.startswith("row 2: column image: b.png: ")
    assert problem in message
    assert block.left_out == {2: {"file": "b.png"}}


@pytest.mark.error_case("new pictures refused")
def test_a_member_that_does_not_fit_its_checksum_is_a_problem_of_its_row():
    content = bytearray(zip_of({"a.png": FILES["cats/10.png"]}))
    content[content.index(b"IDAT")] ^= 1
    assert messages(read(io.BytesIO(content))) == ["row 1: column image: a.png: damaged: Bad CRC-32 for file 'a.png'"]


def encrypted(content):
    """The zip with the flag of encryption, in the header of the member and in the directory."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[changed.index(b"PK\1\2") + 8] |= 1
    return bytes(changed)


@pytest.mark.error_case("new pictures refused")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zip_of({"../a.png": b"x"}), "standard input: member '../a.png' has a path outside the archive"),
        (zip_of({"a.png": b"x", ".\\a.png": b"x"}), "standard input: a.png occurs twice"),
        (encrypted(zip_of({"a.png": b"x"})), "standard input: member 'a.png' is encrypted"),
        (zip_of({".hidden": b"x"}), "standard input: no pictures"),
        (b"PK\3\4" + bytes(9), "standard input: not readable as zip: File is not a zip file"),
    ],
    ids=["outside", "twice", "encrypted", "none", "damaged"],
)
def test_an_unusable_zip_is_refused(content, message):
    assert error(io.BytesIO(content)).startswith(message)


@pytest.mark.error_case("new pictures refused")
def test_a_missing_file_an_empty_folder_and_a_link_to_a_folder_are_refused(tmp_path):
    assert error(tmp_path / "a.png") == f"{tmp_path}/a.png: no such file or folder"
    assert error(tmp_path) == f"{tmp_path}: no pictures"
    (tmp_path / "inner").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "inner")
    assert f"{tmp_path}/link: a folder" in error(tmp_path)


@pytest.mark.error_case("new pictures refused")
def test_pictures_of_other_numbers_than_bytes_have_no_files(tmp_path):
    write_files(tmp_path, FILES)
    assert error(tmp_path, picture_schema(8, 8, 1, "float64")) == (
        f"{tmp_path}: the dataset has images of float64 and shape [8, 8, 1], which no picture file has; give an npy or "
        "npz file"
    )


IMAGES = random_pixels(5, 2, 3, 1)


def npy_of(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize("images", [IMAGES, IMAGES[..., 0]], ids=["channel", "no channel"])
@pytest.mark.parametrize(
    "save", [npy_of, lambda x: npz_of(x=x), lambda x: npz_of(images=x, y=x[:, 0]), lambda x: npz_of(a=x)]
)
def test_arrays_of_images_are_rows(images, save, monkeypatch):
    monkeypatch.setattr("stages.inference.read.pictures.image_array_blocks.rows_in_block", lambda _: 2)
    blocks = read(io.BytesIO(save(images)), picture_schema(channels=1))
    np.testing.assert_array_equal(pixels(blocks), IMAGES, strict=True)
    assert [block.numbers.tolist() for block in blocks] == [[1, 2], [3, 4], [5]]
    assert blocks[1].carried == {"index": ["2", "3"]}


def test_a_compressed_array_and_another_order_of_bytes_are_read(tmp_path):
    images = np.random.default_rng(0).random((3, 2, 3, 1))
    np.savez_compressed(tmp_path / "a.npz", x=images.astype(">f8"))
    blocks = read(tmp_path / "a.npz", picture_schema(channels=1, pixel_type="float64"))
    np.testing.assert_array_equal(pixels(blocks), images, strict=True)


@pytest.mark.error_case("new pictures refused")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy_of(IMAGES[:0]), "no images"),
        (npy_of(IMAGES)[:-1], "not a readable array: it ends too early"),
        (npy_of(IMAGES)[:20], "not a readable array: "),
        (npy_of(np.asfortranarray(IMAGES)), "is in Fortran's order"),
        (npy_of(np.array(["a"])), "holds <U1, not numbers"),
        (npy_of(np.uint8(1)), "holds a single number"),
        (npy_of(IMAGES.astype(np.int64)), "images of int64; the dataset has uint8"),
        (npy_of(IMAGES[:, :1]), "images of shape (5, 1, 3, 1); the dataset has (images, 2, 3, 1) or (images, 2, 3)"),
        (npz_of(a=IMAGES, b=IMAGES), "has the arrays a, b; name one of them images"),
    ],
    ids=["none", "cut", "header cut", "order", "texts", "number", "type", "shape", "names"],
)
def test_an_unusable_array_is_refused(content, message):
    assert error(io.BytesIO(content), picture_schema(channels=1)).startswith(f"standard input: {message}")


@pytest.mark.error_case("new pictures refused")
def test_images_with_numbers_that_are_not_finite_are_problems_of_their_rows():
    images = np.ones((4, 2, 3, 1))
    images[1, 0, 0, 0], images[3, 1, 2, 0] = np.nan, -np.inf
    [block] = read(io.BytesIO(npy_of(images)), picture_schema(channels=1, pixel_type="float64"))
    assert (block.numbers.tolist(), block.carried) == ([1, 3], {"index": ["0", "2"]})
    np.testing.assert_array_equal(pixels([block]), images[[0, 2]])
    assert messages([block]) == [
        "row 2: column image: image 1: a pixel is no finite number",
        "row 4: column image: image 3: a pixel is no finite number",
    ]
    assert block.left_out == {2: {"index": "1"}, 4: {"index": "3"}}


@pytest.mark.error_case("new pictures refused")
def test_an_array_of_objects_is_never_unpickled():
    content = io.BytesIO()
    np.save(content, np.array([{}], object), allow_pickle=True)
    assert error(io.BytesIO(content.getvalue())) == "standard input: holds objects, not numbers"
