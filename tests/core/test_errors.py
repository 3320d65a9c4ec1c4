import pytest

from stages.core.errors import ErrorList, UserError, format_examples, suggest


def test_five_examples_are_shown_whole() -> None:
    assert format_examples(["a", "b", "c", "d", "e"]) == "a, b, c, d, e"
    assert format_examples([]) == ""


def test_more_than_five_are_counted() -> None:
    assert format_examples(range(6)) == "0, 1, 2, 3, 4 and 1 more"
    assert format_examples(iter(range(1000))) == "0, 1, 2, 3, 4 and 995 more"


def test_the_nearest_name_is_a_question() -> None:
    assert suggest("lerning_rate", ["momentum", "learning_rate"]) == "did you mean learning_rate?"


def test_when_none_is_near_the_allowed_ones_are_told_at_most_five() -> None:
    assert suggest("q", ["one", "two"]) == "allowed: one, two"
    assert suggest("q", [f"name{n}" for n in range(7)]) == "allowed: name0, name1, name2, name3, name4 and 2 more"


def test_all_faults_are_told_together() -> None:
    errors = ErrorList()
    errors.check(True, "nothing wrong here")
    errors.check(False, "first")
    errors.add("second")
    with pytest.raises(UserError, match="first") as caught:
        errors.raise_if_any()
    assert caught.value.messages == ("first", "second")
    assert str(caught.value) == "first\nsecond"


def test_no_faults_stop_nothing() -> None:
    ErrorList().raise_if_any()


def test_several_mistakes_are_gathered() -> None:
    errors = ErrorList()
    for word in ("one", "two"):
        with errors.collect():
            raise UserError(word, f"{word} more")
    assert errors.messages == ["one", "one more", "two", "two more"]
