"""The words for what differs besides the metrics, the same in the terminal, Markdown, pages and notebooks."""

from collections.abc import Mapping, Sequence
from typing import Any

from stages.cli.compare.comparison import (
    CheckChange,
    Comparison,
    DatasetComparison,
    DriftChange,
    MeasuredRows,
    ParameterChange,
    RevisionName,
    SizeChange,
    StageChange,
    SuiteChange,
)
from stages.cli.compare.facts.validation_changes import PASSED
from stages.cli.revisions.snapshot import SHORT_COMMIT
from stages.cli.shorten_hashes import shorten_hashes
from stages.cli.tune.yaml_text import value_text
from stages.core.artefacts.records.evaluation import BestBaseline
from stages.core.errors import format_examples
from stages.report.rendering.format_text import count, format_number

NOT_SET = "not set"
STALE, INVALID = "stale", "validation fails"
# What differs is named beside the headline if it is so few and short.
MAX_NAMED, MAX_NAMED_LENGTH = 2, 60
MAX_VALUE_LENGTH = 120
LENGTH_BEFORE_DIFFERENCE = 20
GATE = "evaluate.gate"
# Results of the checks of validate that found nothing.
NOTHING_FOUND = (PASSED, "0", "0 pairs")


def describe_revisions(comparison: Comparison) -> str:
    """Base and head, with what tells each from others of its name."""
    names = (describe_commit(revision) for revision in (comparison.base, comparison.head))
    return " → ".join(f"{name} ({details})" if details else name for name, details in names)


def describe_revision(revision: RevisionName) -> str:
    """Within a sentence.

    >>> describe_revision(RevisionName(name="main", commit="0123456789ab", title="Add wine"))
    'main (01234567)'
    """
    if revision.commit is None:
        return f"the {revision.name}"
    if revision.commit.startswith(revision.name):
        return revision.name
    return f"{revision.name} ({revision.commit[:SHORT_COMMIT]})"


def describe_commit(revision: RevisionName) -> tuple[str, str]:
    """The name, and what tells the state from others of this name.

    >>> describe_commit(RevisionName(name="0123456", commit="0123456789ab", title="Add wine"))
    ('0123456', 'Add wine')
    >>> describe_commit(RevisionName(name="working tree", commit=None, uncommitted=2))
    ('working tree', '2 files not committed')
    >>> describe_commit(RevisionName(name="0123456", commit="0123456789ab", title="Add wine", main_branch="main"))
    ('0123456', 'Add wine, last commit in common with main')
    """
    if revision.commit is None:
        return revision.name, f"{count(revision.uncommitted, 'file')} not committed" if revision.uncommitted else ""
    is_name = revision.commit.startswith(revision.name)
    common = f"last commit in common with {revision.main_branch}" if revision.main_branch else ""
    details = ["" if is_name else revision.commit[:SHORT_COMMIT], revision.title, common]
    return revision.name, ", ".join(filter(None, details))


def describe_stale(comparison: Comparison) -> list[str]:
    """Sentences on the revisions whose results are not those of their parameters, code and data."""
    both = {d.key: d.stale for d in comparison.datasets if d.stale and d.stale == d.base_stale}
    of_base = {d.key: d.base_stale for d in comparison.datasets if d.base_stale and d.key not in both}
    of_head = {d.key: d.stale for d in comparison.datasets if d.stale and d.key not in both}
    return [
        f"the results of {whose} are not those of {its} parameters, code and data: "
        f"{describe_stale_stages(stale)}{solution}"
        for whose, its, stale, solution in (
            ("both revisions", "their", both, _run_again(comparison, both)),
            (describe_revision(comparison.base), "its", of_base, ""),
            (describe_revision(comparison.head), "its", of_head, _run_again(comparison, of_head)),
        )
        if stale
    ]


def describe_stale_stages(stale: Mapping[str, Sequence[str]]) -> str:
    """By dataset.

    >>> describe_stale_stages({"a": ["train", "evaluate"], "b": ["report"], "c": ["train", "evaluate"]})
    'a, c (train, evaluate); b (report)'
    """
    groups: dict[str, list[str]] = {}
    for key, names in stale.items():
        groups.setdefault(", ".join(names), []).append(key)
    return "; ".join(f"{format_examples(keys)} ({names})" for names, keys in groups.items())


def _run_again(comparison: Comparison, stale: Mapping[str, Sequence[str]]) -> str:
    """What brings the results of the working tree up to date. No stage runs after a validation that fails."""
    if comparison.head.commit is not None:
        return ""
    failed = [d.key for d in comparison.datasets if d.key in stale and any(check.failed for check in d.checks)]
    solutions = ["run `restage run`"] if len(failed) < len(stale) else []
    if failed:
        solutions.append(f"validate fails: {', '.join(failed)}; correct that first, then run `restage run`")
    return "".join(f"; {solution}" for solution in solutions)


def describe_parameter(change: ParameterChange) -> tuple[str, str]:
    """What the parameter is in base and in head. Of long lists, only the elements that the other one has not.

    >>> long = ["a" * 200]
    >>> describe_parameter(ParameterChange(name="columns", base=[*long, "b"], head=[*long, "c"]))
    ('… b …', '… c …')
    >>> describe_parameter(ParameterChange(name="sha256", base="a" * 64, head="b" * 64))
    ('aaaaaaaaaaaa...', 'bbbbbbbbbbbb...')
    """
    texts = parameter_values(change)
    lists = isinstance(change.base, list) and isinstance(change.head, list)
    if lists and max(map(len, texts)) > MAX_VALUE_LENGTH:
        texts = (_elements_without(change.base, change.head), _elements_without(change.head, change.base))
    base, head = _shorten(*map(shorten_hashes, texts))
    return base, head


def parameter_values(change: ParameterChange) -> tuple[str, str]:
    """In one line, as conf/ has them.

    >>> parameter_values(ParameterChange(name="preprocess.steps", head=[{"step": "standard"}], base_set=False))
    ('not set', '[{step: standard}]')
    >>> parameter_values(ParameterChange(name="download.text", base=20, head="20"))
    ('20', "'20'")
    """
    base, head = (_value_text(value) for value in (change.base, change.head))
    if base == head:
        base, head = (_yaml(value) for value in (change.base, change.head))
    return base if change.base_set else NOT_SET, head if change.head_set else NOT_SET


def _value_text(value: Any) -> str:
    """A text as it is, and all else as YAML."""
    return value if isinstance(value, str) and value else _yaml(value)


def _yaml(value: Any) -> str:
    try:
        return value_text(value)
    except TypeError:
        return str(value)  # a date, which JSON does not have


def _elements_without(values: Sequence[Any], others: Sequence[Any]) -> str:
    """The elements as YAML: 1 and true are equal in Python."""
    known = [_yaml(value) for value in others]
    texts = [text for text in map(_yaml, values) if text not in known]
    return f"… {', '.join(texts)} …" if texts else f"{count(len(values), 'element')} in this order"


def _shorten(base: str, head: str) -> tuple[str, str]:
    """If one of them is long, both begin a little before their first difference.

    >>> _shorten("select a" + 200 * " " + "from b", "select a" + 200 * " " + "from c")
    ('…               from b', '…               from c')
    """
    if max(len(base), len(head)) > MAX_VALUE_LENGTH:
        differing = (place for place, (a, b) in enumerate(zip(base, head, strict=False)) if a != b)
        first = next(differing, min(len(base), len(head))) - LENGTH_BEFORE_DIFFERENCE
        base, head = (f"…{text[first:]}" if first > 0 else text for text in (base, head))
    texts = [text if len(text) <= MAX_VALUE_LENGTH else f"{text[: MAX_VALUE_LENGTH - 1]}…" for text in (base, head)]
    return texts[0], texts[1]


def describe_drift(drift: DriftChange) -> str:
    """
    >>> describe_drift(DriftChange(column="age", exceeded=["psi"], base_exceeded=["ks"]))
    'age exceeds psi (base: ks)'
    """
    of_base = f" (base: {', '.join(drift.base_exceeded)})" if drift.base_exceeded else ""
    return f"{drift.column} exceeds {', '.join(drift.exceeded)}{of_base}"


def describe_size(change: SizeChange) -> str:
    base, head = ("none" if size is None else f"{size:,}" for size in (change.base, change.head))
    return f"{base} → {head}"


def describe_stage(change: StageChange, with_seconds: bool = True) -> str:
    seconds = f", {change.seconds:.1f} s" if with_seconds and change.seconds is not None else ""
    return f"{change.stage} ({', '.join(change.inputs)}{seconds})"


def describe_suite(change: SuiteChange) -> str:
    """
    >>> describe_suite(SuiteChange(name="starter", added=["a", "b"], removed=["c"]))
    'suite starter: with a, b; without c'
    """
    parts = [f"with {', '.join(change.added)}"] if change.added else []
    parts += [f"without {', '.join(change.removed)}"] if change.removed else []
    return f"suite {change.name}: {'; '.join(parts)}"


def describe_rows(rows: MeasuredRows | None) -> str:
    """
    >>> describe_rows(MeasuredRows(base=96, head=96, both=0)), describe_rows(MeasuredRows(base=96, head=90, both=20))
    ('96 rows in base, 96 others in head', '96 rows in base, 90 in head, 20 in both')
    """
    if rows is None:
        return "head measured other rows than base"
    if rows.both == rows.base == rows.head:
        return f"{count(rows.both, 'row')} with the same numbers, but with other truths"
    if not rows.both:
        return f"{count(rows.base, 'row')} in base, {rows.head:,} others in head"
    return f"{count(rows.base, 'row')} in base, {rows.head:,} in head, {rows.both:,} in both"


def shown_checks(dataset: DatasetComparison) -> list[CheckChange]:
    """Of a new dataset, those that found something; see count_passed()."""
    return [c for c in dataset.checks if dataset.state != "new" or c.failed or c.head not in NOTHING_FOUND]


def count_passed(dataset: DatasetComparison) -> str:
    """How many checks are not shown; empty if all are."""
    hidden = len(dataset.checks) - len(shown_checks(dataset))
    return count(hidden, "check passed", "checks passed") if hidden else ""


def describe_other_changes(dataset: DatasetComparison) -> dict[str, list[str]]:
    """All that differs besides the metrics, by what it is."""
    checks = [f"{c.name}: {c.base or 'none'} → {c.head or 'none'}" for c in shown_checks(dataset)]
    changes: dict[str, list[str]] = {
        "headline": [describe_baseline(dataset.best_baseline)] if dataset.best_baseline else [],
        "rows": [describe_rows(dataset.rows)] if dataset.same_rows is False else [],
        "parameters": [*map(_parameter_text, dataset.parameters)],
        "checks": [*checks, *filter(None, [count_passed(dataset)])],
        "drift": [describe_drift(drift) for drift in dataset.drift],
        "accepted profile": [dataset.accepted_profile] if dataset.accepted_profile else [],
        "sizes": [f"{s.name} {describe_size(s)}" for s in dataset.sizes],
        "stages": [", ".join(describe_stage(stage) for stage in dataset.stages)] if dataset.stages else [],
        "not known": dataset.unknown,
    }
    return {title: texts for title, texts in changes.items() if texts}


def describe_rest(dataset: DatasetComparison) -> list[str]:
    """Short texts for what differs besides the headline metric: what are few and short by name, the others counted."""
    failed = [f"{check.name} fails" for check in dataset.checks if check.failed]
    drifted = [f"{drift.column} drifted" for drift in dataset.drift]
    gates = [change for change in dataset.parameters if f"{change.name}.".startswith(f"{GATE}.")]
    others = [change for change in dataset.parameters if change not in gates]
    other = "other " if gates else ""
    texts = ["stale"] if is_stale(dataset) and headline_result(dataset) not in (STALE, INVALID) else []
    texts += [describe_baseline(dataset.best_baseline)] if dataset.best_baseline else []
    texts += ["other rows"] if dataset.same_rows is False else []
    texts += [f"accepted profile {dataset.accepted_profile}"] if dataset.accepted_profile else []
    texts += _named_or_counted(failed, "check fails", "checks fail")
    texts += _named_or_counted(drifted, "column drifted", "columns drifted")
    texts += _named_or_counted(list(map(_parameter_text, gates)), "parameter of the gate", "parameters of the gate")
    return texts + _named_or_counted(list(map(_parameter_text, others)), f"{other}parameter", f"{other}parameters")


def _named_or_counted(texts: Sequence[str], one: str, several: str) -> list[str]:
    if len(texts) <= MAX_NAMED and max(map(len, texts), default=0) <= MAX_NAMED_LENGTH:
        return [*texts]
    return [count(len(texts), one, several)]


def _parameter_text(change: ParameterChange) -> str:
    """
    >>> _parameter_text(ParameterChange(name="train.epochs", base=20, head=50))
    'train.epochs 20 → 50'
    """
    return f"{change.name} {' → '.join(describe_parameter(change))}"


def describe_baseline(best: BestBaseline) -> str:
    """
    >>> describe_baseline(BestBaseline(name="gradient_boosting", value=0.91, improvement=-0.02))
    'worse than the best baseline, gradient boosting (0.91)'
    """
    than = "better than" if best.improvement > 0 else "worse than" if best.improvement < 0 else "the same as"
    return f"{than} the best baseline, {best.name.replace('_', ' ')} ({format_number(best.value)})"


def count_same_metrics(dataset: DatasetComparison) -> int:
    """None of results that evaluate has not made again: they say nothing of head.

    >>> stale = DatasetComparison(key="iris", state="changed", same_metrics=8, stale=["evaluate"])
    >>> count_same_metrics(stale), count_same_metrics(stale.model_copy(update={"stale": []}))
    (0, 8)
    """
    return 0 if "evaluate" in dataset.stale else dataset.same_metrics


def is_stale(dataset: DatasetComparison) -> bool:
    return bool(dataset.stale or dataset.base_stale)


def headline_result(dataset: DatasetComparison) -> str:
    """That of the headline metric. Stale values that are the same say nothing."""
    if dataset.state in ("new", "removed"):
        return dataset.state
    if dataset.headline:
        return dataset.headline.result
    if is_stale(dataset):
        return INVALID if any(check.failed for check in dataset.checks) else STALE
    return "same" if dataset.same_headline else "not known"


def has_same_results(dataset: DatasetComparison) -> bool:
    """Whether nothing but the records of its stages differs, as after a change of code that changes no result.

    Stale results are the same as recorded; the next run can change them.
    """
    return dataset == DatasetComparison(
        key=dataset.key,
        title=dataset.title,
        state="changed",
        same_rows=dataset.same_rows,
        same_headline=dataset.same_headline,
        same_metrics=dataset.same_metrics,
        stages=dataset.stages,
        stale=dataset.stale,
        base_stale=dataset.base_stale,
    )


def group_same_results(datasets: Sequence[DatasetComparison]) -> list[str]:
    """A sentence for the datasets with the same results of which the same stages have other records.

    >>> train = StageChange(stage="train", inputs=["code"])
    >>> both = [DatasetComparison(key=key, state="changed", stages=[train]) for key in ("iris", "wine")]
    >>> group_same_results(both)
    ['2 datasets with the same results (iris, wine); stages: train (code)']
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for dataset in filter(has_same_results, datasets):
        stages = ", ".join(describe_stage(stage, with_seconds=False) for stage in dataset.stages)
        results = "unchanged but stale results" if is_stale(dataset) else "the same results"
        groups.setdefault((results, f"; stages: {stages}" if stages else ""), []).append(dataset.key)
    return [
        f"{count(len(keys), 'dataset')} with {results} ({format_examples(keys)}){stages}"
        for (results, stages), keys in groups.items()
    ]


def describe_other_datasets(comparison: Comparison) -> list[str]:
    """Sentences for the datasets of which nothing is shown, for suites, and for what is not known."""
    sentences = [*group_same_results(comparison.datasets), *map(describe_suite, comparison.suites)]
    if comparison.unchanged:
        sentences.append(describe_unchanged(comparison))
    if not comparison.datasets and not comparison.suites:
        sentences.append("Nothing differs")
    return [*sentences, *(f"Not known: {reason}" for reason in comparison.unknown)]


def describe_unchanged(comparison: Comparison) -> str:
    return f"{count(len(comparison.unchanged), 'dataset')} unchanged"
