"""The whole page."""

from collections.abc import Mapping
from html import escape
from importlib.resources import files
from string import Template

from stages.inference.input_schema import InputSchema
from stages.inference.serve.page.fields import form_fields_html

STATIC = files(__package__) / "static"
# The files that the page asks for, and their content types.
STATIC_FILES = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}


def read_static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def render_page(schema: InputSchema, facts: Mapping[str, str], values: Mapping[str, str], answer: str) -> str:
    """The page with a form for one row. `values` are those that were sent, and `answer` the HTML of their answer."""
    rest = {name: text for name, text in facts.items() if name not in ("title", "about")}
    return Template(read_static("page.html")).substitute(
        kind=schema.kind,
        title=escape(facts.get("title", schema.key)),
        about=escape(facts.get("about", "")),
        fields=form_fields_html(schema, values),
        answer=answer,
        facts="".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rest.items()),
    )
