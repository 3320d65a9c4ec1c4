"""Templates to HTML: what is not there is a fault, and every text is escaped."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(name: str, **content: object) -> str:
    return environment().get_template(name).render(content)


@cache
def environment() -> Environment:
    return Environment(
        loader=PackageLoader("stages.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
