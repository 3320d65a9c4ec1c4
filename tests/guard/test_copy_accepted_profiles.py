"""The guard copies conf/accepted/: one file for each dataset of the suite."""

from functools import partial
from pathlib import Path

import pytest

from stages.config.compose_conf import Composition
from stages.core import paths
from stages.core.artefacts.profile import Profile, profile_text
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text
from stages.guard.guard_stage import copy_accepted_profiles, guard
from tests.core.files.test_check_is_file import KINDS
from tests.run_in_process import published

TEXT = profile_text(Profile(rows=2, files={}, columns=[]))


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_each_dataset_has_a_file_even_if_no_profile_was_accepted():
    write_text(paths.accepted_profile("iris"), TEXT)
    write_text(paths.accepted_profile("elsewhere"), TEXT)
    published(partial(copy_accepted_profiles, ["iris", "wine"]))()
    assert sorted(file.name for file in paths.ACCEPTED_COPIES.iterdir()) == ["iris.json", "wine.json"]
    assert (paths.accepted_profile_copy("iris").read_text(), paths.accepted_profile_copy("wine").read_text()) == (
        TEXT,
        "{}\n",
    )


def test_the_layout_of_an_accepted_profile_does_not_matter():
    write_text(paths.accepted_profile("iris"), TEXT.replace("\n", " "))
    published(partial(copy_accepted_profiles, ["iris"]))()
    assert paths.accepted_profile_copy("iris").read_text() == TEXT


def test_all_errors_are_reported_and_nothing_is_copied():
    write_text(paths.accepted_profile("iris"), TEXT.replace("2", "-2"))
    write_text(paths.accepted_profile("wine"), "{}")
    write_text(paths.accepted_profile("line"), TEXT)
    with pytest.raises(UserError) as caught:
        published(partial(copy_accepted_profiles, ["iris", "wine", "line"]))()
    assert caught.value.messages[0] == (
        "conf/accepted/iris.json: rows: should be greater than or equal to 0; received -2; "
        "`restage accept iris` writes it anew"
    )
    assert caught.value.messages[1].startswith("conf/accepted/wine.json: rows: missing")
    assert not paths.ACCEPTED_COPIES.exists()


def test_the_guard_copies_them_and_its_other_outputs_do_not_change(conf: Path, small_composition: Composition):
    Path("params.yaml").write_text(small_composition.text)
    published(guard)()
    suite = paths.SUITE.read_bytes()
    write_text(paths.accepted_profile("wine"), TEXT)
    published(guard)()
    assert paths.SUITE.read_bytes() == suite
    assert paths.accepted_profile_copy("wine").read_text() == TEXT


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_not_taken_for_a_missing_profile(kind: str):
    paths.accepted_profile("iris").parent.mkdir(parents=True)
    KINDS[kind](paths.accepted_profile("iris"))
    with pytest.raises(UserError, match=rf"^conf/accepted/iris\.json: {kind}; "):
        published(partial(copy_accepted_profiles, ["iris"]))()
    assert not paths.ACCEPTED_COPIES.exists()
