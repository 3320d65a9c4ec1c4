"""Files in conf/models and functions in them, as parameters name them."""

from typing import Annotated

from pydantic import AfterValidator

from stages.core.parameters.params import TextPattern

FILE_PATTERN = r"[A-Za-z][A-Za-z0-9_]*\.py"
FUNCTION_PATTERN = rf"{FILE_PATTERN}:[A-Za-z_][A-Za-z0-9_]*"
ModelFile = Annotated[
    str, AfterValidator(TextPattern(FILE_PATTERN, "the name of a Python file in conf/models, as in layers.py"))
]
check_function = TextPattern(FUNCTION_PATTERN, "a Python file in conf/models and a function in it, as in mine.py:build")
FunctionName = Annotated[str, AfterValidator(check_function)]


def is_own(name: str) -> bool:
    """Whether a loss or metric is a function of one's own, as in `mine.py:my_loss`."""
    return ".py" in name


def metric_name(metric: str) -> str:
    """What the history calls a metric.

    >>> metric_name("mine.py:top_three"), metric_name("accuracy")
    ('top_three', 'accuracy')
    """
    return metric.rpartition(":")[2]
