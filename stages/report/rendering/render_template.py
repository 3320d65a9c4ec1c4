"""Renders the HTML templates."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from stages.report.rendering.format_text import format_percent


def render(template: str, **content: object) -> str:
    """Every text is escaped. A name that the template uses and `content` lacks is an error."""
    return page_environment().get_template(template).render(content)


def compile_templates() -> None:
    """Compile all pages, which takes longer than to render them; the environment keeps them."""
    environment = page_environment()
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


@cache
def page_environment() -> Environment:
    """The settings and filters of all pages, and the templates of report."""
    environment = Environment(
        loader=PackageLoader("stages.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"percent": format_percent, "thousands": "{:,}".format}
    return environment
