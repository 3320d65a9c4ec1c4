import shutil
from pathlib import Path

import numpy as np
import pytest

from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.errors import UserError
from stages.download.load_source import load_source
from stages.download.params.file_params import Http
from tests.core.pictures.picture_files import random_pixels, save_picture
from tests.download.picture_columns.table_of_pictures import (
    PIXELS,
    ROWS,
    file_source,
    load,
    picture_contents,
    pixels_of_rows,
    write_folder,
)
from tests.download.sample_files import ZERO_HASH, make_tar, make_zip, sha256

WITH_PREFIX = ROWS.replace("a.png", "photos/a.png").replace("b.png", r"photos\b.png").replace("inner", "./photos/inner")


@pytest.fixture(autouse=True)
def working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder():
    return write_folder(Path("photos"), picture_contents())


def errors(*args, **options):
    with pytest.raises(UserError) as caught:
        load(*args, **options)
    return caught.value.messages


def check_rows(raw):
    expected = [PIXELS["a.png"], PIXELS["b.png"], None, PIXELS["b.png"], PIXELS["a.png"]]
    for found, pixels in zip(pixels_of_rows(raw), expected, strict=True):
        assert (found is None) == (pixels is None)
        if pixels is not None:
            np.testing.assert_array_equal(found, pixels, strict=True)


def test_the_pictures_of_a_folder(folder):
    raw = load(folder)
    check_rows(raw)
    assert raw.frames["all"]["photo"].isna().tolist() == [False, False, True, False, False]
    assert raw.source["sha256"]["pictures of photo"] == folder["sha256"]


def test_each_different_picture_is_held_once(folder):
    pictures = load(folder).pictures["photo"]
    assert len(pictures.pixels) == 2
    assert pictures.numbers["all"].tolist() == [0, 1, -1, 1, 0]


@pytest.mark.parametrize(("make", "name"), [(make_zip, "photos.zip"), (make_tar, "photos.tar.gz")])
@pytest.mark.parametrize("member", [None, "houses/photos"])
def test_the_pictures_of_an_archive(make, name, member):
    contents = picture_contents()
    content = make({f"{member}/{path}": c for path, c in contents.items()} if member else contents)
    Path(name).write_bytes(content)
    check_rows(load({"path": name, "sha256": sha256(content), "member": member}))


def test_the_pictures_of_an_archive_at_an_address(server, tmp_path, monkeypatch):
    monkeypatch.setenv("RESTAGE_CACHE", str(tmp_path / "cache"))
    archive = make_zip(picture_contents())
    params = {
        "source": "http",
        "format": {"format": "csv"},
        "files": {"all": {"urls": [server.serve("/a.csv", (200, ROWS.encode()))], "sha256": sha256(ROWS.encode())}},
        "pictures": {
            "photo": {
                "files": {"urls": [server.serve("/photos.zip", (200, archive))], "sha256": sha256(archive)},
                "size": [4, 6],
            }
        },
    }
    check_rows(load_source(Http.model_validate(params)))


def test_a_prefix_is_taken_off_and_backslashes_are_slashes(folder):
    check_rows(load(folder, rows=WITH_PREFIX, pictures={"prefix": "photos/"}))


def test_pictures_are_made_the_requested_size_and_colour(folder):
    pictures = load(folder, pictures={"size": [2, 2], "colour": "grey"}).pictures["photo"]
    assert pictures.pixels.shape == (2, 2, 2, 1)


def test_a_column_keeps_its_pictures_when_it_is_renamed_and_sorted(folder):
    rows = "photo,day\nb.png,2020-01-02\na.png,2020-01-01\n"
    raw = load(folder, rows=rows, kind="series", time="day", sort=True, rename={"photo": "picture"})
    first, second = pixels_of_rows(raw, "picture")
    np.testing.assert_array_equal(first, PIXELS["a.png"])
    np.testing.assert_array_equal(second, PIXELS["b.png"])


def test_several_splits_share_the_pictures(folder):
    raw = load(folder, rows={"train": ROWS, "test": "photo,price\nb.png,9\n"})
    assert {split: numbers.tolist() for split, numbers in raw.pictures["photo"].numbers.items()} == {
        "train": [0, 1, -1, 1, 0],
        "test": [1],
    }


def test_the_same_pictures_are_the_same_bytes_wherever_they_are(folder, tmp_path):
    """Neither the order in which a folder or an archive lists its files nor their place shows in the raw data."""
    shutil.copytree("photos", "elsewhere/deep")
    contents = picture_contents()
    archive = make_zip(dict(reversed(contents.items())))
    Path("photos.zip").write_bytes(archive)
    places = [folder, folder | {"path": "elsewhere/deep"}, {"path": "photos.zip", "sha256": sha256(archive)}]
    written = []
    for number, files in enumerate(places):
        write_raw(load(files), tmp_path / str(number))
        written.append({f.name: f.read_bytes() for f in (tmp_path / str(number)).iterdir() if f.name != "meta.json"})
    assert written[0] == written[1] == written[2]


@pytest.mark.error_case("pictures refused")
def test_another_content_of_the_folder_is_refused(folder):
    Path("photos/a.png").write_bytes(save_picture(random_pixels(4, 6, 3, seed=9)))
    (message,) = errors(folder)
    assert message.startswith(f"photos: wrong content: expected sha256 {folder['sha256']}, received ")


@pytest.mark.error_case("pictures refused")
def test_a_wrong_table_and_wrong_pictures_are_reported_together(folder):
    source = file_source(folder | {"sha256": ZERO_HASH})
    Path("all.csv").write_text("changed")
    with pytest.raises(UserError) as caught:
        load_source(source)
    assert [message.split(":")[0] for message in caught.value.messages] == ["all.csv", "photos"]


@pytest.mark.error_case("pictures refused")
def test_all_wrong_paths_are_reported_together(folder):
    rows = "photo,price\nd.png,1\n../b.png,2\n/etc/passwd,3\na.png,4\n" + "e.png,5\n" * 7
    assert errors(folder, rows=rows) == (
        "column photo: 2 rows: leaves the folder: '../b.png' in row 1, '/etc/passwd' in row 2",
        "column photo: 8 rows: no such file: 'd.png' in row 0, 'e.png' in row 4, 'e.png' in row 5, 'e.png' in row 6, "
        "'e.png' in row 7 and 3 more",
        "column photo: photos (files are such as a.png, b.png): correct the paths or download.pictures, or leave these "
        "values empty; an empty value is a gap",
    )


@pytest.mark.error_case("pictures refused")
def test_a_path_without_the_prefix_is_refused(folder):
    messages = errors(folder, rows="photo,price\nphotos/a.png,1\nb.png,2\n", pictures={"prefix": "photos/"})
    assert messages[0] == "column photo: 1 row: does not begin with prefix 'photos/': 'b.png' in row 1"


@pytest.mark.error_case("pictures refused")
def test_all_unreadable_files_are_reported_together_by_rows():
    contents = picture_contents() | {"a.png": b"no picture", "b.png": picture_contents()["b.png"][:60]}
    messages = errors(write_folder(Path("photos"), contents), rows={"train": ROWS, "test": ROWS})
    assert len(messages) == 3
    facts = "\n".join(messages)
    assert "2 rows: damaged: 'b.png' in row 1 of train" in facts
    assert "4 rows: not a PNG, JPEG, BMP or WebP file: 'a.png' in row 0 of train" in facts
    assert messages[-1].startswith("column photo: repair these files")


def test_files_that_no_row_names_are_not_read():
    check_rows(load(write_folder(Path("photos"), picture_contents() | {"broken.png": b"no picture"})))


@pytest.mark.error_case("pictures refused")
def test_nothing_of_a_private_column_is_in_a_message():
    contents = picture_contents() | {"a.png": b"secret"}
    for rows in (ROWS, ROWS.replace("b.png", "other.png")):
        facts = "\n".join(errors(write_folder(Path("photos"), contents), rows=rows, private=["photo"]))
        assert "private in row" in facts
        assert not any(word in facts for word in ("secret", "a.png", "b.png", "other"))


@pytest.mark.error_case("pictures refused")
def test_a_column_without_any_path_is_refused(folder):
    (message,) = errors(folder, rows="photo,price\n,1\n,2\n")
    assert message == "column photo: no row has a path; take the column out of download.pictures"


@pytest.mark.error_case("pictures refused")
def test_more_pixels_than_the_limit_are_refused_before_they_are_decoded(folder):
    (message,) = errors(folder, limits={"bytes": 200})
    assert "3 x 4 x 6 x 3 values need 216 bytes; download.limits.bytes allows 200" in message


@pytest.mark.error_case("pictures refused")
def test_an_unknown_column_is_refused(folder):
    assert "photo" in "\n".join(errors(folder, rows="price\n1\n2\n"))


def test_the_pictures_of_a_resampled_series(folder):
    """A period has the picture of its last row; what was resampled stays on record."""
    rows = "day,photo\n2020-01-01,b.png\n2020-01-01,a.png\n2020-01-03,b.png\n"
    resample = {"every": "1D", "gaps": "forward"}
    raw = load(folder, rows, kind="series", time="day", resample=resample)
    for found, name in zip(pixels_of_rows(raw), ["a.png", "a.png", "b.png"], strict=True):
        np.testing.assert_array_equal(found, PIXELS[name], strict=True)
    assert raw.source["resample"]["rows_read"] == {"all": 3}
    assert set(raw.source["sha256"]) == {"all", "pictures of photo"}
    without = load(folder, rows, kind="series", time="day", resample=resample | {"gaps": "missing"})
    assert pixels_of_rows(without)[1] is None
