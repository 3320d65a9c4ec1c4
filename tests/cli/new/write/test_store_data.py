from pathlib import Path

import pytest

from stages.cli.new.write.store_data import Copy, check_copies
from stages.core.errors import UserError


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path, content in {
        "a": "1", "same": "1", "other": "2", "folder/a": "1", "same_folder/a": "1", "other_folder/a": "2",
    }.items():  # fmt: skip
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(content, encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "target"), [("a", "new"), ("a", "same"), ("folder", "new"), ("folder", "same_folder")]
)
@pytest.mark.usefixtures("files")
def test_nothing_else_is_in_the_way(source: str, target: str) -> None:
    check_copies([Copy(Path(source), Path(target))])


@pytest.mark.parametrize(
    ("source", "target"), [("a", "other"), ("a", "folder"), ("folder", "a"), ("folder", "other_folder")]
)
@pytest.mark.usefixtures("files")
def test_something_else_is_in_the_way(source: str, target: str) -> None:
    with pytest.raises(UserError) as raised:
        check_copies([Copy(Path(source), Path(target)), Copy(Path("a"), Path("same_folder"))])
    assert [message.partition(":")[0] for message in raised.value.messages] == [target, "same_folder"]
