"""Pages in a real browser: nothing is wider than the screen, no error, and no request elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.cli.tune.page.write_study_page import write_page
from tests.cli.tune.page.example_studies import STUDIES
from tests.inference.serve.browser import Page, browser_page
from tests.inference.serve.test_in_browser import CONTRAST

pytestmark = pytest.mark.long

SCREENS = [(375, 812), (1280, 900)]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser_page() as opened:
        # The page needs no script; expressions of the test run all the same.
        opened.call("Emulation.setScriptExecutionDisabled", value=True)
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name, study in STUDIES.items():
        write_page(study(), folder / f"{name}.html")
    return folder


@pytest.mark.parametrize("name", STUDIES)
def test_a_page_fits_every_screen(page: Page, folder: Path, name: str) -> None:
    address = (folder / f"{name}.html").as_uri()
    for width, height in SCREENS:
        for scheme in ("light", "dark"):
            page.show(width, height, scheme)
            page.requests.clear()
            page.open(address)
            assert page.run("document.documentElement.scrollWidth") <= width
            assert page.errors == []
            assert page.requests == [address]


def test_the_head_of_the_table_stays_visible(page: Page, folder: Path) -> None:
    page.show(1280, 900)
    page.open((folder / "many_trials.html").as_uri())
    page.run("document.querySelector('.trials').scrollTo(200, 5000)")
    top = "getBoundingClientRect().top"
    table, head = (page.run(f"document.querySelector('{name}').{top}") for name in (".trials", ".trials thead th"))
    assert head == pytest.approx(table, abs=1)
    left = "getBoundingClientRect().left"
    number = page.run(f"document.querySelector('.trials tbody th').{left}")
    assert number == pytest.approx(page.run(f"document.querySelector('.trials').{left}"), abs=1)


def test_what_scrolls_is_reached_by_the_keyboard(page: Page, folder: Path) -> None:
    page.show(800, 900)
    page.open((folder / "many_parameters.html").as_uri())
    scrolling = "[...document.querySelectorAll('body *')].filter(e => e.scrollWidth > e.clientWidth + 1"
    scrolling += " && getComputedStyle(e).overflowX === 'auto')"
    assert page.run(f"{scrolling}.length") >= 2
    assert page.run(f"{scrolling}.every(e => e.tabIndex === 0)")


SCROLLS_SIDEWAYS = """[...document.querySelectorAll(".scroll")]
    .filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel).join()"""


@pytest.mark.parametrize("name", STUDIES)
def test_nothing_scrolls_sideways_on_a_phone(page: Page, folder: Path, name: str) -> None:
    """Each trial is a block there, and the axes of the parameters lie one below another."""
    page.show(375, 812)
    page.open((folder / f"{name}.html").as_uri())
    assert page.run(SCROLLS_SIDEWAYS) == ""


@pytest.mark.parametrize(("name", "whole"), [("usual", True), ("many_trials", False)])
def test_a_phone_shows_all_trials_unless_they_are_many(page: Page, folder: Path, name: str, whole: bool) -> None:
    """A list that scrolls for itself would hide that there are more than those that are visible."""
    page.show(375, 812)
    page.open((folder / f"{name}.html").as_uri())
    hidden = page.run("(e => e.scrollHeight - e.clientHeight)(document.querySelector('.trials'))")
    assert (hidden <= 1) == whole


def test_the_trials_are_wider_than_the_text_where_they_need_it(page: Page, folder: Path) -> None:
    page.show(1280, 900)
    page.open((folder / "long_choices.html").as_uri())
    assert page.run(SCROLLS_SIDEWAYS) == ""
    page.open((folder / "many_parameters.html").as_uri())
    table, text = (page.run(f"document.querySelector('{name}').offsetWidth") for name in (".trials", "main"))
    assert table > text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_enough_contrast(page: Page, folder: Path, scheme: str) -> None:
    """At least 4.5, as WCAG asks for."""
    page.show(1280, 900, scheme)
    page.open((folder / "usual.html").as_uri())
    for selector in (
        ".lead",
        ".comparison .value",
        ".comparison .soft",
        "thead th",
        ".marked td",
        ".marked .soft",
        ".bad",
    ):
        assert page.run(CONTRAST % selector) >= 4.5, selector


def test_tables_are_printed_whole(page: Page, folder: Path) -> None:
    page.show(1280, 900)
    page.open((folder / "many_trials.html").as_uri())
    page.call("Emulation.setEmulatedMedia", media="print")
    assert page.run("getComputedStyle(document.querySelector('.scroll')).overflowX") == "visible"
    assert page.run("document.querySelector('.scroll').clientWidth") > 600
