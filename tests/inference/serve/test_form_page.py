"""The page without JavaScript: a form of the columns, and its answer."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.number_columns import NumberColumns
from stages.inference.input_schema import InputColumn, InputSchema, NumberRange
from stages.inference.serve.create_app import create_app
from stages.inference.serve.options import ServeOptions
from stages.inference.serve.page.fields import form_fields_html
from tests.inference.serve.small_models import LEVELS, SIZES, levels_predictor, sizes_predictor
from tests.inference.serve.started_server import Answer, Client, started

FORM = "application/x-www-form-urlencoded"
EVIL = '"><script>alert(1)</script>'


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the ids that there are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]


def send(client: Client, path: str = "/", **fields: Any) -> Answer:
    return client.post(path, urlencode(fields).encode(), FORM)


def answer_of(html: str) -> str:
    found = re.search(r'<section id="answer".*?</section>', html, re.DOTALL)
    assert found is not None
    return found[0]


def test_every_column_has_a_field_with_a_label(client: Client) -> None:
    page = Elements(client.get("/").text)
    fields = page.of("input")
    assert [field["name"] for field in fields] == ["length", "width"]
    assert {field["type"] for field in fields} == {"number"}
    assert all("required" in field and field["step"] == "any" for field in fields)
    assert {label["for"] for label in page.of("label")} == {field["id"] for field in fields}
    ids = [attributes.get("id") for _, attributes in page.found if attributes.get("id")]
    assert len(ids) == len(set(ids))
    assert {field["aria-describedby"] for field in fields} <= set(ids)


def test_the_page_asks_for_nothing_elsewhere(client: Client) -> None:
    for path in ("/", "/page.css", "/page.js"):
        assert not re.search(r"(https?:)?//(?!www\.w3\.org)[a-z]", client.get(path).text)


def test_no_style_or_script_is_within_the_page(client: Client) -> None:
    page = Elements(send(client, length=3, width=3).text)
    assert not page.of("style")
    assert all("src" in script for script in page.of("script"))
    assert not [name for _, attributes in page.found for name in attributes if name == "style" or name.startswith("on")]


def test_the_answer_is_on_the_page_with_the_values_that_were_sent(client: Client) -> None:
    answer = send(client, length="3", width="2.5")
    assert answer.status == 200
    assert [field["value"] for field in Elements(answer.text).of("input")] == ["3", "2.5"]
    shown = answer_of(answer.text)
    assert '<p class="value">large</p>' in shown
    assert "62.2%" in shown
    assert "small &lt;b&gt;" in shown


def test_a_part_is_the_answer_alone(client: Client) -> None:
    answer = send(client, "/?part=answer", length=3, width=3)
    assert answer.text.startswith("<h2>size</h2>")
    assert "<form" not in answer.text


@pytest.mark.parametrize("fields", [{"length": "", "width": "3"}, {"length": "3"}, {"length": EVIL, "width": "1"}])
def test_what_is_wrong_is_said_on_the_page(client: Client, fields: dict[str, str]) -> None:
    answer = send(client, **fields)
    assert answer.status == 422
    assert "No prediction" in answer_of(answer.text)
    assert re.search("<li><b>(length|width)</b>: [^<]+</li>", answer_of(answer.text))
    assert EVIL not in answer.text
    assert Elements(answer.text).of("input")[0]["value"] == fields["length"]


def test_a_body_that_is_no_form_is_refused_on_the_page(client: Client) -> None:
    assert client.post("/", b"{}", "application/json").status == 415
    assert client.post("/", b"length", FORM).status == 400
    assert client.post("/", b"x=" + b"1" * 200_000, FORM).status == 413


def column(**facts: Any) -> InputSchema:
    return InputSchema(key="k", kind="table", columns=[InputColumn(**facts)])


@pytest.mark.parametrize(
    ("facts", "tag", "expected"),
    [
        ({"type": "number"}, "input", {"type": "number", "step": "any", "required": None}),
        ({"type": "number", "can_be_missing": True}, "input", {"type": "number", "required": "absent"}),
        ({"type": "boolean"}, "select", {"required": None}),
        ({"type": "text", "choices": ["a", "b"]}, "select", {"required": None}),
        ({"type": "number", "choices": ["1", "2"]}, "select", {}),
        ({"type": "text", "choices": [str(n) for n in range(50)]}, "input", {"list": "field-0-list"}),
        ({"type": "text"}, "textarea", {"rows": "2"}),
        ({"type": "words"}, "textarea", {"rows": "6"}),
        ({"type": "time"}, "input", {"type": "date"}),
        ({"type": "time", "date_format": "%d.%m.%Y"}, "input", {"type": "text"}),
        ({"type": "text", "date_format": "ISO 8601"}, "input", {"type": "date"}),
        ({"type": "text", "date_format": "%d.%m.%Y"}, "input", {"type": "text"}),
    ],
)
def test_a_column_has_the_field_of_its_kind(facts: dict[str, Any], tag: str, expected: dict[str, str | None]) -> None:
    [field] = Elements(form_fields_html(column(name="x", **facts), {})).of(tag)
    assert field["name"] == "x"
    for name, value in expected.items():
        assert field.get(name, "absent") == value


def test_names_and_values_are_escaped() -> None:
    schema = InputSchema(
        key="k",
        kind="table",
        columns=[
            InputColumn(name=EVIL, type="text", choices=[EVIL]),
            InputColumn(name=f"{EVIL}2", type="number", range=NumberRange(minimum=0, median=1, maximum=2)),
            InputColumn(name=f"{EVIL}3", type="time", date_format=EVIL),
            InputColumn(name=f"{EVIL}4", type="picture"),
        ],
    )
    html = form_fields_html(schema, {column.name: EVIL for column in schema.columns})
    assert "<script" not in html
    assert Elements(html).of("select")[0]["name"] == EVIL


def test_a_choice_stays_chosen() -> None:
    html = form_fields_html(column(name="x", type="text", choices=["a", "b"]), {"x": "b"})
    assert re.findall(r'<option value="(\w*)" selected', html) == ["b"]


@pytest.mark.parametrize("separator", [",", "\t"], ids=["csv", "spreadsheet"])
def test_a_series_is_pasted(separator: str) -> None:
    options = ServeOptions()
    lines = [["day", "level"], *([f"2024-01-0{n}", f"{n}.5"] for n in range(1, 5))]
    text = "\n".join(separator.join(line) for line in lines)
    with started(create_app(LEVELS, levels_predictor(), options, {}), options) as client:
        page = client.get("/").text
        answer = send(client, rows=text)
        other = send(client, length=1)
    assert [field["name"] for field in Elements(page).of("textarea")] == ["rows"]
    assert "day,level" in page
    assert answer.status == 200
    assert '<th scope="row">2024-01-05</th><td>5.5</td>' in answer.text
    assert '<svg class="chart"' in answer.text
    assert other.status == 422


def test_a_page_without_facts_has_the_key_as_title() -> None:
    options = ServeOptions()
    with started(create_app(SIZES, sizes_predictor(), options, {}), options) as client:
        assert "<h1>sizes</h1>" in client.get("/").text


def test_a_field_with_the_name_of_the_steps_of_a_forecast_is_carried_along() -> None:
    """The answer is a value, not a forecast."""
    value = TargetSpec(column=NumberColumns(columns=["weight"]))
    sizes = sizes_predictor(lambda inputs: {"weight": inputs["x"][:, :1]})
    predictor = replace(sizes, fitted=sizes.fitted.model_copy(update={"targets": {"weight": value}}))
    with started(create_app(SIZES, predictor, ServeOptions(), {}), ServeOptions()) as client:
        answer = send(client, "/?part=answer", length=1, width=2, step=3)
    assert (answer.status, answer.text) == (200, '<h2>weight</h2><p class="value">1</p>')
