"""A sample of what `python -m tests.stories.damages` does at length."""

from pathlib import Path

import pytest

from tests.stories.damages import try_damages
from tests.stories.plain_repository import build_once


@pytest.mark.parametrize(
    "numbers", [range(8, 11), pytest.param(range(200, 236), marks=pytest.mark.long)], ids=["few", "many"]
)
def test_every_damage_is_found_and_no_stage_reads_it(numbers: range, shared: Path, tmp_path: Path) -> None:
    built = build_once(shared / "plain")
    failures = {str(damage): failure for damage, failure, _ in try_damages(built, tmp_path, numbers, seed=0) if failure}
    assert failures == {}
