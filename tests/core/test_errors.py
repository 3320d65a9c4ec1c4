import pytest

from stages.core.errors import ErrorList, UserError, format_examples, suggest


def test_up_to_five_examples_are_listed() -> None:
    assert format_examples(["a", "b", "c", "d", "e"]) == "a, b, c, d, e"
    assert format_examples([]) == ""


def test_further_examples_are_counted() -> None:
    assert format_examples(range(6)) == "0, 1, 2, 3, 4 and 1 more"
    assert format_examples(iter(range(1000))) == "0, 1, 2, 3, 4 and 995 more"


def test_the_closest_name_is_suggested() -> None:
    assert suggest("lerning_rate", ["momentum", "learning_rate"]) == "did you mean learning_rate?"


def test_without_a_close_name_at_most_five_allowed_names_are_listed() -> None:
    assert suggest("q", ["one", "two"]) == "allowed: one, two"
    assert suggest("q", [f"name{n}" for n in range(7)]) == "allowed: name0, name1, name2, name3, name4 and 2 more"


def test_all_errors_are_raised_together() -> None:
    errors = ErrorList()
    errors.check(True, "nothing wrong here")
    errors.check(False, "first")
    errors.add("second")
    with pytest.raises(UserError, match="first") as caught:
        errors.raise_if_any()
    assert caught.value.messages == ("first", "second")
    assert str(caught.value) == "first\nsecond"


def test_without_errors_nothing_is_raised() -> None:
    ErrorList().raise_if_any()


def test_messages_of_several_errors_are_collected() -> None:
    errors = ErrorList()
    for word in ("one", "two"):
        with errors.collect():
            raise UserError(word, f"{word} more")
    assert errors.messages == ["one", "one more", "two", "two more"]
