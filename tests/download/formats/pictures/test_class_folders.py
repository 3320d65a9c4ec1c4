import pytest

from stages.download.formats.pictures.class_folders import sort_into_classes
from tests.download.sample_files import error_message

DECOMPOSED, COMPOSED = "e\u0301", "\u00e9"


def test_names_are_sorted_by_the_numbers_of_their_characters():
    """Not by a locale, and 10 is before 2."""
    paths = ["b/2.png", "b/10.png", "C/1.png", "a/Z.png", "a/a.png", "\u00e4/1.png", "a-1/1.png"]
    assert sort_into_classes(paths) == {
        "C": ["C/1.png"],
        "a": ["a/Z.png", "a/a.png"],
        "a-1": ["a-1/1.png"],
        "b": ["b/10.png", "b/2.png"],
        "\u00e4": ["\u00e4/1.png"],
    }


def test_a_name_in_another_form_of_unicode_has_the_same_place():
    for form in (COMPOSED, DECOMPOSED):
        names = ["f.png", f"{form}.png", "z.png"]
        assert sort_into_classes([f"{form}/{name}" for name in names]) == {
            COMPOSED: [f"{form}/f.png", f"{form}/z.png", f"{form}/{form}.png"]
        }


def test_hidden_and_excluded_files_are_left_out():
    hidden = ["cats/.DS_Store", "cats/Thumbs.db", "cats/._1.png", ".git/1.png", "__MACOSX/cats/._1.png", "desktop.ini"]
    paths = ["cats/1.png", "cats/2.png", "README.md", "labels.csv", "cats/", *hidden, ".git/"]
    assert sort_into_classes(paths, ["cats/2.png"]) == {"cats": ["cats/1.png"]}


@pytest.mark.error_case("pictures refused")
@pytest.mark.parametrize(
    ("paths", "message"),
    [
        pytest.param([], "no class folders", id="nothing"),
        pytest.param(["README"], "no class folders", id="no folders"),
        pytest.param(
            ["1.png", "2.JPG", "cats/1.png"], "pictures outside class folders: 1.png, 2.JPG", id="pictures outside"
        ),
        pytest.param(
            ["train/cats/1.png", "train/dogs/1.png"],
            "files in folders below class folders: train/cats/1.png, train/dogs/1.png; "
            "if the class folders lie in train, name it by `path`, or in an archive by `member`",
            id="one folder too many",
        ),
        pytest.param(["cats/1.png", "dogs/"], "no picture in the class folder dogs", id="empty class folder"),
        pytest.param(["cats/1.png", "dogs/.x"], "no picture", id="a class folder with a hidden file alone"),
        pytest.param(
            ["cats/1.png", "cats/1.PNG"],
            "names that differ only in case or Unicode form: 'cats/1.PNG' and 'cats/1.png'",
            id="case of files",
        ),
        pytest.param(
            ["cats/1.png", "Cats/2.png"],
            "names that differ only in case or Unicode form: 'Cats' and 'cats'",
            id="case of folders",
        ),
        pytest.param(
            [f"cats/{COMPOSED}.png", f"cats/{DECOMPOSED}.png"],
            r"only in case or Unicode form: 'cats/e\u0301.png' and 'cats/\xe9.png'",
            id="Unicode form of files",
        ),
        pytest.param(
            [f"{COMPOSED}/1.png", f"{DECOMPOSED}/2.png"],
            r"only in case or Unicode form: 'e\u0301' and '\xe9'",
            id="Unicode form of folders",
        ),
        pytest.param(["cats/1\n.png"], r"names with unprintable characters: 'cats/1\n.png'", id="line break"),
        pytest.param(["cats/\ud800.png"], r"unprintable characters: 'cats/\ud800.png'", id="not UTF-8"),
        pytest.param([f"cats/{n}/1.png" for n in range(9)], "cats/4/1.png and 4 more", id="many"),
    ],
)
def test_wrong_names_are_refused(paths, message):
    assert message in error_message(sort_into_classes, paths)


@pytest.mark.error_case("pictures refused")
def test_an_excluded_file_must_exist():
    message = error_message(sort_into_classes, ["cats/01.png", "cats/02.png"], ["cats/1.png"])
    assert message == "format.exclude: no file 'cats/1.png'; did you mean cats/01.png?"


def test_all_mistakes_are_reported_together():
    messages = error_message(sort_into_classes, ["1.png", "a/b/c.png", "cats/1.png", "cats/1.PNG", "dogs/"], ["x"])
    assert len(messages.splitlines()) == 5
