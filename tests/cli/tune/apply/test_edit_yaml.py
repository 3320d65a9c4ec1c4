"""Values are set in the text of a file; every other byte stays."""

from typing import Any

import pytest
import yaml

from stages.cli.tune.apply.edit_yaml import has_key, with_value
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import Keys

COMMENTED = """\
# yaml-language-server: $schema=x
a:
  # before b
  b: 1   # behind b
  c: {d: 'one',  e: [1,2]}   # behind c

# before f
f: "two"
"""


@pytest.mark.parametrize(
    ("text", "keys", "value", "expected"),
    [
        (COMMENTED, ("a", "b"), 0.003, COMMENTED.replace("b: 1 ", "b: 0.003 ")),
        (COMMENTED, ("a", "c", "d"), "it's", COMMENTED.replace("'one'", "'it''s'")),
        (COMMENTED, ("a", "c", "d"), 1, COMMENTED.replace("'one'", "1")),
        (COMMENTED, ("a", "c", "e"), [64, 32], COMMENTED.replace("[1,2]", "[64, 32]")),
        (COMMENTED, ("a", "c", "e", 1), 3, COMMENTED.replace("[1,2]", "[1,3]")),
        (COMMENTED, ("f",), "three", COMMENTED.replace('"two"', '"three"')),
        # What is missing is added behind its neighbours, in their style.
        (COMMENTED, ("a", "c", "g"), "x", COMMENTED.replace("[1,2]}", "[1,2], g: x}")),
        (COMMENTED, ("a", "h", "i"), 1e-7, COMMENTED.replace("# behind c\n", "# behind c\n  h: {i: 1.0e-07}\n")),
        (COMMENTED, ("j", "k"), True, COMMENTED + "\nj:\n  k: true\n"),
        ("a: {}\n", ("a", "b"), 1, "a: {b: 1}\n"),
        ("a: {b: 1,}\n", ("a", "c"), 2, "a: {b: 1, c: 2,}\n"),
        ("a: {\n  b: 1, # one\n}\n", ("a", "c"), 2, "a: {\n  b: 1, c: 2, # one\n}\n"),
        # Nothing.
        ("a:\nb: 1\n", ("a",), 2, "a: 2\nb: 1\n"),
        ("a:   # none\nb: 1\n", ("a", "c"), 2, None),
        ("a: null # none\n", ("a", "c"), 2, "a: {c: 2} # none\n"),
        ("a: ~\n", ("a", "c"), 2, "a: {c: 2}\n"),
        # Lists and mappings below their name.
        ("a:\n  b:\n    - 1\n    - 2\n\n# c\nc: 1\n", ("a", "b"), 3, "a:\n  b: 3\n\n# c\nc: 1\n"),
        ("a:\n  b:\n    - 1\n    - 2\n\n# c\n", ("a", "b"), [3, [4]], "a:\n  b:\n    - 3\n    - [4]\n\n# c\n"),
        ("a: # a\n- 1\n- 2\n- 3 # c\n", ("a",), [4], "a: # a\n- 4 # c\n"),
        ("a:\n  - 1\n", ("a",), [], "a: []\n"),
        ("a:\n- x: 1\n  y: 2\n# c\n", ("a", 0), {"x": 3}, "a:\n- {x: 3}\n# c\n"),
        ("a:\n- x: 1\n  y: 2 # y\n# c\n", ("a", 0, "z"), 3, "a:\n- x: 1\n  y: 2 # y\n  z: 3\n# c\n"),
        ("a:\n  - 1 # one\n  - 2 # two\n", ("a", 1), 3, "a:\n  - 1 # one\n  - 3 # two\n"),
        # A mapping that others are merged into.
        ("a: &x {c: 1}\nb: {<<: *x}\n", ("b", "c"), 3, "a: &x {c: 1}\nb: {c: 3, <<: *x}\n"),
        ("a: &x {c: 1}\nb:\n  <<: *x\n", ("b", "c"), 3, "a: &x {c: 1}\nb:\n  <<: *x\n  c: 3\n"),
        # Line ends, the end of the file, and characters of several bytes.
        ("a:\r\n  b: 1\r\nc: 2\r\n", ("a", "d"), 3, "a:\r\n  b: 1\r\n  d: 3\r\nc: 2\r\n"),
        ("a:\r\n  b: 1\r\n", ("c", "d"), 3, "a:\r\n  b: 1\r\n\r\nc:\r\n  d: 3\r\n"),
        ("a:\n  b: 1", ("a", "c"), 2, "a:\n  b: 1\n  c: 2\n"),
        ("\ufeffa: 1 # \U0001f600 é\nb: 2 # ü\n", ("b",), 3, "\ufeffa: 1 # \U0001f600 é\nb: 3 # ü\n"),
    ],
)
def test_one_value(text: str, keys: Keys, value: Any, expected: str | None) -> None:
    edited = with_value(text, keys, value)
    if expected is not None:
        assert edited == expected
    content = yaml.safe_load(edited)
    for key in keys:
        content = content[key]
    assert content == value


def test_a_new_section_stands_before_the_later_ones() -> None:
    text = "a: {b: 1}\n\n# of c\nc: {d: 2}\n"
    edited = with_value(text, ("b", "x"), [1], before=["c"])
    assert edited == "a: {b: 1}\n\nb:\n  x: [1]\n\n# of c\nc: {d: 2}\n"
    assert with_value("c: {d: 2}\n", ("b",), 1, before=["c"]) == "b: 1\nc: {d: 2}\n"


@pytest.mark.error_case("best values that cannot be applied")
@pytest.mark.parametrize(
    ("text", "keys", "line"),
    [
        ("a:\n  b:\n    - 1 # lost\n    - 2\n", ("a", "b"), 3),
        ("a:\n  b: # lost\n    c: 1\n", ("a", "b"), 3),
        ("a:\n  b: [1, # lost\n    2]\n", ("a", "b"), 2),
        ("a:\n  b: &x 1\nc: *x\n", ("a", "b"), 2),
        ("a: &x {b: 1}\nc: *x\n", ("c", "b"), 1),
        ("a: &x {b: 1}\nc: [*x, 2]\n", ("c",), 2),
        ("a: &x {b: 1}\nc: [*x, 2]\n", ("c", 0, "b"), 2),
        ("a: |\n  many\n  lines\n", ("a",), 1),
        ("a: !tag 1\n", ("a",), 1),
        ("x: 1\na: 5\n", ("a", "b"), 2),
        ("a: [1]\n", ("a", 3), 1),
    ],
)
def test_what_would_be_lost_is_left_to_a_person(text: str, keys: Keys, line: int) -> None:
    with pytest.raises(UserError) as caught:
        with_value(text, keys, 7, "conf/dataset/a.yaml")
    assert str(caught.value).startswith(f"conf/dataset/a.yaml:{line}: ")
    assert "by hand" in str(caught.value)


@pytest.mark.error_case("best values that cannot be applied")
@pytest.mark.parametrize("text", ["", "# nothing\n", "- 1\n", "word\n"])
def test_a_file_without_keys(text: str) -> None:
    with pytest.raises(UserError, match="should be keys with values"):
        with_value(text, ("a",), 1)
    assert not has_key(text, ("a",))
