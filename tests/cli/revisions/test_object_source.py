import json
from pathlib import Path

import pytest

from stages.cli.revisions.object_source import ObjectSource
from stages.core.dvc.storage.cache import FOLDER_SUFFIX, cache_object
from stages.core.errors import UserError
from tests.cli.revisions.recorded_repository import store

OTHER = "0" * 32


def store_list(*entries: tuple[str, str]) -> str:
    """The MD5 of a folder's list, as DVC or somebody with access to the remote can write it."""
    content = json.dumps([{"relpath": path, "md5": md5} for path, md5 in entries]).encode()
    md5 = store(content) + FOLDER_SUFFIX
    cache_object(md5).write_bytes(content)
    return md5


def test_the_files_of_a_folder(repository: Path) -> None:
    listed = store_list(("a.csv", OTHER), ("seeds/2.keras", OTHER))
    assert ObjectSource(Path("fetched")).folder_files(listed) == {"a.csv": OTHER, "seeds/2.keras": OTHER}


@pytest.mark.error_case("compare")
@pytest.mark.parametrize(
    "entry", [("../a", OTHER), ("a/../../b", OTHER), ("/tmp/a", OTHER), ("C:/a", OTHER), ("a", "../../a")]
)
def test_a_list_that_leads_out_of_its_folder_is_refused(entry: tuple[str, str], repository: Path) -> None:
    """Files of a revision are linked at these paths, in a temporary folder."""
    with pytest.raises(UserError, match="outside"):
        ObjectSource(Path("fetched")).folder_files(store_list(("b", OTHER), entry))
