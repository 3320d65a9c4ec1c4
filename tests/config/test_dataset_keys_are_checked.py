"""A dataset key is the only value that dvc.yaml puts into a command line, so it is checked wherever it is read."""

import re
from pathlib import Path

import pytest
import yaml

from stages.cli.dataset_keys import check_keys
from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import Composition
from stages.core.errors import UserError
from stages.core.paths import DATASET_PARAMS, check_key
from stages.core.run_stage.stage import run_stage
from stages.guard.guard_stage import guard
from tests.run_in_process import published

MESSAGE = "use lower-case letters, digits and _ only"
INVALID_KEYS = {
    "another command": "iris; rm -rf ~",
    "another command after it": "iris && touch called",
    "a command in it": "$(touch called)",
    "a command in quotes": "`touch called`",
    "a pipe": "iris|sh",
    "the background": "iris&",
    "a file": "iris>called",
    "a variable": "$HOME",
    "a template": "${datasets}",
    "a pattern": "*",
    "a quote": "iris'",
    "a space": "iris wine",
    "a line end": "iris\ntouch called",
    "a line end at its end": "iris\n",
    "a carriage return": "iris\r",
    "a zero byte": "iris\0",
    "a tab": "iris\t",
    "an option": "--help",
    "our own option": "-debug",
    "a folder up": "../x",
    "a folder down": "a/b",
    "the root": "/etc/passwd",
    "a dot": ".",
    "a stage": "train@iris",
    "nothing": "",
    "a Cyrillic letter": "\u0456ris",
    "a full-width letter": "\uff49ris",
    "a full-width digit": "\uff11",
    "an Arabic digit": "\u0663",
    "a letter with a mark": "i\u0308ris",
    "a space of no width": "iris\u200b",
    "letters from right to left": "\u202esiri",
    "a capital": "Iris",
    "a Kelvin sign": "\u212aelvin",
    "a long s": "iri\u017f",
}
invalid_keys = pytest.mark.parametrize("key", INVALID_KEYS.values(), ids=INVALID_KEYS)


@pytest.mark.error_case("keys refused")
@invalid_keys
def test_an_invalid_key_is_refused(key: str) -> None:
    with pytest.raises(UserError, match=re.escape(f"dataset key {key!r}: {MESSAGE}")):
        check_key(key)
    with pytest.raises(UserError, match=MESSAGE):
        check_keys(["iris", key], ["iris"])


@pytest.mark.error_case("keys refused")
@invalid_keys
def test_a_stage_does_nothing_for_an_invalid_key(key: str, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    ran: list[str] = []
    with pytest.raises(SystemExit) as ended:
        run_stage("train", lambda key, _: ran.append(key), [key])
    assert (ended.value.code, ran, list(tmp_path.iterdir())) == (1, [], [])
    assert MESSAGE in capsys.readouterr().err


@pytest.mark.error_case("keys refused")
@invalid_keys
def test_an_invalid_key_is_not_composed(key: str) -> None:
    with pytest.raises(UserError, match=MESSAGE):
        check_parameters(Composition({"suite": "starter", "datasets": {key: {}}}, {}), Path("conf"))


@pytest.mark.error_case("keys refused")
@pytest.mark.parametrize("name", ["another command", "a command in it", "a space", "an option", "a folder up"])
def test_the_guard_refuses_an_invalid_key_in_params_yaml(
    name: str, conf: Path, small_composition: Composition, monkeypatch
) -> None:
    """Written by hand or by an experiment; no stage of a dataset runs before the guard has ended."""
    datasets = small_composition.params["datasets"]
    params = {"suite": "starter", "datasets": datasets | {INVALID_KEYS[name]: datasets["iris"]}}
    Path("params.yaml").write_text(yaml.safe_dump(params))
    with pytest.raises(UserError, match="is not what conf/ composes to"):
        published(guard)()
    monkeypatch.setenv("DVC_EXP_NAME", "evil")
    with pytest.raises(UserError, match=MESSAGE):
        published(guard)()
    assert not DATASET_PARAMS.exists()


def test_only_the_key_enters_a_command() -> None:
    """Other values are in paths only: the key and the name of the suite."""
    pipeline = (Path(__file__).parents[2] / "dvc.yaml").read_text(encoding="utf-8")
    commands = re.findall(r"cmd: (.*)", pipeline)
    assert {name for command in commands for name in re.findall(r"\$\{.*?\}", command)} == {"${key}"}
    assert all(re.fullmatch(r"exec python3 -m stages\.[a-z._]+( \$\{key\})?", command) for command in commands)


@pytest.mark.error_case("keys refused")
@pytest.mark.parametrize("suite", ["../x", "a/b", "starter; rm", "Starter", "", "\uff53tarter"])
def test_an_invalid_name_of_a_suite_is_refused(suite: str, conf: Path, small_composition: Composition) -> None:
    params = small_composition.params | {"suite": suite}
    with pytest.raises(UserError, match="suite: should be a name of lower-case letters, digits and _ only"):
        check_parameters(Composition(params, {}), conf)
