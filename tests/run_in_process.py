"""Calls a stage's `run` in the test's own process and publishes what it writes."""

from collections.abc import Callable

from stages.core.run_stage.stage_outputs import published_outputs


def published(run: Callable[..., None]) -> Callable[..., None]:
    """`run(key, outputs)` as a function of the key alone; a single stage's `run(outputs)` as one without arguments."""

    def run_and_publish(*key: str) -> None:
        with published_outputs() as outputs:
            run(*key, outputs)

    return run_and_publish
