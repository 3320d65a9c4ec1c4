"""The page in a real browser: no error, no request elsewhere, nothing wider than the screen, texts with contrast."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.cli.compare.comparison import McNemarEvidence
from stages.cli.compare.page.write_page import write_page
from tests.cli.compare.page.recorded_example import compared, predicted, recorded
from tests.cli.compare.page.test_write_page import changed_flowers, comparison
from tests.inference.serve.browser import Page, browser_page
from tests.inference.serve.test_in_browser import CONTRAST
from tests.report.example_datasets import EXAMPLES, ExampleDataset, flowers
from tests.report.example_forecasts import months

pytestmark = pytest.mark.long

LONG = "a_name_without_a_space_" * 6
SCREENS = [(375, 812), (1280, 900)]


@pytest.fixture(scope="module")
def opened() -> Iterator[Page]:
    with browser_page() as found:
        yield found


@pytest.fixture
def page(opened: Page) -> Iterator[Page]:
    """Every test checks that the console had no error and that the page asked for nothing elsewhere."""
    opened.errors.clear()
    opened.requests.clear()
    yield opened
    assert opened.errors == []
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
    assert opened.requests


def open_page(page: Page, base: ExampleDataset, head: ExampleDataset, screen: tuple[int, int], scheme: str) -> None:
    evidence = McNemarEvidence(only_base_correct=1, only_head_correct=5, p_value=0.21875, rows=30)
    dataset = compared(
        title=LONG,
        parameters=[{"name": f"train.{LONG}", "base": LONG, "head": list(range(60))}],
        checks=[{"name": LONG, "base": "passed", "head": "12 unexpected", "failed": True}],
        drift=[{"column": LONG, "exceeded": ["psi", "ks"]}],
        sizes=[{"name": "bytes of model.keras", "base": 123456789, "head": 987654321}],
        stages=[{"stage": "train", "inputs": ["parameters", "code", "data"], "seconds": 2.25}],
        stale=["report"],
        unknown=[LONG],
    )
    dataset = dataset.model_copy(
        update={"metrics": [m.model_copy(update={"evidence": [evidence]}) for m in dataset.metrics]}
    )
    with recorded(base, head) as (first, second):
        write_page(comparison(dataset, unchanged=[LONG], unknown=[LONG]), first, second, Path("page.html"))
    page.show(*screen, scheme)
    page.open(Path("page.html").absolute().as_uri())


def changed(name: str) -> tuple[ExampleDataset, ExampleDataset]:
    """An example, and one whose predictions are all correct and whose history is another one."""
    make = {**EXAMPLES, "months": months}[name]
    base, head = make(), make()
    columns = {**head.predictions.classes, **head.predictions.values}
    texts = {
        column.replace("_truth", "_predicted"): list(map(str, values))
        for column, values in columns.items()
        if column.endswith("_truth")
    }
    head.predictions = predicted(head.predictions, **texts)
    head.history = head.history.replace("0.5", "0.25")
    return base, head


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", [*EXAMPLES, "months"])
def test_nothing_is_wider_than_the_screen(
    name: str, screen: tuple[int, int], scheme: str, page: Page, repository: Path
) -> None:
    open_page(page, *changed(name), screen, scheme)
    assert page.run("document.documentElement.scrollWidth") == screen[0]
    assert page.run("document.querySelectorAll('.chart').length") > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_enough_contrast(scheme: str, page: Page, repository: Path) -> None:
    """At least 4.5, as WCAG asks for."""
    open_page(page, flowers(), changed_flowers(), (1280, 900), scheme)
    selectors = ("h1", ".lead", "dt", "dd", "thead th", "tbody th", "td a, th a", ".soft", ".good", ".bad", ".pair td")
    for selector in selectors:
        assert page.run(CONTRAST % selector) >= 4.5, selector


def test_the_curves_differ_without_colour(page: Page, repository: Path) -> None:
    open_page(page, flowers(), changed_flowers(), (1280, 900), "light")
    dashes = "getComputedStyle(document.querySelector('.charts .line.%s')).strokeDasharray"
    assert page.run(dashes % "accent") == "none"
    assert page.run(dashes % "muted") != "none"


def test_a_link_leads_to_the_section(page: Page, repository: Path) -> None:
    open_page(page, flowers(), changed_flowers(), (375, 812), "light")
    page.run("document.documentElement.style.scrollBehavior = 'auto'")
    page.run("document.querySelector('table a').click()")
    page.wait("Math.abs(document.querySelector('#dataset-mine').getBoundingClientRect().top) < 2")


def test_parameters_and_marks_on_a_narrow_screen(page: Page, repository: Path) -> None:
    """Both values are whole, and a mark is in the first line of its class."""
    classes = [f"{name} {'of many words ' * 8}" for name in ("setosa", "versicolor", "virginica")]
    open_page(page, flowers(classes), changed_flowers(classes), (375, 812), "light")
    cells = "[...document.querySelectorAll('.setting')]"
    assert page.run(f"{cells}.length") == 2
    assert page.run(f"{cells}.every(cell => cell.getBoundingClientRect().right <= 375)")
    marks = "[...document.querySelectorAll('.marked')]"
    assert page.run(f"{marks}.some(each => each.offsetHeight > 30)")
    top = "getBoundingClientRect().top"
    assert page.run(f"{marks}.every(each => Math.abs(each.firstChild.{top} - each.lastChild.{top}) < 5)")
