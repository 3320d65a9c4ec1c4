"""What the composed parameters may not have."""

from pathlib import Path

import pytest

from stages.config.check_parameters import check_parameters
from stages.config.checks.composed_size_and_secrets import check_composed_secrets, check_composed_values
from stages.config.compose_conf import Composition
from stages.core.errors import UserError

CONF = Path("conf")


def test_all_secrets_are_reported_together_and_none_is_printed() -> None:
    params = {
        "datasets": {
            "iris": {"download": {"files": {"all": {"urls": ["https://a/b", "https://bob:hunter2@a/b"]}}}},
            "https://bob:hunter2@a/b": {"x": 1},
            "wine": {"x": "https://a/b?token=hunter2"},
        }
    }
    with pytest.raises(UserError) as caught:
        check_parameters(Composition(params, {}), Path("params.yaml"))
    assert [message.partition(": ")[2].partition(" in an address")[0] for message in caught.value.messages] == [
        "datasets.iris.download.files.all.urls[1]: user name or password",
        "datasets: user name or password",
        "datasets.wine.x: parameter token",
    ]
    assert "hunter2" not in str(caught.value)


def test_other_values_pass() -> None:
    params = {"a": [1, None, "https://a/b?page=2", {"b": 2.5, 3: True}], "c": "$ {x} $x"}
    check_composed_secrets(params, {}, CONF)
    check_composed_values(params, {}, CONF)


@pytest.mark.parametrize("text", ["${", "a ${b}", "${oc.env:HOME}"])
def test_an_interpolation_that_is_left(text: str) -> None:
    """Whoever reads params.yaml might evaluate it."""
    with pytest.raises(UserError, match=r"^conf: a\[0\]\.b: a value cannot have"):
        check_composed_values({"a": [{"b": text}]}, {}, CONF)


def test_too_much() -> None:
    with pytest.raises(UserError, match="more than 4,000,000 characters"):
        check_composed_values({"a": ["x" * 100_000] * 41}, {}, CONF)
