import pytest

from stages.cli.new.pictures.find_splits import find_splits
from tests.download.sample_files import error_message


@pytest.mark.parametrize(
    ("paths", "splits"),
    [
        (["cats/1.png", "dogs/2.JPG", "README.md"], {"all": ""}),
        (["a/b/cats/1.png", "a/b/dogs/2.webp", "a/labels.csv"], {"all": "a/b"}),
        (["Test/cats/1.png", "Train/cats/1.png"], {"train": "Train", "test": "Test"}),
        (
            ["x/val/a/1.png", "x/train/a/1.png", "x/test/a/1.png"],
            {"train": "x/train", "validation": "x/val", "test": "x/test"},
        ),
        (["cats/1.png", "__MACOSX/cats/._1.png", ".git/a/b/1.png"], {"all": ""}),
    ],
)
def test_folders_of_splits(paths, splits):
    assert find_splits(paths) == splits
    assert list(find_splits(reversed(paths))) == list(splits)


@pytest.mark.error_case("files that cannot become a dataset")
@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ([], "no PNG, JPEG, BMP or WebP files"),
        (["a/1.csv"], "no PNG, JPEG, BMP or WebP files"),
        (["1.png", "2.png"], "pictures outside class folders, such as 1.png; make a folder for each class"),
        (
            ["red/cats/1.png", "blue/cats/1.png"],
            "class folders lie in blue, red; either name one of these folders, or call them train, validation and test",
        ),
        (["cats/1.png", "cats/young/1.png"], "class folders lie in the folder itself, cats;"),
        (["test/cats/1.png", "val/cats/1.png"], "class folders lie in test, val;"),
        (["train/cats/1.png", "training/cats/1.png"], "class folders lie in train, training;"),
    ],
)
def test_other_folders_are_refused(paths, message):
    assert message in error_message(find_splits, paths)
