"""What was expected of the raw data and whether it was so, one readable line each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stages.core.errors import format_examples
from stages.report.format_text import count, listed, number, percent, words

_TURNS = (
    ("values to be", "values are"),
    ("values to not be", "values are not"),
    ("values to match", "values match"),
    ("values to not match", "values do not match"),
    ("to be", "is"),
    ("to not be", "is not"),
    ("to match", "match"),
    ("to contain", "contains"),
    ("to equal", "equals"),
    ("to exist", "exists"),
)


@dataclass(frozen=True)
class Check:
    subject: str
    claim: str
    passed: bool
    finding: str


@dataclass(frozen=True)
class Checks:
    passed: bool
    summary: str
    results: list[Check]
    duplicates: str
    leaks: list[str]


def checks(validation: Mapping[str, Any]) -> Checks:
    total, failed = validation["expectations"], validation["failed"]
    return Checks(
        passed=validation["passed"],
        summary=f"{total - failed:,} of {count(total, 'expectation')} met, on {count(validation['rows'], 'row')}.",
        results=[check(result) for result in validation["results"]],
        duplicates=duplicates_words(validation["duplicates"]),
        leaks=leaks_words(validation["near_duplicates"], validation["copied_columns"]),
    )


def check(result: Mapping[str, Any]) -> Check:
    subject, claim = sentence(result["expectation"], result["arguments"])
    return Check(subject, claim, result["passed"], "" if result["passed"] else _finding(result))


def sentence(expectation: str, arguments: Mapping[str, Any]) -> tuple[str, str]:
    """Whom it is about, and what is claimed.

    >>> sentence("expect_column_values_to_be_between", {"column": "age", "min_value": 0, "max_value": 120})
    ('age', 'values are between 0 and 120')
    >>> sentence("expect_column_values_to_not_be_null", {"column": "age", "mostly": 0.95})
    ('age', 'values are not null, for at least 95% of rows')
    >>> sentence("expect_table_row_count_to_equal", {"value": 150})
    ('table', 'row count equals 150')
    """
    left = {name: value for name, value in arguments.items() if value is not None}
    subject, claim = _subject(words(expectation.removeprefix("expect_")), left)
    turn, plain = next(((turn, plain) for turn, plain in _TURNS if turn in claim), ("", ""))
    return subject, _limited(claim.replace(turn, plain, 1), left) + _rest(left)


def _subject(claim: str, left: dict[str, Any]) -> tuple[str, str]:
    """Takes the names it uses out of the arguments."""
    if claim == "column pair values a to be greater than b":
        larger = "to be at least" if left.pop("or_equal", False) else "to be greater than"
        return str(left.pop("column_A")), f"{larger} {left.pop('column_B')}"
    if claim.startswith("column pair ") and "column_A" in left and "column_B" in left:
        return f"{left.pop('column_A')}, {left.pop('column_B')}", claim.removeprefix("column pair ")
    if claim.startswith("column ") and "column" in left:
        return str(left.pop("column")), claim.removeprefix("column ")
    opening, _, rest = claim.partition(" ")
    return opening, rest


def _limited(claim: str, left: dict[str, Any]) -> str:
    """Takes the limits out of the arguments; with one of them alone it is a bound."""
    if not claim.endswith("between"):
        return claim
    low, high = left.pop("min_value", None), left.pop("max_value", None)
    if low is not None and high is not None:
        return f"{claim} {_value(low)} and {_value(high)}"
    if high is None:
        bound = "above" if left.pop("strict_min", False) else "at least"
    else:
        bound = "below" if left.pop("strict_max", False) else "at most"
    return f"{claim.removesuffix('between')}{bound} {_value(high if low is None else low)}"


def _rest(left: dict[str, Any]) -> str:
    mostly = left.pop("mostly", None)
    said = [words(name) for name in sorted(left) if left[name] is True]
    plain = [name for name in sorted(left) if not isinstance(left[name], bool)]
    text = f"{_joint(left[plain[0]])}{_value(left[plain[0]])}" if len(plain) == 1 else ""
    said += [f"{words(name)} {_value(left[name])}" for name in plain] if len(plain) > 1 else []
    said += [f"for at least {percent(mostly)} of rows"] if mostly is not None else []
    return text + "".join(f", {part}" for part in said)


def _joint(value: Any) -> str:
    return ": " if isinstance(value, list) else " "


def _value(value: Any) -> str:
    if isinstance(value, list):
        return listed(map(_value, value), most=12)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_value(value[name])}" for name in sorted(value))
    if value is None:
        return "missing"
    return number(value) if isinstance(value, float) else str(value)


def _finding(result: Mapping[str, Any]) -> str:
    if result.get("problem"):
        return str(result["problem"])
    found = [f"row {e['row']} of {e['split']}: {_value(e['value'])}" for e in result["examples"]]
    if found:
        return f"{count(result['unexpected'], 'row')} not so: {format_examples(found)}"
    return f"observed {_value(result['observed'])}"


def duplicates_words(found: Mapping[str, Any]) -> str:
    """
    >>> duplicates_words({"across_splits": 1, "within_splits": 0})
    'Duplicates: 1 row in more than one raw split.'
    """
    kinds = {
        "in more than one raw split": found["across_splits"],
        "repeated within a raw split": found["within_splits"],
    }
    said = [f"{count(many, 'row')} {where}" for where, many in kinds.items() if many]
    return f"Duplicates: {', '.join(said)}." if said else "No row occurs twice."


def leaks_words(nearly: Mapping[str, Any], copied: Mapping[str, Any]) -> list[str]:
    """A line for what was found, with examples, and one where not every row could be looked at.

    >>> leaks_words(
    ...     {"across_splits": 0, "within_splits": None, "looked_at": 5, "sought": 5, "examples": []},
    ...     {"pairs": 1, "examples": [{"columns": ["celsius", "fahrenheit"], "how": "scaled"}]},
    ... )
    ['1 pair of columns says the same: celsius and fahrenheit (scaled).']
    """
    return [*_near_words(nearly), *_thinned_words(nearly), *_copied_words(copied)]


def _near_words(nearly: Mapping[str, Any]) -> Iterator[str]:
    kinds = {"an earlier raw split": nearly["across_splits"], "its own raw split": nearly["within_splits"]}
    for where, many in ((where, many) for where, many in kinds.items() if many):
        pairs = [
            f"row {e['row']} of {e['split']} and row {e['near']['row']} of {e['near']['split']}"
            for e in nearly["examples"]
        ]
        said = f"{count(many, 'row is', 'rows are')} nearly the same as another one of {where}"
        yield f"{said}: {_examples(pairs, many)}."


def _thinned_words(nearly: Mapping[str, Any]) -> Iterator[str]:
    if nearly["looked_at"] < nearly["sought"]:
        looked = f"{nearly['looked_at']:,} of {count(nearly['sought'], 'row')}"
        yield f"Near duplicates were looked for among {looked}, evenly chosen."


def _copied_words(copied: Mapping[str, Any]) -> Iterator[str]:
    if copied["pairs"]:
        pairs = [f"{' and '.join(e['columns'])} ({e['how']})" for e in copied["examples"]]
        said = count(copied["pairs"], "pair of columns says", "pairs of columns say")
        yield f"{said} the same: {_examples(pairs, copied['pairs'])}."


def _examples(shown: Sequence[str], many: int) -> str:
    """
    >>> _examples(["a", "b"], 7)
    'a, b and 5 more'
    """
    return ", ".join(shown) + (f" and {many - len(shown)} more" if many > len(shown) else "")
