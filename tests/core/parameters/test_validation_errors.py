"""Messages about invalid parameters."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError, model_validator

from stages.core.parameters.params import Params
from stages.core.parameters.validation_errors import dotted_path, parameter_errors, type_adapter


class Circle(Params):
    kind: Literal["circle"]
    radius: float = Field(gt=0)
    edge: Literal["sharp", "square"] = "sharp"


class Square(Params):
    kind: Literal["square"]
    sides: list[float] = []


class Points(Params):
    kind: Literal["count"]
    by: Literal["points"]
    names: dict[str, Literal["north", "south"]] = {}


class Steps(Params):
    kind: Literal["count"]
    by: Literal["steps"]


Counted = Annotated[Points | Steps, Field(discriminator="by")]
Shape = Annotated[Circle | Square | Counted, Field(discriminator="kind")]
Share = Annotated[float, Field(gt=0, lt=1)] | Annotated[int, Field(ge=0)] | Literal["given"]


class Inner(Params):
    depth: int = 1


class Drawing(Params):
    title: str
    shapes: list[Shape] = []
    frame: Shape | None = None
    share: Share = 0
    columns: str | list[str] | dict[str, str | list[str]] | None = None
    labels: Literal["one_hot", "integer"] | dict[str, Literal["one_hot", "integer"]] | None = None
    inner: Inner | None = None
    copy_: Inner = Field(alias="copy", default=Inner())

    @model_validator(mode="after")
    def _not_empty(self) -> "Drawing":
        if self.title == "empty":
            raise ValueError("an empty drawing; name what it shows")
        return self


def messages(given: dict[Any, Any]) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        type_adapter(Drawing).validate_python(given)
    return [str(error) for error in parameter_errors(Drawing, caught.value, ("d",))]


UNKNOWN_KEYS = [
    ({"tittle": "x"}, "d.tittle: unknown key; did you mean title?"),
    ({"inner": {"x": 1}}, "d.inner.x: unknown key; allowed: depth"),
    # A key has the name that the user writes, not the name of the field.
    ({"copi": {}}, "d.copi: unknown key; did you mean copy?"),
    ({"copy": {"depht": 1}}, "d.copy.depht: unknown key; did you mean depth?"),
    ({"columns": {1: "a"}}, "d.columns[1]: the key should be a valid string; received 1"),
]
WRONG_TYPES = [
    ({"title": 3}, "d.title: should be a valid string; received 3"),
    ({"inner": {"depth": True}}, "d.inner.depth: should be a valid integer; received True"),
    ({"copy": {"depth": "1"}}, "d.copy.depth: should be a valid integer; received '1'"),
    ({"inner": 3}, "d.inner: should be keys with values; received 3"),
    ({"shapes": {"kind": "circle"}}, "d.shapes: should be a valid list; received {'kind': 'circle'}"),
    (
        {"title": list(range(100))},
        "d.title: should be a valid string; received [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16...",
    ),
    # JSON cannot hold infinite numbers or NaN.
    (
        {"frame": {"kind": "circle", "radius": float("inf")}},
        "d.frame.radius: should be a finite number; received inf",
    ),
    (
        {"frame": {"kind": "circle", "radius": float("nan")}},
        "d.frame.radius: should be a finite number; received nan",
    ),
    # The message of a model's own check.
    ({"title": "empty"}, "d: an empty drawing; name what it shows"),
]
TAGS = [
    (
        {"shapes": [{"radius": 1}]},
        "d.shapes[0]: missing key kind, which says what kind this is; allowed: circle, square, count",
    ),
    ({"frame": {"kind": "cirlce"}}, "d.frame.kind: received 'cirlce'; did you mean circle?"),
    ({"frame": {"kind": "x"}}, "d.frame.kind: received 'x'; allowed: circle, square, count"),
    ({"frame": 3}, "d.frame: should be keys with values; received 3"),
    # pydantic puts `circle` between `frame` and `radius`; the user wrote no such key.
    ({"frame": {"kind": "circle", "radius": 0}}, "d.frame.radius: should be greater than 0; received 0"),
    ({"frame": {"kind": "circle"}}, "d.frame.radius: missing; it has no default"),
    ({"frame": {"kind": "square", "sids": []}}, "d.frame.sids: unknown key; did you mean sides?"),
    # `square` is also an edge that a circle may have.
    (
        {"shapes": [{"kind": "square", "sides": [1, "2"]}]},
        "d.shapes[0].sides[1]: should be a valid number; received '2'",
    ),
    # Nested unions with tags.
    ({"frame": {"kind": "count", "by": "pionts"}}, "d.frame.by: received 'pionts'; did you mean points?"),
    (
        {"frame": {"kind": "count"}},
        "d.frame: missing key by, which says what kind this is; allowed: points, steps",
    ),
    (
        {"frame": {"kind": "count", "by": "points", "names": {"a": "noth"}}},
        "d.frame.names.a: received 'noth'; did you mean north?",
    ),
    ({"frame": {"kind": "count", "by": "steps", "names": {}}}, "d.frame.names: unknown key; allowed: kind, by"),
]
SEVERAL_TYPES = [
    ({"share": 2.5}, "d.share: should be less than 1; received 2.5"),
    ({"share": -1}, "d.share: should be greater than 0 or greater than or equal to 0; received -1"),
    ({"share": "gievn"}, "d.share: received 'gievn'; did you mean given?"),
    ({"share": "0.2"}, "d.share: should be a valid number or a valid integer or 'given'; received '0.2'"),
    ({"share": None}, "d.share: should be a valid number or a valid integer or 'given'; received nothing"),
    # A misspelt literal where a mapping is allowed too.
    ({"labels": "onehot"}, "d.labels: received 'onehot'; did you mean one_hot?"),
    ({"labels": {"y": "onehot"}}, "d.labels.y: received 'onehot'; did you mean one_hot?"),
    ({"labels": 3}, "d.labels: should be 'one_hot' or 'integer' or keys with values; received 3"),
    # The type that fits furthest is reported.
    ({"columns": ["a", 1]}, "d.columns[1]: should be a valid string; received 1"),
    ({"columns": {"a": ["b", 1]}}, "d.columns.a[1]: should be a valid string; received 1"),
    ({"columns": {"a": 1}}, "d.columns.a: should be a valid string or a valid list; received 1"),
    ({"columns": 1}, "d.columns: should be a valid string or a valid list or keys with values; received 1"),
]


@pytest.mark.parametrize(("given", "message"), [*UNKNOWN_KEYS, *WRONG_TYPES, *TAGS, *SEVERAL_TYPES])
def test_one_message_for_a_wrong_value(given: dict[Any, Any], message: str) -> None:
    assert messages({"title": "t"} | given) == [message]


def test_a_missing_key() -> None:
    assert messages({}) == ["d.title: missing; it has no default"]


def test_all_errors_are_reported_with_their_keys() -> None:
    shapes = [{"kind": "circle", "radius": 1}, {"kind": "circle", "radius": -1}, {"kind": "ball"}]
    assert messages({"title": "t", "shapes": shapes, "x": 1}) == [
        "d.shapes[1].radius: should be greater than 0; received -1",
        "d.shapes[2].kind: received 'ball'; allowed: circle, square, count",
        "d.x: unknown key; allowed: title, shapes, frame, share, columns and 3 more",
    ]


def test_dotted_paths() -> None:
    assert dotted_path(("datasets", "iris", "steps", 0, "by")) == "datasets.iris.steps[0].by"
    assert dotted_path(()) == ""
