"""From a file of one's own to a page: `restage new`, then `restage run`, without an edit by hand."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.core.own_model.example_files import FILES as MODEL_FILES
from tests.download.fetch.other_repository import make_other_repository
from tests.stories.repo import Repo

RANDOM = np.random.default_rng(0)
ROWS = 90


def measures() -> pd.DataFrame:
    kind = np.arange(ROWS) % 3
    frame = pd.DataFrame({"length": kind * 2 + RANDOM.normal(4, 0.3, ROWS), "width": RANDOM.normal(3, 0.3, ROWS)})
    return frame.round(2).assign(kind=[["aster", "rose", "tulip"][n] for n in kind])


def days(rows: int = ROWS) -> pd.DatetimeIndex:
    return pd.date_range("2024-01-01", periods=rows)


def numbers_with_a_header(folder: Path) -> list[str]:
    measures().to_csv(folder / "own.csv", index=False)
    return ["own.csv", "--target", "kind"]


def numbers_without_a_header(folder: Path) -> list[str]:
    measures()[["length", "width"]].to_csv(folder / "own.data", index=False, header=False)
    return ["own.data", "--target", "column2"]


def series_of_days(folder: Path) -> list[str]:
    frame = pd.DataFrame({"day": days().strftime("%Y-%m-%d"), "price": np.sin(np.arange(ROWS) / 5).round(3)})
    frame.to_csv(folder / "own.csv", index=False)
    return ["own.csv", "--target", "price", "--time", "day"]


def gaps_and_mixed_kinds(folder: Path) -> list[str]:
    frame = measures().assign(
        person_id=range(ROWS),
        joined=days().strftime("%m/%d/%Y"),
        member=["yes", "no"] * (ROWS // 2),
        town=[["Ulm", "Bonn", "Kiel"][n % 3 if n % 7 else 0] for n in range(ROWS)],
    )
    frame.loc[[2, 30, 61], "width"] = np.nan
    frame.loc[[4, 40], "town"] = None
    frame.to_csv(folder / "own.csv", index=False)
    return ["own.csv", "--target", "length"]


def rows_of_the_test_in_a_file(folder: Path) -> list[str]:
    measures().to_csv(folder / "own.csv", index=False)
    measures().iloc[:30].to_csv(folder / "test.csv", index=False)
    return ["own.csv", "--target", "kind", "--test", "test.csv"]


def semicolons_and_decimal_commas(folder: Path) -> list[str]:
    measures()[["length", "width"]].to_csv(folder / "own.csv", index=False, sep=";", decimal=",")
    return ["own.csv", "--target", "width"]


def columns_between_blanks(folder: Path) -> list[str]:
    lines = [f"{length:6.2f}   {width:6.2f}\t{kind}\n" for length, width, kind in measures().itertuples(index=False)]
    (folder / "own.data").write_text("".join(lines))
    return ["own.data", "--target", "column3"]


def messages_with_a_label(folder: Path) -> list[str]:
    words = {"spam": "win a free prize call now", "ham": "see you at lunch today"}
    lines = [f"{label}\t{words[label]} number {n}\n" for n, label in enumerate(["ham", "spam", "ham"] * 30)]
    (folder / "own.tsv").write_text("".join(lines))
    return ["own.tsv", "--target", "column1", "--text", "column2"]


def months_without_a_century(folder: Path) -> list[str]:
    months = [f'"{year}-{month:02}",{200 + 10 * year + month}.5\n' for year in range(1, 9) for month in range(1, 13)]
    (folder / "own.csv").write_text('"Month","Sales"\n' + "".join(months))
    return ["own.csv", "--target", "Sales", "--time", "Month"]


def prices_newest_first(folder: Path) -> list[str]:
    prices = 100 + np.cumsum(RANDOM.normal(0, 1, ROWS)).round(2)
    written = [f"{day.month}/{day.day}/{day.year},${price:.2f}\n" for day, price in zip(days(), prices, strict=True)]
    (folder / "own.csv").write_text("Date,Close\n" + "".join(reversed(written)))
    return ["own.csv", "--target", "Close", "--time", "Date"]


def a_class_and_a_value(folder: Path) -> list[str]:
    measures().to_csv(folder / "own.csv", index=False)
    return ["own.csv", "--target", "kind", "--target", "length"]


def rows_in_groups(folder: Path) -> list[str]:
    frame = measures().assign(plant=[f"{kind} {n // 9}" for n, kind in enumerate(measures()["kind"])])
    frame.to_csv(folder / "own.csv", index=False)
    return ["own.csv", "--target", "kind", "--group", "plant"]


def series_with_columns_of_all_kinds(folder: Path) -> list[str]:
    frame = pd.DataFrame({"day": days().strftime("%Y-%m-%d"), "price": np.sin(np.arange(ROWS) / 5).round(3)})
    frame = frame.assign(
        weekend=["yes" if n % 7 > 4 else "no" for n in range(ROWS)],
        shop=[["Ulm", "Bonn", "Kiel"][n % 3] for n in range(ROWS)],
        delivered=(days() + pd.Timedelta(days=2)).strftime("%m/%d/%Y"),
        sold=["sold" if n % 5 else "left over" for n in range(ROWS)],
        remark=[f"the remark of day {n}" for n in range(ROWS)],
    )
    frame.to_csv(folder / "own.csv", index=False)
    return ["own.csv", "--target", "sold", "--target", "price", "--time", "day"]


def with_own_model(file: Callable[[Path], list[str]]) -> Callable[[Path], list[str]]:
    def options(folder: Path) -> list[str]:
        return [*file(folder), "--model", "conf/models/mine.py:build"]

    options.__name__ = f"{file.__name__}_by_an_own_model"
    return options


def json_lines_with_nested_objects(folder: Path) -> list[str]:
    rows = measures().assign(member=np.arange(ROWS) % 2 == 0)
    lines = [
        json.dumps({"size": {"length": row.length, "width": row.width}, "member": bool(row.member), "kind": row.kind})
        for row in rows.itertuples()
    ]
    (folder / "own.jsonl").write_text("\n".join(lines) + "\n")
    return ["own.jsonl", "--target", "kind"]


def a_sheet_of_a_workbook(folder: Path) -> list[str]:
    with pd.ExcelWriter(folder / "own.xlsx") as writer:
        pd.DataFrame({"note": ["made by hand"]}).to_excel(writer, sheet_name="Notes", index=False)
        frame = measures().assign(picked=days(), member=np.arange(ROWS) % 2 == 0)
        frame.to_excel(writer, sheet_name="Flowers", index=False, startrow=2)
    return ["own.xlsx", "--target", "kind", "--sheet", "Flowers"]


FILES: list[Callable[[Path], list[str]]] = [
    numbers_with_a_header,
    numbers_without_a_header,
    series_of_days,
    gaps_and_mixed_kinds,
    rows_of_the_test_in_a_file,
    semicolons_and_decimal_commas,
    columns_between_blanks,
    messages_with_a_label,
    months_without_a_century,
    prices_newest_first,
    a_class_and_a_value,
    rows_in_groups,
    series_with_columns_of_all_kinds,
    with_own_model(numbers_with_a_header),
    with_own_model(a_class_and_a_value),
    with_own_model(series_with_columns_of_all_kinds),
    json_lines_with_nested_objects,
    a_sheet_of_a_workbook,
]
QUICK = (numbers_with_a_header,)


def short(repo: Repo) -> None:
    """The training of a story takes three epochs: what is tested is that each stage accepts what was written."""
    repo.append("conf/suite/starter.yaml", "  own:\n    train: {epochs: 3, early_stopping: null}\n")


def cases() -> Iterator[Any]:
    for file in FILES:
        marks = [] if file in QUICK else [pytest.mark.long]
        yield pytest.param(file, marks=marks, id=file.__name__)


@pytest.mark.parametrize("file", list(cases()))
def test_a_file_becomes_a_page(file: Callable[[Path], list[str]], repo: Repo, tmp_path: Path) -> None:
    """The file lies outside the repository, so that it is copied and tracked by DVC."""
    name, *options = file(tmp_path)
    options = [str(tmp_path / option) if option == "test.csv" else option for option in options]
    for model_file, text in MODEL_FILES.items():
        repo.write(f"conf/models/{model_file}", text)
    repo.restage("new", str(tmp_path / name), "--key", "own", *options)
    short(repo)
    repo.restage("run", "--no-preload", "own")
    assert json.loads(repo.read("reports/metrics/own.json"))
    assert "<title>" in repo.read("reports/pages/own.html")
    repo.restage("run", "--no-preload")
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0


@pytest.mark.long
def test_a_file_of_another_repository_becomes_a_page(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first run the file is in the cache of downloads, and the other repository is not needed."""
    monkeypatch.setenv("RESTAGE_CACHE", str(tmp_path / "cache"))
    other = make_other_repository(tmp_path / "other", first=measures().to_csv(index=False).encode())
    repo.restage("new", "data/prices.csv", "--repo", str(other.path), "--rev", "v1", "--key", "own", "--target", "kind")
    short(repo)
    repo.restage("run", "own")
    assert str(other.path) in repo.read("reports/pages/own.html")
    other.path.rename(tmp_path / "elsewhere")
    repo.edit("conf/dataset/own.yaml", "source: dvc", "source: dvc\n  licence: of the team")
    assert "download@own" in repo.restage("run", "own").stdout
    assert "of the team" in repo.read("reports/pages/own.html")


@pytest.mark.long
def test_a_colleague_and_verify_have_the_copied_data(repo: Repo, tmp_path: Path) -> None:
    name, *options = numbers_with_a_header(tmp_path)
    repo.restage("new", str(tmp_path / name), *options)
    short(repo)
    repo.restage("run", "--no-preload")
    repo.commit("Own data")
    assert "differs" not in repo.restage("verify", "own").stdout
    repo.dvc("remote", "add", "--default", "team", str(tmp_path / "remote"))
    repo.dvc("push", "data/own.csv.dvc")
    (repo.path / "data/own.csv").unlink()
    assert repo.restage("run").stdout.startswith("nothing to run")
    repo.edit("conf/dataset/own.yaml", "source: file", "source: file\n  licence: my own")
    assert "`dvc pull data/own.csv.dvc` fetches it" in repo.restage("run", "own", ok=False).stdout
    repo.dvc("pull", "data/own.csv.dvc")
    repo.restage("run", "--no-preload")
