"""Defaults lists that include one another again and again are refused, with the file that occurs most often."""

from pathlib import Path

import pytest

from stages.config.checks import defaults_limits
from stages.config.checks.defaults_limits import check_inclusions
from stages.config.compose_conf import compose
from stages.core.errors import UserError
from tests.config.conftest import Edit
from tests.resource_limits import time_limit


@pytest.mark.error_case("endless values refused")
def test_each_file_includes_the_next_one_twice(conf: Path, edit: Edit) -> None:
    (conf / "level").mkdir()
    for number in range(30):
        following = [f"  - /level@{place}: l{number + 1}" for place in ("left", "right")] if number < 29 else []
        (conf / f"level/l{number}.yaml").write_text("\n".join(["defaults:", *following, "  - _self_", "a: 1\n"]))
    edit("config.yaml", "  - _self_\n", "  - _self_\n  - level@level: l0\n")
    with time_limit(20), pytest.raises(UserError) as caught:
        compose(conf)
    assert "2,048 times" in str(caught.value)
    assert str(caught.value).startswith("conf/level/l11.yaml: ")


def test_each_place_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    root, left, right, leaf = map(Path, ("root", "left", "right", "leaf"))
    included = {root: [left, right], left: [leaf, leaf], right: [left, leaf]}
    monkeypatch.setattr(defaults_limits, "MAX_INCLUSIONS", 9)  # root 1, left 2, right 1, leaf 5
    check_inclusions(root, included)
    monkeypatch.setattr(defaults_limits, "MAX_INCLUSIONS", 8)
    with pytest.raises(UserError, match=r"leaf: .* 5 times"):
        check_inclusions(root, included)


def test_lists_that_lead_back_end() -> None:
    a, b = Path("a"), Path("b")
    check_inclusions(a, {a: [b], b: [a, b]})
