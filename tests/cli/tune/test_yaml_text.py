import math
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from stages.cli.tune.yaml_text import quoted_text, read_value, value_text
from stages.core.parameters.read_yaml import Yaml12Loader

VALUES = [
    0, 1, -3, 2**40, 0.003, 0.1 + 0.2, 1e-7, 1.5e-10, 1e22, 2.0, True, False, None, "relu", "", "yes", "null", "1e-05",
    "12:30", "a, b", "a: b", "it's", '"quoted"', "[x]", "# no comment", "ü", [512, 256], [], {}, [0.1, 0.5, 0.9],
    [{"step": "log"}, {"step": "standard", "center": False}], {"kind": "sgd", "momentum": 0.9}, "x" * 300,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_hydra_and_dvc_read_the_same_value(value: Any) -> None:
    """Alone, and in a flow mapping."""
    for text, path in ((f"a: {value_text(value)}\n", "a"), (f"a: {{b: {value_text(value)}, c: 1}}\n", "b")):
        assert text.count("\n") == 1
        composed: Any = OmegaConf.to_container(OmegaConf.create(text))
        for content in (yaml.load(text, Loader=Yaml12Loader), composed):
            found = content["a"] if path == "a" else content["a"]["b"]
            assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("text", ["relu", "it's", 'a "b"', "back\\slash", "ü"])
def test_quotes_stay(text: str, quote: str) -> None:
    written = quoted_text(text, quote)
    assert (written[0], written[-1]) == (quote, quote)
    assert yaml.safe_load(written) == text


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5))
@example("\x85")
@example(["\u2028", {"\u2029": "1e-05"}])
@example(math.inf)
def test_a_value_is_read_back_from_one_line(value: Any) -> None:
    text = value_text(value)
    assert "\n" not in text
    assert read_value(text) == value
    assert type(read_value(text)) is type(value)
    assert read_value(f"{{a: {text}, b: 1}}") == {"a": value, "b": 1}


@given(st.text(), st.sampled_from("'\""))
def test_a_quoted_text_is_read_back(text: str, quote: str) -> None:
    assert read_value(quoted_text(text, quote)) == text


@pytest.mark.parametrize("text", ["1e-05", "12:30", "on", "0x10", "1_000", "", "~", "null", "2020-01-01", "=", "a\nb"])
def test_texts_stay_texts(text: str) -> None:
    assert read_value(value_text(text)) == text
