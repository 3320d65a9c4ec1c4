"""Renders an HTML page of a command, in the look of the pages that report writes."""

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from stages.report.format_text import format_percent


def render_page(package: str, template: str, **content: object) -> str:
    """A template in the folder `templates` of the package, which can include and import those of report.

    Every text is escaped. A name that the template uses and `content` lacks is an error.
    """
    return _environment(package).get_template(template).render(content)


@cache
def _environment(package: str) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("stages.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"percent": format_percent, "thousands": "{:,}".format}
    return environment
