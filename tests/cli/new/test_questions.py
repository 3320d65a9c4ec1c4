"""Questions are asked in a terminal only; an empty line is the default."""

import sys
from collections.abc import Callable
from io import StringIO

import pytest

from stages.cli.new.questions import Questions
from stages.core.errors import UserError

Answers = Callable[[str], None]


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Makes a terminal in which these lines are typed."""

    def type_lines(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal(text))
        monkeypatch.setattr(sys, "stdout", Terminal())

    return type_lines


def test_the_target(answers: Answers) -> None:
    answers("a\n\n")
    questions = Questions(yes=False)
    assert questions.target(["a", "b"]) == "a"
    assert questions.target(["a", "b"]) == "b"


def test_the_kind_of_the_target(answers: Answers) -> None:
    answers("y\nn\n\n")
    questions = Questions(yes=False)
    kinds = [questions.target_kind("rooms", 5, "values") for _ in range(3)]
    assert kinds == ["classes", "values", "values"]


def test_copies(answers: Answers) -> None:
    answers("n\n\n")
    questions = Questions(yes=False)
    assert [questions.copies(["a.csv"], storage=None) for _ in range(2)] == [False, True]


@pytest.mark.parametrize("yes", [True, False])
def test_nothing_is_asked(yes: bool, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --yes, and without a terminal."""
    answers("n\n")
    if not yes:
        monkeypatch.setattr(sys, "stdin", StringIO("n\n"))
    questions = Questions(yes)
    assert questions.target_kind("rooms", 5, "classes") == "classes"
    assert questions.copies(["a.csv"], storage=None)
    if yes:
        assert questions.target(["a", "b"]) == "b"
    else:
        with pytest.raises(UserError, match="--target: name the column to predict, one of a, b"):
            questions.target(["a", "b"])
