"""A dataset's own files are imported as one package, and an exception in them has its file and line."""

import sys
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.own_model.code_errors import PACKAGE, explain_code_errors
from stages.core.own_model.model_files import ModelFiles, import_model_files
from tests.core.own_model.example_files import write_copies

ONE = "from .two import double\n\nNUMBER = 3\n\n\ndef build(x):\n    return double(x) + 1\n"
TWO = "def double(x):\n    return 2 * x\n"


def imported(root: Path, **files: str) -> ModelFiles:
    return import_model_files(write_copies(root, {f"{name}.py": text for name, text in files.items()}))


def error_message(root: Path, **files: str) -> str:
    with pytest.raises(UserError) as caught:
        imported(root, **files)
    return str(caught.value)


def test_files_import_each_other(tmp_path: Path) -> None:
    files = imported(tmp_path, one=ONE, two=TWO)
    assert sorted(files.modules) == ["one.py", "two.py"]
    assert files.function("one.py:build")(4) == 9


def test_the_files_of_another_dataset_replace_those_imported_before(tmp_path: Path) -> None:
    imported(tmp_path / "first", one=ONE, two=TWO)
    files = imported(tmp_path / "second", one="def build(x):\n    return x\n")
    assert files.function("one.py:build")(4) == 4
    assert f"{PACKAGE}.two" not in sys.modules


def test_nothing_is_written_into_the_folder_that_dvc_hashes(tmp_path: Path) -> None:
    folder = write_copies(tmp_path, {"one.py": ONE, "two.py": TWO})
    before = sorted(folder.rglob("*"))
    import_model_files(folder)
    assert sorted(folder.rglob("*")) == before


def test_a_missing_folder_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"__init__\.py: not found; run `dvc repro guard`$"):
        import_model_files(tmp_path)


def test_what_is_no_function_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^conf/models/one\.py: NUMBER is not a function; received 3$"):
        imported(tmp_path, one=ONE, two=TWO).function("one.py:NUMBER")


@pytest.mark.error_case("own models")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ny = x / 0\n", "conf/models/one.py:2: ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit()\n", "conf/models/one.py:2: SystemExit:"),
        ("from .two import triple\n", "conf/models/one.py:1: ImportError: cannot import name 'triple'"),
        (
            "from .two import double\n\n\nx = double(None)\n",
            "conf/models/two.py:2: TypeError: unsupported operand type(s) for *: 'int' and 'NoneType' "
            "(called in conf/models/one.py:4)",
        ),
    ],
)
def test_an_exception_at_import_has_its_place(text: str, message: str, tmp_path: Path) -> None:
    assert error_message(tmp_path, one=text, two=TWO).startswith(message)


def test_a_long_message_is_shortened(tmp_path: Path) -> None:
    message = error_message(tmp_path, one="raise ValueError('too long ' * 1000)\n")
    assert message.startswith("conf/models/one.py:1: ValueError: too long too long")
    assert len(message) < 400
    assert len(message.splitlines()) == 1


def test_an_exception_of_other_code_is_no_mistake_of_the_user() -> None:
    with pytest.raises(ZeroDivisionError), explain_code_errors("conf/models/one.py"):
        raise ZeroDivisionError


def test_registered_names_are_those_of_the_files(tmp_path: Path) -> None:
    files = imported(tmp_path, one="class Mine:\n    pass\n")
    registered = {"tests>Mine": files.function("one.py:Mine"), "other>Path": Path, "value": 3}
    assert files.registered_names(registered) == {"tests>Mine"}
