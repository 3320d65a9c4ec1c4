import unicodedata

import pytest

from stages.core.pictures.picture_error import PictureError
from stages.core.pictures.relative_path import relative_path


def test_the_prefix_is_taken_off_however_slashes_are_written():
    assert relative_path(" ./photos\\cats/1.png", "./photos/") == "cats/1.png"
    assert relative_path("photos/1.png", "photos\\") == "1.png"


def test_a_name_gets_the_composed_form_of_unicode():
    assert relative_path(unicodedata.normalize("NFD", "caf\u00e9.png")) == "caf\u00e9.png"


@pytest.mark.error_case("pictures refused")
@pytest.mark.parametrize(
    "path", ["../1.png", "a/../../1.png", "/1.png", "C:\\1.png", "\\\\host\\1.png", "photos/../1.png"]
)
def test_a_path_out_of_the_folder_is_refused(path):
    with pytest.raises(PictureError, match="leaves the folder"):
        relative_path(path)
    with pytest.raises(PictureError, match="leaves the folder"):
        relative_path(f"photos/{path}", "photos/")


@pytest.mark.error_case("pictures refused")
def test_a_path_without_the_prefix_is_refused():
    with pytest.raises(PictureError, match="does not begin with prefix 'photos/'"):
        relative_path("1.png", "photos/")
