"""Messages about invalid parameters."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError, model_validator

from stages.core.params import Params
from stages.core.validation_errors import dotted_path, parameter_errors, type_adapter


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


def messages(kind: Any = Drawing, **given: Any) -> list[str]:
    """The messages about a drawing that has a title and the given keys."""
    with pytest.raises(ValidationError) as caught:
        type_adapter(kind).validate_python({"title": "t"} | given)
    return [str(problem) for problem in parameter_errors(kind, caught.value, ("d",))]


def test_an_unknown_key_is_reported_with_the_closest_key() -> None:
    assert messages(tittle="x") == ["d.tittle: unknown key; did you mean title?"]
    assert messages(inner={"x": 1}) == ["d.inner.x: unknown key; allowed: depth"]


def test_a_key_has_the_name_that_the_user_writes() -> None:
    assert messages(copi={}) == ["d.copi: unknown key; did you mean copy?"]
    assert messages(copy={"depht": 1}) == ["d.copy.depht: unknown key; did you mean depth?"]
    assert messages(copy={"depth": "1"}) == ["d.copy.depth: should be a valid integer; received '1'"]


def test_a_missing_key() -> None:
    with pytest.raises(ValidationError) as caught:
        type_adapter(Drawing).validate_python({})
    assert [str(p) for p in parameter_errors(Drawing, caught.value)] == ["title: missing; it has no default"]


def test_a_wrong_type_is_reported_with_the_received_value() -> None:
    assert messages(title=3) == ["d.title: should be a valid string; received 3"]
    assert messages(inner={"depth": True}) == ["d.inner.depth: should be a valid integer; received True"]
    assert messages(inner=3) == ["d.inner: should be keys with values; received 3"]
    assert messages(shapes={"kind": "circle"}) == ["d.shapes: should be a valid list; received {'kind': 'circle'}"]


def test_a_long_value_is_shortened() -> None:
    [text] = messages(title=list(range(100)))
    assert (
        text
        == "d.title: should be a valid string; received [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16..."
    )


def test_a_missing_or_misspelt_tag() -> None:
    assert messages(shapes=[{"radius": 1}]) == [
        "d.shapes[0]: missing key kind, which says what kind this is; allowed: circle, square, count"
    ]
    assert messages(frame={"kind": "cirlce"}) == ["d.frame.kind: received 'cirlce'; did you mean circle?"]
    assert messages(frame={"kind": "x"}) == ["d.frame.kind: received 'x'; allowed: circle, square, count"]
    assert messages(frame=3) == ["d.frame: should be keys with values; received 3"]


def test_tags_are_not_part_of_the_key() -> None:
    """pydantic puts `circle` between `frame` and `radius`; the user wrote no such key."""
    assert messages(frame={"kind": "circle", "radius": 0}) == ["d.frame.radius: should be greater than 0; received 0"]
    assert messages(frame={"kind": "circle"}) == ["d.frame.radius: missing; it has no default"]
    assert messages(frame={"kind": "square", "sids": []}) == ["d.frame.sids: unknown key; did you mean sides?"]


def test_a_tag_that_is_an_option_of_another_model() -> None:
    """`square` is also an edge that a circle may have."""
    assert messages(shapes=[{"kind": "square", "sides": [1, "2"]}]) == [
        "d.shapes[0].sides[1]: should be a valid number; received '2'"
    ]


def test_nested_tagged_unions() -> None:
    assert messages(frame={"kind": "count", "by": "pionts"}) == ["d.frame.by: received 'pionts'; did you mean points?"]
    assert messages(frame={"kind": "count"}) == [
        "d.frame: missing key by, which says what kind this is; allowed: points, steps"
    ]
    assert messages(frame={"kind": "count", "by": "points", "names": {"a": "noth"}}) == [
        "d.frame.names.a: received 'noth'; did you mean north?"
    ]
    assert messages(frame={"kind": "count", "by": "steps", "names": {}}) == [
        "d.frame.names: unknown key; allowed: kind, by"
    ]


def test_all_errors_are_reported_with_their_keys() -> None:
    assert messages(
        shapes=[{"kind": "circle", "radius": 1}, {"kind": "circle", "radius": -1}, {"kind": "ball"}], x=1
    ) == [
        "d.shapes[1].radius: should be greater than 0; received -1",
        "d.shapes[2].kind: received 'ball'; allowed: circle, square, count",
        "d.x: unknown key; allowed: title, shapes, frame, share, columns and 3 more",
    ]


@pytest.mark.parametrize(
    ("share", "message"),
    [
        (2.5, "should be less than 1; received 2.5"),
        (-1, "should be greater than 0 or greater than or equal to 0; received -1"),
        ("gievn", "received 'gievn'; did you mean given?"),
        ("0.2", "should be a valid number or a valid integer or 'given'; received '0.2'"),
        (None, "should be a valid number or a valid integer or 'given'; received nothing"),
    ],
)
def test_one_message_for_a_value_of_several_types(share: Any, message: str) -> None:
    assert messages(share=share) == [f"d.share: {message}"]


def test_a_misspelt_literal_where_a_mapping_is_allowed_too() -> None:
    assert messages(labels="onehot") == ["d.labels: received 'onehot'; did you mean one_hot?"]
    assert messages(labels={"y": "onehot"}) == ["d.labels.y: received 'onehot'; did you mean one_hot?"]
    assert messages(labels=3) == ["d.labels: should be 'one_hot' or 'integer' or keys with values; received 3"]


def test_of_several_types_the_one_that_fits_furthest_is_reported() -> None:
    assert messages(columns=["a", 1]) == ["d.columns[1]: should be a valid string; received 1"]
    assert messages(columns={"a": ["b", 1]}) == ["d.columns.a[1]: should be a valid string; received 1"]
    assert messages(columns={"a": 1}) == ["d.columns.a: should be a valid string or a valid list; received 1"]
    assert messages(columns=1) == [
        "d.columns: should be a valid string or a valid list or keys with values; received 1"
    ]


def test_a_key_of_the_wrong_type() -> None:
    assert messages(columns={1: "a"}) == ["d.columns[1]: the key should be a valid string; received 1"]


def test_the_message_of_a_models_own_check() -> None:
    assert messages(title="empty") == ["d: an empty drawing; name what it shows"]


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_a_number_is_finite(number: float) -> None:
    """JSON cannot hold infinite numbers or NaN."""
    [text] = messages(frame={"kind": "circle", "radius": number})
    assert text == f"d.frame.radius: should be a finite number; received {number}"


def test_dotted_paths() -> None:
    assert dotted_path(("datasets", "iris", "steps", 0, "by")) == "datasets.iris.steps[0].by"
    assert dotted_path(()) == ""
