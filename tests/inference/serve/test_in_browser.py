"""The page in a real browser: filled, sent, answered, without an error and without a request elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.inference.serve.create_app import create_app
from stages.inference.serve.options import ServeOptions
from tests.inference.serve.browser import Page, browser_page
from tests.inference.serve.small_models import LEVELS, SIZES, levels_predictor, sizes_predictor
from tests.inference.serve.started_server import Client, started

pytestmark = pytest.mark.long

OPTIONS = ServeOptions()
SIZES_OF_SCREENS = [(390, 844), (1280, 900)]
ROWS = "day\tlevel\n" + "\n".join(f"2024-01-0{n}\t{n}" for n in range(1, 6))
ANSWER = "document.getElementById('answer').innerText"


@pytest.fixture(scope="module")
def opened() -> Iterator[Page]:
    with browser_page() as found:
        yield found


@pytest.fixture
def page(opened: Page) -> Iterator[Page]:
    """Every test checks that the console had no error and that the page asked for nothing elsewhere."""
    opened.errors.clear()
    opened.requests.clear()
    opened.call("Emulation.setScriptExecutionDisabled", value=False)
    opened.show(1280, 900)
    yield opened
    assert opened.errors == []
    assert opened.requests
    elsewhere = [url for url in opened.requests if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert elsewhere == []


@pytest.fixture(scope="module")
def sizes() -> Iterator[Client]:
    facts = {"title": "Sizes", "about": "Large or small.", "licence": "MIT"}
    with started(create_app(SIZES, sizes_predictor(), OPTIONS, facts), OPTIONS) as client:
        yield client


@pytest.fixture(scope="module")
def levels() -> Iterator[Client]:
    with started(create_app(LEVELS, levels_predictor(), OPTIONS, {}), OPTIONS) as client:
        yield client


def address(client: Client) -> str:
    return f"http://127.0.0.1:{client.port}/"


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.run(f"document.getElementsByName({name!r})[0].value = {value!r}")


def press_button(page: Page) -> None:
    page.run("document.querySelector('button[type=submit]').click()")


def test_a_table_is_filled_sent_and_answered(page: Page, sizes: Client) -> None:
    page.open(address(sizes))
    fill(page, length="3", width="3")
    press_button(page)
    page.wait(f"{ANSWER}.includes('73.1%')")
    assert page.run("document.querySelector('.value').innerText") == "large"
    # The script answers in place; the page was loaded once.
    assert page.run("performance.getEntriesByType('navigation').length") == 1
    assert page.run("document.getElementsByName('length')[0].value") == "3"


def test_a_table_is_answered_without_javascript(page: Page, sizes: Client) -> None:
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.open(address(sizes))
    assert page.run("document.getElementById('example').hidden")
    fill(page, length="1", width="1")
    page.submit()
    assert page.run("document.querySelector('.value').innerText") == "small <b>"


def test_the_keyboard_is_enough(page: Page, sizes: Client) -> None:
    page.open(address(sizes))
    page.press("Tab", "3", "Tab", "2.5", "Enter")
    page.wait(f"{ANSWER}.includes('62.2%')")


def test_an_example_is_filled_in(page: Page, sizes: Client) -> None:
    page.open(address(sizes))
    page.run("document.getElementById('example').click()")
    press_button(page)
    page.wait(f"{ANSWER}.includes('50%')")


def test_the_browser_asks_for_a_field_that_is_empty(page: Page, sizes: Client) -> None:
    page.open(address(sizes))
    press_button(page)
    assert page.run("document.querySelectorAll('input:invalid').length") == 2
    assert page.run("document.activeElement.name") == "length"


def test_what_is_wrong_is_said_in_place(page: Page, levels: Client) -> None:
    page.open(address(levels))
    fill(page, rows="day,level\n2024-01-01,high")
    press_button(page)
    page.wait(f"{ANSWER}.includes('No prediction')")
    assert page.run("document.querySelectorAll('.problems li').length") == 1


def test_a_server_that_has_stopped_is_said(opened: Page) -> None:
    with started(create_app(SIZES, sizes_predictor(), OPTIONS, {}), OPTIONS) as client:
        opened.open(address(client))
        fill(opened, length="3", width="3")
    press_button(opened)
    opened.wait(f"{ANSWER}.includes('does not answer')")
    # The browser itself reports the lost connection.
    opened.errors.clear()


def test_a_series_is_pasted_and_drawn(page: Page, levels: Client) -> None:
    page.open(address(levels))
    fill(page, rows=ROWS)
    press_button(page)
    page.wait(f"{ANSWER}.includes('2024-01-07')")
    assert page.run("document.querySelectorAll('#answer polyline').length") == 2
    assert page.run("[...document.querySelectorAll('#answer td')].map(e => e.innerText)") == ["6", "7"]


def test_a_series_is_taken_from_a_file(page: Page, levels: Client, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("day,level\n2024-01-01,1\n2024-01-02,2\n2024-01-03,4\n")
    page.open(address(levels))
    page.choose_file("#rows-file", tmp_path / "new.csv")
    page.wait("document.getElementById('rows').value")
    press_button(page)
    page.wait(f"{ANSWER}.includes('2024-01-04')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES_OF_SCREENS)
def test_nothing_is_wider_than_the_screen(
    page: Page, sizes: Client, levels: Client, width: int, height: int, scheme: str
) -> None:
    page.show(width, height, scheme)
    for client, fields in ((sizes, {"length": "3", "width": "3"}), (levels, {"rows": ROWS})):
        page.open(address(client))
        fill(page, **fields)
        press_button(page)
        page.wait(f"!{ANSWER}.includes('appears here')")
        assert page.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_enough_contrast(page: Page, sizes: Client, scheme: str) -> None:
    """At least 4.5, as WCAG asks for."""
    page.show(1280, 900, scheme)
    page.open(address(sizes))
    fill(page, length="3", width="3")
    press_button(page)
    page.wait(f"{ANSWER}.includes('73.1%')")
    for selector in ("h1", ".lead", "label", "small", "input", "button", ".value", ".name", ".text", "footer a", "dt"):
        assert page.run(CONTRAST % selector) >= 4.5, selector


CONTRAST = """(() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (n) => n <= .03928 ? n / 12.92 : ((n + .055) / 1.055) ** 2.4;
  const light = (text) => {
    const [r, g, b] = channels(text).map((n) => linear(n / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const element = document.querySelector(%r);
  let behind = element;
  while (behind && (channels(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
  const pair = [getComputedStyle(element).color, getComputedStyle(behind ?? document.body).backgroundColor].map(light);
  return (Math.max(...pair) + .05) / (Math.min(...pair) + .05);
})()"""
