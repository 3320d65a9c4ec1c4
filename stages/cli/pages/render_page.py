"""Renders an HTML page of a command, in the look of the pages that report writes."""

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader

from stages.report.rendering.render_template import page_environment


def render_page(package: str, template: str, **content: object) -> str:
    """A template in the folder `templates` of the package, which can include and import those of report.

    Every text is escaped. A name that the template uses and `content` lacks is an error.
    """
    return _environment(package).get_template(template).render(content)


@cache
def _environment(package: str) -> Environment:
    report = page_environment()
    assert report.loader is not None
    return report.overlay(loader=ChoiceLoader([PackageLoader(package), report.loader]))
