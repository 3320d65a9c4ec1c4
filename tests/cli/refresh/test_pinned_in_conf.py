"""Hashes and sizes in conf/ are replaced where they stand; everything else of a file stays."""

from pathlib import Path

import pytest
import yaml

from stages.cli.refresh.pinned_in_conf import files_with_hashes, other_datasets, sizes_of, with_current
from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import Composition, compose
from stages.core.errors import UserError
from stages.download.current_hashes import CurrentFile, pinned_hashes
from tests.cli.test_compose import ROOT

OLD, OTHER, NEW = "a" * 63 + "1", "b" * 63 + "2", "c" * 63 + "3"
SOURCE = f"""\
# Prices in €; the hash is {OLD}.
source: http
format: {{format: csv}}
files:
  train: {{urls: ["https://example.org/a.csv"], size: 8, sha256: "{OLD}"}}   # the first years
  test:
    urls: [https://example.org/b.csv]
    size: 8
    sha256: {OTHER}
"""
DATASET = """\
defaults:
  - /source@download: prices
  - _self_
preprocess: {targets: a, split: {test: given}}
train: {model: {kind: mlp, units: [1]}, epochs: 1, batch: 1, output: linear, loss: mse, optimizer: {kind: sgd}}
evaluate: {headline: rmse, baselines: [linear]}
report: {title: A}
"""


@pytest.fixture
def prices(clone: Path) -> Path:
    """A source that two datasets of the suite share, and a dataset of no suite."""
    source = clone / "conf/source/prices.yaml"
    source.write_text(SOURCE, encoding="utf-8")
    for key in ("mine", "yours", "elsewhere"):
        (clone / f"conf/dataset/{key}.yaml").write_text(DATASET)
    suite = clone / "conf/suite/starter.yaml"
    entries = "".join(f"  - /dataset@datasets.{key}: {key}\n" for key in ("mine", "yours"))
    suite.write_text(suite.read_text().replace("suite: starter", f"{entries}suite: starter"))
    return source.relative_to(clone)


def test_one_hash_and_its_size_are_replaced(prices: Path) -> None:
    text = with_current(prices, {OLD: NEW}, {OLD: (8, 1234)})
    assert text == SOURCE.replace(f'size: 8, sha256: "{OLD}"', f'size: 1234, sha256: "{NEW}"')


def test_line_ends_stay(prices: Path) -> None:
    prices.write_bytes(SOURCE.replace("\n", "\r\n").encode())
    text = with_current(prices, {OTHER: NEW}, {})
    assert text == SOURCE.replace(OTHER, NEW).replace("\n", "\r\n")


def test_a_hash_that_an_alias_repeats(prices: Path) -> None:
    prices.write_text(f"train: &file {{path: a.csv, sha256: {OLD}}}\ntest: *file\n")
    assert with_current(prices, {OLD: NEW}, {}).count(NEW) == 1


def test_sizes_belong_to_the_pinned_hash() -> None:
    files = {"a": CurrentFile("a.csv", {OLD: NEW}, (8, 9)), "b": CurrentFile("b.csv", {OTHER: OTHER})}
    assert sizes_of(files) == {OLD: (8, 9)}


def test_the_shared_file_and_the_datasets_that_read_it(prices: Path) -> None:
    composition = compose()
    assert files_with_hashes("mine", {OLD: NEW}, composition) == [prices]
    assert other_datasets("mine", {OLD: NEW}, [prices], composition) == ["yours", "elsewhere"]


def test_the_file_that_overrides_a_source(prices: Path) -> None:
    dataset = Path("conf/dataset/mine.yaml")
    dataset.write_text(DATASET + f"download: {{files: {{test: {{sha256: {NEW}}}}}}}\n")
    composition = compose()
    assert files_with_hashes("mine", {NEW: OTHER}, composition) == [dataset]
    assert files_with_hashes("mine", {OLD: OTHER, NEW: OTHER}, composition) == [prices, dataset]
    assert other_datasets("mine", {NEW: OTHER}, [dataset], composition) == []


def test_a_hash_that_conf_puts_together_is_not_replaced(prices: Path) -> None:
    """The comment that has the hash too does not count."""
    prices.write_text(SOURCE.replace(f'sha256: "{OLD}"', 'sha256: "${digest}"'))
    composition = Composition(
        compose_text(OLD), {"dataset@datasets.mine": "mine", "source@datasets.mine.download": "prices"}
    )
    with pytest.raises(UserError, match=r"conf/source/prices\.yaml \(aaaaaaaaaaaa\.\.\.\): .* edit it by hand"):
        files_with_hashes("mine", {OLD: NEW}, composition)


def compose_text(digest: str) -> dict[str, object]:
    download = yaml.safe_load(SOURCE)
    download["files"]["train"]["sha256"] = digest
    return {"datasets": {"mine": {"download": download}}}


def test_the_hashes_of_every_dataset_of_this_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stands in one file; in its new text, parsed, nothing but the hash is different."""
    monkeypatch.chdir(ROOT)
    composition = compose(overrides=["suite=full"])
    suite = check_parameters(composition)
    pinned = {key: pinned_hashes(dataset.download) for key, dataset in suite.datasets.items()}
    assert sum(map(bool, pinned.values())) > 5
    for key, digests in pinned.items():
        for digest in digests:
            [file] = files_with_hashes(key, {digest: NEW}, composition)
            texts = file.read_text(), with_current(file, {digest: NEW}, {})
            before, after = (str(yaml.safe_load(text)) for text in texts)
            assert after == before.replace(digest, NEW)
            assert digest in before
