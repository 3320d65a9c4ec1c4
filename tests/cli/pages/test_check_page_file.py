from pathlib import Path

import pytest

from stages.cli.pages.check_page_file import check_page_file
from stages.core.errors import UserError


def test_a_file(tmp_path: Path) -> None:
    check_page_file(tmp_path / "page.html")


@pytest.mark.error_case("compare")
def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder"):
        check_page_file(tmp_path / "new/page.html")
    assert not (tmp_path / "new").exists()


@pytest.mark.error_case("compare")
@pytest.mark.parametrize("name", [".", "..", "reports", "reports.html"])
def test_a_folder_is_not_replaced(name: str, tmp_path: Path) -> None:
    for folder in ("reports", "reports.html"):
        (tmp_path / folder).mkdir()
    with pytest.raises(UserError, match="is a folder"):
        check_page_file(tmp_path / name)


@pytest.mark.error_case("compare")
@pytest.mark.parametrize("name", ["main", "params.yaml"])
def test_a_file_that_is_no_page(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"ends in \.html"):
        check_page_file(tmp_path / name)
