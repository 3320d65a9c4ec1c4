from pathlib import Path

import pytest
from dvc.utils.serialize import dumps_yaml, parse_yaml_for_update

from stages.core.dvc.lock_file.lock_entries import LockText

RECORD = (Path(__file__).parents[4] / "dvc.lock").read_text()


def test_the_text_is_kept() -> None:
    assert str(LockText.parse(RECORD)) == RECORD


def test_each_entry_is_what_dvc_writes_for_its_stage() -> None:
    stages = parse_yaml_for_update(RECORD, "dvc.lock")["stages"]
    entries = LockText.parse(RECORD).entries
    assert list(entries) == list(stages)
    for name, entry in entries.items():
        assert dumps_yaml({"stages": {name: stages[name]}}) == f"stages:\n{entry}", name


@pytest.mark.parametrize("text", ["", "schema: '2.0'\nstages: {}\n"])
def test_without_an_entry(text: str) -> None:
    lock = LockText.parse(text)
    lock.entries["guard"] = "  guard:\n    cmd: a\n"
    assert str(lock) == "schema: '2.0'\nstages:\n  guard:\n    cmd: a\n"


def test_other_sections_stay() -> None:
    text = "schema: '2.0'\ndatasets:\n- name: a\nstages:\n  a:\n    cmd: a\nlater:\n- b\n"
    lock = LockText.parse(text)
    assert (list(lock.entries), lock.footer) == (["a"], "later:\n- b\n")
    assert str(lock) == text


@pytest.mark.parametrize(
    "text", ["schema: '2.0'\n", "stages: []\n", "stages:\n    deep: 1\n", "stages:\n  name: value\n"]
)
def test_another_layout_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"stages|name of a stage"):
        LockText.parse(text)
