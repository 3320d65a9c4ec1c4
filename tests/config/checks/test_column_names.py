"""Names in preprocess that the columns of validate do not have; corpus: tests/config/wrong_edits/preprocess.yaml."""

from pathlib import Path

from stages.config.check_parameters import check_parameters
from stages.config.checks.column_names import column_name_errors
from stages.config.compose_conf import compose


def test_all_names_of_a_dataset_are_reported_with_their_keys(conf: Path) -> None:
    suite = check_parameters(compose(conf), conf)
    assert column_name_errors(suite) == []
    iris = suite.datasets["iris"]
    preprocess = iris.preprocess.model_copy(update={"targets": "a", "inputs": ["b"], "labels": {"c": "one_hot"}})
    wrong = suite.model_copy(update={"datasets": {"iris": iris.model_copy(update={"preprocess": preprocess})}})
    keys = [error.keys[3:] for error in column_name_errors(wrong)]
    assert keys == [("labels", "c"), ("inputs",), ("targets",)]


def test_without_columns_nothing_is_known(conf: Path) -> None:
    """Images and texts have none, and a table need not name them."""
    suite = check_parameters(compose(conf), conf)
    sequence = suite.datasets["sequence"]
    validate = sequence.validate_.model_copy(update={"columns": None, "expectations": []})
    unnamed = suite.model_copy(update={"datasets": {"a": sequence.model_copy(update={"validate_": validate})}})
    assert column_name_errors(unnamed) == []
