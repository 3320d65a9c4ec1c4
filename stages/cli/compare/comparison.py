"""What `restage compare` finds: the content of `--json`, the Markdown and the page. Only what differs is in it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from stages.core.artefacts.records.evaluation import BestBaseline
from stages.core.artefacts.records.record import Record

State = Literal["new", "removed", "changed", "unchanged"]
# `within noise`: it differs, but no more than the spread over seeds or the choice of the measured rows explains.
# `differs`: there is nothing to judge the difference by, or the metric has no direction.
# `not known`: the metrics of one revision are missing or damaged, or the means over seeds are not available.
Result = Literal["better", "worse", "within noise", "differs", "new", "removed", "not known"]


class SeedsEvidence(Record):
    """The means over seeds. A difference of the means up to `limit` can be chance, at a level of 5%."""

    method: Literal["seeds"] = "seeds"
    counts: tuple[int, int]
    means: tuple[float, float]
    spreads: tuple[float, float]
    limit: float


class BootstrapEvidence(Record):
    """The 95% interval of the improvement over resamples of the measured rows; a positive improvement is better.

    `paired` says that both revisions predicted the same rows, which are then drawn together. `drawn_rows` is how many
    rows are drawn where these are fewer than all; the interval is that of all rows.
    """

    method: Literal["bootstrap"] = "bootstrap"
    paired: bool
    interval: tuple[float, float]
    resamples: int
    rows: tuple[int, int]
    drawn_rows: int | None = Field(default=None, exclude_if=lambda rows: rows is None)


class McNemarEvidence(Record):
    """Rows of the same split that only one of the two revisions predicted correctly, and the exact p-value."""

    method: Literal["mcnemar"] = "mcnemar"
    only_base_correct: int
    only_head_correct: int
    p_value: float
    rows: int


Evidence = Annotated[SeedsEvidence | BootstrapEvidence | McNemarEvidence, Field(discriminator="method")]


class MetricChange(Record):
    """`name` is that of reports/metrics, such as `accuracy`, or `price.rmse` where there are several targets.

    `improvement` is positive where head is better; None where the metric has no direction or one value is missing.
    `not_judged` says why a metric `differs` and no evidence tells it from chance.
    """

    name: str
    headline: bool
    better: Literal["higher", "lower"] | None
    base: float | None
    head: float | None
    change: float | None
    relative: float | None
    improvement: float | None
    result: Result
    evidence: list[Evidence] = []
    not_judged: str = ""


class MetricValue(Record):
    """A metric that both revisions have with the same value."""

    name: str
    value: float


class MeasuredRows(Record):
    """How many rows each revision measured, and how many numbers of raw rows both have."""

    base: int
    head: int
    both: int


class ParameterChange(Record):
    """`name` is a path such as `train.model.units`. A value that is not set is left out: `base_set` or `head_set`."""

    name: str
    base: Any = None
    head: Any = None
    base_set: bool = True
    head_set: bool = True


class CheckChange(Record):
    """An expectation or a check of validate whose result differs; texts such as `passed` or `12 unexpected`.

    `failed` says that validate of head fails by it. None is the result of a check that a revision has not.
    """

    name: str
    base: str | None
    head: str | None
    failed: bool


class DriftChange(Record):
    """A column of head that drifted from its accepted profile, with the limits that it exceeds."""

    column: str
    exceeded: list[str]
    base_exceeded: list[str] = []


class SizeChange(Record):
    """A number that has no better direction: rows of a split, parameters of the model, bytes of a file."""

    name: str
    base: int | None
    head: int | None


class StageChange(Record):
    """A stage whose record in dvc.lock differs, and what differs: such as `parameters`, `code`, `data`.

    `seconds` is how long it took when this clone last ran it, for the working tree.
    """

    stage: str
    inputs: list[str]
    seconds: float | None = None


class SuiteChange(Record):
    """The datasets that a file of conf/suite names now, and did not before, and the other way round."""

    name: str
    added: list[str] = []
    removed: list[str] = []


class DatasetComparison(Record):
    """`same_rows` says whether the same rows were measured; None if that is not known, `rows` how many if they differ.

    `same_headline` is the headline metric if it is the same. `best_baseline` is that of a new dataset, which has
    nothing else to be compared with.

    `unknown` says what could not be compared, and why. `stale` are the stages of head that would run: its results are
    not those of its parameters and code, and `base_stale` are those of base.
    """

    key: str
    title: str = ""
    state: State
    same_rows: bool | None = None
    rows: MeasuredRows | None = None
    metrics: list[MetricChange] = []
    same_headline: MetricValue | None = None
    same_metrics: int = 0
    best_baseline: BestBaseline | None = None
    parameters: list[ParameterChange] = []
    checks: list[CheckChange] = []
    drift: list[DriftChange] = []
    accepted_profile: Literal["new", "removed", "changed"] | None = None
    sizes: list[SizeChange] = []
    stages: list[StageChange] = []
    stale: list[str] = []
    base_stale: list[str] = []
    unknown: list[str] = []

    @property
    def headline(self) -> MetricChange | None:
        return next((metric for metric in self.metrics if metric.headline), None)


class RevisionName(Record):
    """`commit` is None for the working tree, and `title` is that of the commit.

    `uncommitted` is the number of files of the working tree that differ from the last commit. `main_branch` is given if
    nobody named the revision: it is the last commit that head and this branch have in common.
    """

    name: str
    commit: str | None
    title: str = ""
    uncommitted: int = 0
    main_branch: str = ""


class Comparison(Record):
    """`datasets` are those with a difference; `unchanged` are the keys of the others."""

    base: RevisionName
    head: RevisionName
    datasets: list[DatasetComparison]
    unchanged: list[str]
    suites: list[SuiteChange] = []
    unknown: list[str] = []
