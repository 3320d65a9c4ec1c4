"""Templates are compiled once."""

import pytest
from jinja2 import Environment

from stages.report.rendering import render_template


def test_after_the_templates_are_compiled_no_page_compiles_one(monkeypatch: pytest.MonkeyPatch) -> None:
    render_template.page_environment.cache_clear()
    render_template.compile_templates()

    def compile_again(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Environment, "compile", compile_again)
    environment = render_template.page_environment()
    assert environment.get_template("dataset_page.html").name == "dataset_page.html"
    assert environment.get_template("macros.html").name == "macros.html"
