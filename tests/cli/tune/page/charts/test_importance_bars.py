from stages.cli.tune.page.charts.importance_bars import importance_bars, importance_sentence
from stages.cli.tune.page.study_trials import StudyTrials
from tests.cli.tune.page.example_studies import all_failed


def test_importance() -> None:
    assert [(name, text) for name, text, _, _ in importance_bars({"b": 0.3, "a": 0.7})] == [("a", "70%"), ("b", "30%")]
    assert "not measured" in importance_sentence(StudyTrials(all_failed()))
