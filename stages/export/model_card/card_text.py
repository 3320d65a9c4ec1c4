"""The model card as Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.core.artefacts.records.evaluation import metric_name
from stages.core.errors import format_examples
from stages.inference.exported.describe_model import describe_target
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.model_card import TOLERANCE, Checks, DataFacts, ModelCard, Results

Row = Sequence[str]


def card_text(card: ModelCard, schema: InputSchema) -> str:
    sections = {
        "What it predicts": predictions(card, schema),
        "Use": use(card, schema),
        "Columns": columns(schema),
        "Data": data(card.data),
        "Results": results(card.results),
        "Limits": limits(card, schema),
        "Files and versions": files_and_versions(card),
    }
    lines = [f"# {escaped(card.title)}", *([escaped(card.about)] if card.about else [])]
    for title, section in sections.items():
        lines += [f"## {title}", *section]
    return "\n\n".join(lines) + "\n"


def predictions(card: ModelCard, schema: InputSchema) -> Iterator[str]:
    yield f"{sentence_list(escaped(describe_target(target)) for target in card.targets)}"
    if schema.kind == "series":
        yield f"A forecast needs the last {schema.rows:,} rows of the series, in the order of time."
    if card.results.intervals:
        levels = [f"{name}: {interval.level:.0%}" for name, interval in card.results.intervals.items()]
        yield f"Each forecast has an interval ({', '.join(levels)})."


def use(card: ModelCard, schema: InputSchema) -> Iterator[str]:
    needs = "" if card.engine == "litert" else " (it needs TensorFlow)"
    yield f"With Python 3.11, 3.12 or 3.13, in this folder{needs}:"
    yield commands(
        "python -m venv .venv && . .venv/bin/activate",
        "pip install --require-hashes -r requirements.txt",
        "python -m model check",
        "python -m model describe",
        f"python -m model predict {example_input(schema)} -o predictions.csv",
    )
    yield "As a service, with the requirements of `requirements-serve.txt`, or with Docker:"
    yield commands("python -m model serve", "docker build -t model . && docker run -p 8000:8000 model")


def example_input(schema: InputSchema) -> str:
    return {"table": "new.csv", "series": "series.csv", "images": "pictures/", "tokens": "texts.txt"}[schema.kind]


def columns(schema: InputSchema) -> Iterator[str]:
    """No values of private columns: the schema has none."""
    rows = [
        (code(c.name), "date" if c.is_time else c.type, known_values(c), "yes" if c.can_be_missing else "no")
        for c in schema.columns
    ]
    yield table(("column", "type", "values in the data", "may be missing"), rows)
    yield "A file can have the columns in any order; other columns are carried along."


def known_values(column: InputColumn) -> str:
    if column.private:
        return "private"
    if column.range is not None:
        return f"{column.range.minimum:.6g} to {column.range.maximum:.6g}, median {column.range.median:.6g}"
    if column.choices is not None:
        return escaped(format_examples(column.choices))
    if column.date_format is not None:
        return escaped(f"written as {column.date_format}")
    return " x ".join(map(str, column.shape)) if column.shape is not None else ""


def data(facts: DataFacts) -> Iterator[str]:
    source = [(escaped(name.replace("_", " ")), escaped(plain(value))) for name, value in sorted(facts.source.items())]
    licence = [] if "licence" in facts.source else [("licence", "not recorded")]
    times = [("period", f"{facts.period[0]} to {facts.period[1]}")] if facts.period else []
    private = [("private columns", ", ".join(map(code, facts.private)))] if facts.private else []
    yield table(("source", ""), [*source, *licence, *times, *private])
    splits = [name for name in (TRAIN, VALIDATION, TEST) if name in facts.samples]
    yield table(("split", "samples"), [(name, f"{facts.samples[name]:,}") for name in splits])
    split = ", ".join(f"{name} {plain(value)}" for name, value in sorted(facts.split.items()))
    yield f"The split: {escaped(split) or 'the default'}. The raw data have {sum(facts.rows.values()):,} rows."


def results(found: Results) -> Iterator[str]:
    yield f"Measured on {found.samples:,} rows of the {found.split} split."
    for target, metrics in found.metrics.items():
        others = {name: by_target[target] for name, by_target in found.baselines.items() if target in by_target}
        title = [f"Target {escaped(target)}:"] if len(found.metrics) > 1 else []
        rows = [
            (name, number(value), *(number(other[name]) if name in other else "" for other in others.values()))
            for name, value in metrics.items()
        ]
        yield from title
        yield table(("metric", "model", *others), rows)
    yield headline_comparison(found)
    if found.seeds is not None:
        seeds = found.seeds
        yield (
            f"Over {seeds.count} seeds: mean {number(seeds.mean)}, standard deviation {number(seeds.spread)}, worst "
            f"{number(seeds.worst)}."
        )
    for name, interval in found.intervals.items():
        yield (
            f"The intervals of {escaped(name)} should hold {interval.level:.0%} of the values, and hold "
            f"{interval.coverage:.1%} of them on the test rows."
        )


def headline_comparison(found: Results) -> str:
    best = found.best_baseline
    name = metric_name(found.headline.target, found.headline.metric, len(found.metrics))
    text = (
        f"{name} ({found.headline.better} is better): {number(found.headline.value)}, and {number(best.value)} of the "
        f"best baseline, {best.name}. The model is "
    )
    if best.improvement == 0:
        return f"{text}as good."
    text += f"{'better' if best.improvement > 0 else 'worse'} by {number(abs(best.improvement))}"
    if best.interval is None:
        return f"{text}. It is not known whether that is chance."
    low, high = best.interval
    chance = "may be chance" if low <= 0 <= high else "is hardly chance"
    return f"{text}, which {chance}: the 95% interval of the improvement is {number(low)} to {number(high)}."


def limits(card: ModelCard, schema: InputSchema) -> Iterator[str]:
    items = [
        "It was measured on rows of the same source and period as its training rows, and on no others.",
        "It also answers rows with values outside those of the data; how good these answers are was not measured.",
        *check_limits(card.checks),
    ]
    if any(column.choices is not None and not column.can_be_missing for column in schema.columns):
        items.append("A category that is not in the training rows may be refused.")
    if card.results.split != "test":
        items.append(f"The metrics are those of the {card.results.split} split; no test rows were held out.")
    items.append(
        f"Its answers differ from those of the Keras model by at most {TOLERANCE:g}: of probabilities as they are, of "
        "values as a share of the largest one."
        if card.engine == "litert"
        else f"It runs with Keras and TensorFlow, since LiteRT cannot run it: {escaped(card.reason or '')}."
    )
    yield "\n".join(f"- {item}" for item in items)


def check_limits(checks: Checks) -> Iterator[str]:
    yield f"Of {checks.expectations} expectations of the data, {checks.failed} failed."
    if checks.duplicates_across_splits:
        yield f"{checks.duplicates_across_splits:,} rows are equal to a row of another split."
    if not checks.profile_accepted:
        yield "No profile of the data was accepted, so that drift is not known."
    elif checks.drifted:
        yield f"Columns that drift from the accepted profile: {escaped(format_examples(checks.drifted))}."
    else:
        yield "The data do not drift from the accepted profile."


def files_and_versions(card: ModelCard) -> Iterator[str]:
    none = "none, since the data have private columns" if card.data.private else "none"
    kept = f"{card.kept_rows:,} held-out rows" if card.kept_rows else none
    libraries = "LiteRT and Keras" if card.engine == "litert" else "Keras"
    yield (
        f"`model/files` has the model for {libraries} ({card.parameters:,} parameters), and the rows of the "
        f"self-check: {kept}. `model/files/manifest.json` has the hash of each file."
    )
    yield table(("made from", "sha256"), [(f"`{name}`", f"`{sha}`") for name, sha in sorted(card.inputs.items())])
    yield table(("raw data", "sha256"), [(f"`{name}`", f"`{sha}`") for name, sha in sorted(card.data.files.items())])
    yield table(("trained with", "version"), sorted(card.versions.items()))


def sentence_list(texts: Iterator[str]) -> str:
    return "It predicts " + "; ".join(texts) + "."


def table(head: Row, rows: Sequence[Row]) -> str:
    """
    >>> print(table(("a", "b"), [("1", "2")]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def code(text: str) -> str:
    """A name of the user as code in a table.

    >>> code("a|b")
    '`a\\\\|b`'
    """
    return "`" + " ".join(text.split()).replace("`", "'").replace("|", "\\|") + "`"


def commands(*lines: str) -> str:
    return "\n".join(["```console", *(f"$ {line}" for line in lines), "```"])


def escaped(text: str) -> str:
    r"""Text of the user in Markdown: in one line, and without characters that mean something there.

    >>> print(escaped("a|b\n*c* <b>"))
    a\|b \*c\* &lt;b&gt;
    """
    line = " ".join(text.split())
    for character in "\\`*_|[]#":
        line = line.replace(character, f"\\{character}")
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(value: Any) -> str:
    """
    >>> plain({"b": [1, 2], "a": 0.5})
    'a 0.5, b 1, 2'
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {plain(part)}" for name, part in sorted(value.items()))
    if isinstance(value, list):
        return ", ".join(map(plain, value))
    return str(value)


def number(value: float) -> str:
    return f"{value:.4g}"
