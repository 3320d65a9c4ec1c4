"""What Great Expectations measures of a frame for one expectation, and how it judges by what was measured.

This is the one place that knows how the library works inside: an expectation depends on metrics, which an engine
computes from the frame it has. The library is asked for a frame at a time, so the metrics of several frames can be
merged before it judges. Its own way around this takes a hash of the whole frame for each expectation.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pandas as pd

# The name of the frame in the engine. A frame takes the place of the one before.
_FRAME = "rows"


class FrameEngine:
    """The library's engine with one frame at a time."""

    def __init__(self) -> None:
        from great_expectations.execution_engine import PandasExecutionEngine

        self.library_engine = PandasExecutionEngine()

    def load(self, frame: pd.DataFrame) -> None:
        self.library_engine.load_batch_data(_FRAME, frame)


class CannotBeEvaluated(Exception):
    """The messages of the library, in alphabetical order."""

    def __init__(self, *messages: str) -> None:
        self.messages = messages
        super().__init__(*messages)


class MeasuredExpectation:
    """An expectation of the library with the metrics that it depends on."""

    def __init__(self, configured: Any, engine: FrameEngine, examples: int) -> None:
        self._configured, self._engine = configured, engine.library_engine
        self._settings = {"result_format": {"result_format": "SUMMARY", "partial_unexpected_count": examples}}
        self._graph: Any = None
        self._ids: dict[str, Any] = {}

    def measure(self) -> dict[str, Any]:
        """The value of each metric of the frame that the engine has, by the metric's name."""
        try:
            if self._graph is None:
                self._graph = self._build_graph()
            resolved, aborted = self._graph.resolve(deepcopy(self._settings), show_progress_bars=False)
        except Exception as error:
            raise CannotBeEvaluated(str(error)) from error
        if aborted:
            raise CannotBeEvaluated(*sorted({info["exception_info"].exception_message for info in aborted.values()}))
        missing = [name for name, number in self._ids.items() if number not in resolved]
        if missing:
            raise CannotBeEvaluated(f"no {', '.join(missing)}")
        return {name: resolved[number] for name, number in self._ids.items()}

    def judge(self, metrics: Mapping[str, Any]) -> Any:
        """The library's result for the values of the metrics by name."""
        try:
            return self._configured.metrics_validate(
                metrics={number: metrics[name] for name, number in self._ids.items()},
                runtime_configuration=deepcopy(self._settings),
                execution_engine=self._engine,
            )
        except Exception as error:
            raise CannotBeEvaluated(str(error)) from error

    def _build_graph(self) -> Any:
        from great_expectations.validator.validation_graph import ValidationGraph

        settings = deepcopy(self._settings)
        dependencies = self._configured.get_validation_dependencies(self._engine, settings)
        graph = ValidationGraph(execution_engine=self._engine)
        for metric in dependencies.get_metric_configurations():
            graph.build_metric_dependency_graph(metric_configuration=metric, runtime_configuration=settings)
        self._ids = {name: metric.id for name, metric in dependencies.metric_configurations.items()}
        return graph
