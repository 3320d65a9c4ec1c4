"""Records and files of a run, made by hand; tests/stories/test_predict.py has real ones."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stages.cli.predict import last_run
from stages.cli.predict.last_run import check_last_run, describe_conf_changes
from stages.core.errors import UserError

SECTIONS = {"download": {"source": "x"}, "preprocess": {"steps": []}, "train": {"epochs": 2}, "evaluate": {}}
FILES = [
    "data/processed/tiny/fitted.json",
    "data/models/tiny/model.keras",
    "data/predictions/tiny/output_settings.json",
]
INPUTS = {
    "download": {},
    "preprocess": {"data/raw/tiny": "r.dir"},
    "train": {"data/processed/tiny": "p.dir"},
    "evaluate": {"data/processed/tiny": "p.dir", "data/models/tiny": "m.dir"},
}
OUTPUTS = {
    "download": {"data/raw/tiny": "r.dir"},
    "preprocess": {"data/processed/tiny": "p.dir"},
    "train": {"data/models/tiny": "m.dir"},
    "evaluate": {"data/predictions/tiny": "e.dir"},
}


def write_lock(inputs: Mapping[str, Mapping[str, str]] = INPUTS, stages: tuple[str, ...] = tuple(INPUTS)) -> None:
    entries = {
        f"{stage}@tiny": {
            "cmd": "run",
            "deps": [{"path": path, "md5": md5} for path, md5 in inputs[stage].items()],
            "params": {"data/guard/params/tiny.json": {stage: SECTIONS[stage]}},
            "outs": [{"path": path, "hash": "md5", "md5": md5} for path, md5 in OUTPUTS[stage].items()],
        }
        for stage in stages
    }
    # JSON is YAML; an entry is indented by two spaces.
    lines = [f"  {name}: \n    {json.dumps(entry)}\n" for name, entry in entries.items()]
    Path("dvc.lock").write_text("schema: '2.0'\nstages:\n" + "".join(line.replace(": \n", ":\n") for line in lines))


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(json.dumps({"suite": "s", "datasets": {"tiny": SECTIONS}}))
    write_lock()
    for file in map(Path, FILES):
        file.parent.mkdir(parents=True)
        file.write_text("content")


def message() -> str:
    with pytest.raises(UserError) as raised:
        check_last_run("tiny")
    return str(raised.value)


def changes(monkeypatch: pytest.MonkeyPatch, **sections: Any) -> str | None:
    monkeypatch.setattr(last_run, "composed_params", lambda: {"datasets": {"tiny": SECTIONS | sections}})
    return describe_conf_changes("tiny", check_last_run("tiny"))


def test_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert changes(monkeypatch) is None


def test_changed_parameters_are_named_by_their_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert changes(monkeypatch, train={"epochs": 3}, evaluate={"split": "test"}) == (
        "the model of the last run is used; conf/ has changed since (train, evaluate): `restage run tiny`"
    )


def test_what_validate_expects_changes_no_prediction(monkeypatch: pytest.MonkeyPatch) -> None:
    assert changes(monkeypatch, validate={"columns": ["a"]}) is None


def test_a_mistake_in_conf_does_not_prevent_predictions(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise UserError("one", "two")

    monkeypatch.setattr(last_run, "composed_params", fail)
    said = describe_conf_changes("tiny", check_last_run("tiny"))
    assert said is not None
    assert "conf/ has 2 mistakes" in said


@pytest.mark.error_case("predict")
def test_a_stage_that_never_ran() -> None:
    write_lock(stages=("download", "preprocess"))
    assert message() == "tiny: train has never run; run `restage run tiny`"
    Path("dvc.lock").unlink()
    assert message() == "tiny: download has never run; run `restage run tiny`"


@pytest.mark.error_case("predict")
def test_a_run_that_ended_between_stages() -> None:
    write_lock({**INPUTS, "evaluate": {"data/models/tiny": "older.dir"}})
    assert message() == "tiny: evaluate has not run with the last data; run `restage run tiny`"


@pytest.mark.error_case("predict")
@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_not_there(file: str) -> None:
    Path(file).unlink()
    assert message() == f"tiny: {file}: not found; run `restage run tiny`"


@pytest.mark.error_case("predict")
def test_a_file_of_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_run, "folder_entries", lambda md5: {"model.keras": "0" * 32} if md5 == "m.dir" else None)
    assert "data/models/tiny/model.keras: not what dvc.lock records; run `dvc checkout`" in message()


@pytest.mark.error_case("predict")
def test_an_unknown_dataset() -> None:
    with pytest.raises(UserError, match=r"params.yaml: no dataset 'tinny'; did you mean tiny\?"):
        check_last_run("tinny")
