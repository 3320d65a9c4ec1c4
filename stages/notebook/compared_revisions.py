"""What `restage.compare` gives."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from stages.cli.compare.comparison import Comparison as ComparisonRecord

COLUMNS = ("dataset", "metric", "headline", "base", "head", "change", "relative", "improvement", "result", "evidence")


class Comparison:
    """The differences between two revisions."""

    def __init__(self, comparison: "ComparisonRecord") -> None:
        self._comparison = comparison

    @property
    def record(self) -> dict[str, Any]:
        """All that was found, as `restage compare --json` gives it."""
        return self._comparison.model_dump(mode="json")

    @property
    def metrics(self) -> "pd.DataFrame":
        """A row for each metric that differs. A positive improvement is better, whichever direction the metric has."""
        import pandas as pd

        from stages.cli.compare.describe_metrics import describe_judgement

        rows = [
            (
                dataset.key,
                metric.name,
                metric.headline,
                metric.base,
                metric.head,
                metric.change,
                metric.relative,
                metric.improvement,
                metric.result,
                "; ".join(describe_judgement(metric)),
            )
            for dataset in self._comparison.datasets
            for metric in dataset.metrics
        ]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        numbers = ["base", "head", "change", "relative", "improvement"]
        return frame.astype(dict.fromkeys(numbers, float))

    def _repr_html_(self) -> str:
        from stages.notebook.display.comparison_html import comparison_html

        return comparison_html(self._comparison)

    def __repr__(self) -> str:
        found = self._comparison
        names = f"{found.base.name} and {found.head.name}"
        differing = f"{len(found.datasets)} {'differs' if len(found.datasets) == 1 else 'differ'}"
        return f"<restage comparison of {names}: {differing}, {len(found.unchanged)} unchanged>"
