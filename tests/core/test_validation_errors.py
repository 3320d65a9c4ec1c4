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
    def _worth_drawing(self) -> "Drawing":
        if self.title == "nothing":
            raise ValueError("a drawing of nothing; name what is on it")
        return self


def told(kind: Any = Drawing, **given: Any) -> list[str]:
    """What a person reads about a drawing that has a title and what is given."""
    with pytest.raises(ValidationError) as caught:
        type_adapter(kind).validate_python({"title": "t"} | given)
    return [str(problem) for problem in parameter_errors(kind, caught.value, ("d",))]


def test_an_unknown_key_is_told_with_the_nearest_one() -> None:
    assert told(tittle="x") == ["d.tittle: unknown key; did you mean title?"]
    assert told(inner={"x": 1}) == ["d.inner.x: unknown key; allowed: depth"]


def test_a_key_is_called_what_the_person_calls_it() -> None:
    assert told(copi={}) == ["d.copi: unknown key; did you mean copy?"]
    assert told(copy={"depht": 1}) == ["d.copy.depht: unknown key; did you mean depth?"]
    assert told(copy={"depth": "1"}) == ["d.copy.depth: should be a valid integer; received '1'"]


def test_a_missing_key() -> None:
    with pytest.raises(ValidationError) as caught:
        type_adapter(Drawing).validate_python({})
    assert [str(p) for p in parameter_errors(Drawing, caught.value)] == ["title: missing; it has no default"]


def test_a_wrong_type_is_told_with_what_was_received() -> None:
    assert told(title=3) == ["d.title: should be a valid string; received 3"]
    assert told(inner={"depth": True}) == ["d.inner.depth: should be a valid integer; received True"]
    assert told(inner=3) == ["d.inner: should be keys with values; received 3"]
    assert told(shapes={"kind": "circle"}) == ["d.shapes: should be a valid list; received {'kind': 'circle'}"]


def test_what_was_received_is_cut_short() -> None:
    [text] = told(title=list(range(100)))
    assert (
        text
        == "d.title: should be a valid string; received [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16..."
    )


def test_the_kind_of_a_shape_is_missing_or_misspelt() -> None:
    assert told(shapes=[{"radius": 1}]) == [
        "d.shapes[0]: missing key kind, which says what kind this is; allowed: circle, square, count"
    ]
    assert told(frame={"kind": "cirlce"}) == ["d.frame.kind: received 'cirlce'; did you mean circle?"]
    assert told(frame={"kind": "x"}) == ["d.frame.kind: received 'x'; allowed: circle, square, count"]
    assert told(frame=3) == ["d.frame: should be keys with values; received 3"]


def test_keys_below_a_kind_do_not_show_the_kind() -> None:
    """pydantic puts `circle` between `frame` and `radius`; the person wrote no such key."""
    assert told(frame={"kind": "circle", "radius": 0}) == ["d.frame.radius: should be greater than 0; received 0"]
    assert told(frame={"kind": "circle"}) == ["d.frame.radius: missing; it has no default"]
    assert told(frame={"kind": "square", "sids": []}) == ["d.frame.sids: unknown key; did you mean sides?"]


def test_a_kind_is_not_taken_for_another_ones_option() -> None:
    """`square` is also an edge that a circle may have."""
    assert told(shapes=[{"kind": "square", "sides": [1, "2"]}]) == [
        "d.shapes[0].sides[1]: should be a valid number; received '2'"
    ]


def test_a_kind_within_a_kind() -> None:
    assert told(frame={"kind": "count", "by": "pionts"}) == ["d.frame.by: received 'pionts'; did you mean points?"]
    assert told(frame={"kind": "count"}) == [
        "d.frame: missing key by, which says what kind this is; allowed: points, steps"
    ]
    assert told(frame={"kind": "count", "by": "points", "names": {"a": "noth"}}) == [
        "d.frame.names.a: received 'noth'; did you mean north?"
    ]
    assert told(frame={"kind": "count", "by": "steps", "names": {}}) == [
        "d.frame.names: unknown key; allowed: kind, by"
    ]


def test_all_mistakes_are_told_at_once_in_their_places() -> None:
    assert told(shapes=[{"kind": "circle", "radius": 1}, {"kind": "circle", "radius": -1}, {"kind": "ball"}], x=1) == [
        "d.shapes[1].radius: should be greater than 0; received -1",
        "d.shapes[2].kind: received 'ball'; allowed: circle, square, count",
        "d.x: unknown key; allowed: title, shapes, frame, share, columns and 3 more",
    ]


@pytest.mark.parametrize(
    ("share", "sentence"),
    [
        (2.5, "should be less than 1; received 2.5"),
        (-1, "should be greater than 0 or greater than or equal to 0; received -1"),
        ("gievn", "received 'gievn'; did you mean given?"),
        ("0.2", "should be a valid number or a valid integer or 'given'; received '0.2'"),
        (None, "should be a valid number or a valid integer or 'given'; received nothing"),
    ],
)
def test_a_value_that_may_be_of_several_types_gets_one_sentence(share: Any, sentence: str) -> None:
    assert told(share=share) == [f"d.share: {sentence}"]


def test_a_misspelt_word_where_a_mapping_would_do_too() -> None:
    assert told(labels="onehot") == ["d.labels: received 'onehot'; did you mean one_hot?"]
    assert told(labels={"y": "onehot"}) == ["d.labels.y: received 'onehot'; did you mean one_hot?"]
    assert told(labels=3) == ["d.labels: should be 'one_hot' or 'integer' or keys with values; received 3"]


def test_of_several_types_the_one_that_gets_furthest_is_meant() -> None:
    assert told(columns=["a", 1]) == ["d.columns[1]: should be a valid string; received 1"]
    assert told(columns={"a": ["b", 1]}) == ["d.columns.a[1]: should be a valid string; received 1"]
    assert told(columns={"a": 1}) == ["d.columns.a: should be a valid string or a valid list; received 1"]
    assert told(columns=1) == ["d.columns: should be a valid string or a valid list or keys with values; received 1"]


def test_a_key_of_the_wrong_type() -> None:
    assert told(columns={1: "a"}) == ["d.columns[1]: the key should be a valid string; received 1"]


def test_a_mistake_in_the_whole_speaks_for_itself() -> None:
    assert told(title="nothing") == ["d: a drawing of nothing; name what is on it"]


@pytest.mark.parametrize("figure", [float("inf"), float("nan")])
def test_a_figure_is_finite(figure: float) -> None:
    """JSON has no word for the others, so nothing that is fitted with them could be written."""
    [text] = told(frame={"kind": "circle", "radius": figure})
    assert text == f"d.frame.radius: should be a finite number; received {figure}"


def test_keys_as_a_person_writes_them() -> None:
    assert dotted_path(("datasets", "iris", "steps", 0, "by")) == "datasets.iris.steps[0].by"
    assert dotted_path(()) == ""
