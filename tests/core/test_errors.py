import pytest

from stages.core.errors import Faults, Mistake, examples, nearest


def test_five_examples_are_shown_whole() -> None:
    assert examples(["a", "b", "c", "d", "e"]) == "a, b, c, d, e"
    assert examples([]) == ""


def test_more_than_five_are_counted() -> None:
    assert examples(range(6)) == "0, 1, 2, 3, 4 and 1 more"
    assert examples(iter(range(1000))) == "0, 1, 2, 3, 4 and 995 more"


def test_the_nearest_name_is_a_question() -> None:
    assert nearest("lerning_rate", ["momentum", "learning_rate"]) == "did you mean learning_rate?"


def test_when_none_is_near_the_allowed_ones_are_told_at_most_five() -> None:
    assert nearest("q", ["one", "two"]) == "allowed: one, two"
    assert nearest("q", [f"name{n}" for n in range(7)]) == "allowed: name0, name1, name2, name3, name4 and 2 more"


def test_all_faults_are_told_together() -> None:
    faults = Faults()
    faults.check(True, "nothing wrong here")
    faults.check(False, "first")
    faults.add("second")
    with pytest.raises(Mistake, match="first") as caught:
        faults.stop()
    assert caught.value.faults == ("first", "second")
    assert str(caught.value) == "first\nsecond"


def test_no_faults_stop_nothing() -> None:
    Faults().stop()


def test_several_mistakes_are_gathered() -> None:
    faults = Faults()
    for word in ("one", "two"):
        with faults.gathered():
            raise Mistake(word, f"{word} more")
    assert faults.found == ["one", "one more", "two", "two more"]
