"""A dataset's key is the only value that dvc.yaml puts into a command line: on every way there, it is looked at."""

import re
from pathlib import Path

import pytest
import yaml

from stages.cli.run.run import check_keys
from stages.config.check_parameters import check_parameters
from stages.config.compose import Composition, compose
from stages.config.guard import guard
from stages.core.errors import UserError
from stages.core.paths import DATASET_PARAMS, check_key
from stages.core.runtime.stage import run_stage
from tests.run_in_process import published

TOLD = "use lower-case letters, digits and _ only"
BAD = {
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
bad_keys = pytest.mark.parametrize("key", BAD.values(), ids=BAD)


@pytest.mark.fault("keys refused")
@bad_keys
def test_a_key_that_is_none(key: str) -> None:
    with pytest.raises(UserError, match=re.escape(f"dataset key {key!r}: {TOLD}")):
        check_key(key)
    with pytest.raises(UserError, match=TOLD):
        check_keys(["iris", key], ["iris"])


@pytest.mark.fault("keys refused")
@bad_keys
def test_a_stage_does_nothing_for_it(key: str, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    ran: list[str] = []
    with pytest.raises(SystemExit) as ended:
        run_stage("train", lambda key, _: ran.append(key), [key])
    assert (ended.value.code, ran, list(tmp_path.iterdir())) == (1, [], [])
    assert TOLD in capsys.readouterr().err


@pytest.mark.fault("keys refused")
@bad_keys
def test_nothing_is_composed_of_it(key: str) -> None:
    with pytest.raises(UserError, match=TOLD):
        check_parameters(Composition({"suite": "starter", "datasets": {key: {}}}, {}), Path("conf"))


@pytest.mark.fault("keys refused")
@pytest.mark.parametrize("name", ["another command", "a command in it", "a space", "an option", "a folder up"])
def test_the_guard_stops_what_was_written_into_the_params(name: str, conf: Path, monkeypatch) -> None:
    """By hand, or by an experiment; no stage of a dataset begins before the guard is through."""
    params = compose(conf).params
    params["datasets"][BAD[name]] = params["datasets"]["iris"]
    Path("params.yaml").write_text(yaml.safe_dump(params))
    with pytest.raises(UserError, match="is not what conf/ composes to"):
        published(guard)()
    monkeypatch.setenv("DVC_EXP_NAME", "evil")
    with pytest.raises(UserError, match=TOLD):
        published(guard)()
    assert not DATASET_PARAMS.exists()


def test_only_the_key_enters_a_command() -> None:
    """And of what is not a command, only names of files that are made of it, of the suite's name, or are plain."""
    pipeline = (Path(__file__).parents[2] / "dvc.yaml").read_text(encoding="utf-8")
    commands = re.findall(r"cmd: (.*)", pipeline)
    assert {name for command in commands for name in re.findall(r"\$\{.*?\}", command)} == {"${key}"}
    assert all(re.fullmatch(r"exec python3 -m stages\.[a-z._]+( \$\{key\})?", command) for command in commands)


@pytest.mark.fault("keys refused")
@pytest.mark.parametrize("suite", ["../x", "a/b", "starter; rm", "Starter", "", "\uff53tarter"])
def test_the_suites_name_is_a_name_too(suite: str, conf: Path) -> None:
    params = compose(conf).params | {"suite": suite}
    with pytest.raises(UserError, match="suite: should be a name of lower-case letters, digits and _ only"):
        check_parameters(Composition(params, {}), conf)
