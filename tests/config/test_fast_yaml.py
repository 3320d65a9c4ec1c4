"""libyaml reads what OmegaConf's own loader reads, with the same types."""

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf._utils import get_yaml_loader

from stages.config.fast_yaml import fast_yaml, fast_yaml_loader, is_read_alike

CONF = Path(__file__).parents[2] / "conf"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=8,
)
TEXTS = [
    "", "a: 1e-3\nb: 1E5\nc: .5\nd: 1_000\ne: 0x1f\nf: 010\ng: 1:30\nh: 1:30.5", "a: yes\nb: No\nc: ~\nd: null\ne:",
    "a: 2026-11-26\nb: 2026-11-26 10:00:00", "a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}",
    "a: >\n  two\n  lines\nb: |-\n  x\n",
    "[1, 1.0, '1', \"\\u00e9\"]", "{a: '${b}', 'c d': http://x/y#z}", "a: .inf\nb: -.INF\nc: -1",
    "%YAML 1.2\n---\na: 1",
]  # fmt: skip


PARTS = [
    *"a1:-{}[],#&*!|>'\"%@` \n\t?.$~<",
    "\n  ",
    "\n- ",
    ": ",
    "a: ",
    "${a}",
    "é",
    "\x85",
    "\r\n",
    "\ufeff",
    "<<: ",
    "1.",
    "e3",
]


def read(text: str, loader: Any) -> str:
    """With the types of all values."""
    return repr(yaml.load(io.StringIO(text), Loader=loader))


@pytest.mark.parametrize("text", TEXTS)
def test_the_same_values(text: str) -> None:
    assert read(text, fast_yaml_loader()) == read(text, get_yaml_loader())


@pytest.mark.parametrize("file", sorted(map(str, CONF.rglob("*.yaml"))))
def test_all_files_of_conf(file: str) -> None:
    text = Path(file).read_text(encoding="utf-8")
    assert read(text, fast_yaml_loader()) == read(text, get_yaml_loader())


@given(VALUES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_values(value: object, flow: bool) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    assert read(text, fast_yaml_loader()) == read(text, get_yaml_loader())


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=8).map("".join))
@settings(max_examples=400, deadline=None)
def test_what_libyaml_reads_is_read_alike(text: str) -> None:
    try:
        fast = read(text, fast_yaml_loader())
    except (yaml.YAMLError, TypeError, ValueError):
        return
    if is_read_alike(text):
        assert fast == read(text, get_yaml_loader())


@pytest.mark.parametrize("text", ["a:\tx", "a: !", "{a\n?}", "\ufeffa: 1", "a: >-#\n  b"])
def test_what_is_read_in_another_way(text: str) -> None:
    assert not is_read_alike(text)


@pytest.mark.parametrize("text", ["a: 1\na: 2", "a: [", "a: !!python/object:os.system {}", "\ta: 1"])
def test_both_refuse_the_same(text: str) -> None:
    for loader in (fast_yaml_loader(), get_yaml_loader()):
        with pytest.raises(yaml.YAMLError):
            read(text, loader)


def test_omegaconf_uses_it_within_the_block(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1e-3\n")
    with fast_yaml():
        assert OmegaConf.load(tmp_path / "a.yaml") == {"a": 0.001}
    assert get_yaml_loader().__name__ == "OmegaConfLoader"
