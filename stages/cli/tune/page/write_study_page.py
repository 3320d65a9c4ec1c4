"""The page of one study."""

from pathlib import Path

from markupsafe import Markup

from stages.cli.pages.render_page import render_page
from stages.cli.tune.page.charts.history_chart import history_chart
from stages.cli.tune.page.charts.importance_bars import importance_bars, importance_sentence
from stages.cli.tune.page.charts.learning_chart import learning_chart
from stages.cli.tune.page.charts.narrow_parallel_coordinates import narrow_parallel_coordinates
from stages.cli.tune.page.charts.parallel_coordinates import parallel_coordinates
from stages.cli.tune.page.ranges_table import ranges_table
from stages.cli.tune.page.study_summary import best_values, comparison_panels, no_best_sentence, study_sentence
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.page.trials_table import trials_table
from stages.cli.tune.study import StudyResult
from stages.core.files.atomic_write import write_text


def write_page(result: StudyResult, path: Path) -> None:
    write_text(path, page_text(result))


def page_text(result: StudyResult) -> str:
    """The same text for the same study. It loads nothing and needs no script."""
    trials = StudyTrials(result)
    charts = [chart for chart in (history_chart(trials), learning_chart(trials)) if chart is not None]
    return render_page(
        "stages.cli.tune.page",
        "study_page.html",
        key=result.key,
        breakable=breakable,
        sentence=study_sentence(trials),
        panels=comparison_panels(trials),
        no_best=no_best_sentence(trials),
        best_values=best_values(trials),
        command=result.apply_command,
        charts=charts,
        importance_sentence=importance_sentence(trials),
        importance=[(breakable(name), *rest) for name, *rest in importance_bars(result.importance)],
        parallel=parallel_coordinates(trials),
        narrow_parallel=narrow_parallel_coordinates(trials),
        trials=trials_table(trials),
        ranges=ranges_table(trials),
    )


def breakable(name: str) -> Markup:
    """The name of a parameter or metric, where a line may end after a dot and after an underscore.

    >>> breakable("train.clip_<b>")
    Markup('train.<wbr>clip_<wbr>&lt;b&gt;')
    """
    return Markup("_<wbr>").join(Markup(".<wbr>").join(part.split(".")) for part in name.split("_"))
