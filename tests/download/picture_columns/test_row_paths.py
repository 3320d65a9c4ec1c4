import unicodedata

import pandas as pd
import pytest

from stages.core.errors import UserError
from stages.download.picture_columns.picture_problems import RowProblems
from stages.download.picture_columns.row_paths import find_paths

FILES = ["inner/", "inner/a.png", "b.png", unicodedata.normalize("NFD", "caf\u00e9.png")]


def find(*values, prefix=""):
    problems = RowProblems(several_splits=False, private=False)
    return find_paths({"all": pd.Series(values, dtype=object)}, prefix, FILES, "photos", problems)["all"]


def error(*values, prefix=""):
    with pytest.raises(UserError) as caught:
        find(*values, prefix=prefix)
    return caught.value.messages[0]


def test_a_name_in_another_form_of_unicode_is_the_same_file():
    assert find("caf\u00e9.png") == [FILES[-1]]


def test_values_without_a_path_are_gaps():
    assert find(None, "", "  ", float("nan"), "b.png") == [None, None, None, None, "b.png"]


def test_blanks_slashes_and_the_prefix_do_not_matter():
    assert find(" ./x/inner\\a.png ", prefix="./x/") == ["inner/a.png"]


@pytest.mark.error_case("pictures refused")
@pytest.mark.parametrize("path", ["../b.png", "inner/../b.png", "/b.png", "C:\\b.png", "\\\\host\\b.png"])
def test_a_path_that_leaves_the_folder_is_refused(path):
    assert error(path) == f"1 row: leaves the folder: {path!r} in row 0"


@pytest.mark.error_case("pictures refused")
def test_a_folder_is_no_picture():
    assert error("inner") == "1 row: no such file: 'inner' in row 0"


@pytest.mark.error_case("pictures refused")
def test_numbers_are_no_paths():
    assert error(1, 2) == "holds object, not paths of pictures"
