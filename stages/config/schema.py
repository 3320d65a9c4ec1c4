"""All parameters together: what each stage declares, put under its name."""

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from stages.config.gates.gate_params import Gate
from stages.core.artefacts.processed import TEST
from stages.core.bounded_memory.memory_size import parse_memory
from stages.core.errors import format_examples
from stages.core.parameters.params import Params, TextPattern
from stages.download.params import Download, gives_table, private_columns
from stages.evaluate.params import FORECAST_METRICS, SERIES_BASELINES
from stages.evaluate.params import Evaluate as EvaluateStage
from stages.export.params import Export
from stages.preprocess.params import Preprocess
from stages.report.params import Report
from stages.train.params import Train
from stages.validate.params import Validate


class Evaluate(EvaluateStage):
    # The guard leaves the gate out of what the stage reads.
    __doc__ = f"""{EvaluateStage.__doc__}
    `gate` is what `restage check` requires of the results.
    """

    gate: Gate | None = None


# In bytes; conf/ has a text.
MemorySize = Annotated[int, BeforeValidator(parse_memory), WithJsonSchema({"type": "string"})]


class Resources(Params):
    """What the dataset's chain needs besides `train.threads`. No stage reads it.

    - memory: the most that a stage of the chain uses, such as 4GB; a stage that needs more is ended
    - gpus: how many, on a worker of `restage run --on ADDRESS`
    """

    memory: MemorySize | None = None
    gpus: int = Field(default=0, ge=0)


class Dataset(Params):
    """One dataset's chain. With `export` it has a seventh stage."""

    download: Download
    validate_: Validate = Field(alias="validate", default=Validate())
    preprocess: Preprocess
    train: Train
    evaluate: Evaluate
    report: Report
    export: Export | None = None
    resources: Resources = Resources()

    @model_validator(mode="after")
    def _check_order_of_rows(self) -> Self:
        if self.preprocess.window is not None and gives_table(self.download):
            raise ValueError(
                "preprocess.window needs rows in order of time, but download gives a table; set download.kind: series "
                "and download.time, the column of times, or leave the window out"
            )
        return self

    @model_validator(mode="after")
    def _check_private_targets(self) -> Self:
        private = private_columns(self.download)
        if targets := [repr(column) for column in private if column in self.preprocess.target_columns]:
            names = format_examples(targets)
            raise ValueError(
                f"download.private names the target {names}, but pages show predicted values; take it out of private"
            )
        return self

    @model_validator(mode="after")
    def _check_baselines(self) -> Self:
        names = [name for name in self.evaluate.baselines or () if name in SERIES_BASELINES]
        if names and self.preprocess.window is None:
            raise ValueError(
                f"evaluate.baselines has {format_examples(names)}, which predicts windows, and there is no "
                "preprocess.window; set the window, or leave the baseline out"
            )
        if "seasonal_naive" in names and self.preprocess.window is not None and self.preprocess.window.season is None:
            raise ValueError(
                "evaluate.baselines has 'seasonal_naive', and preprocess.window has no season; give season, the number "
                "of rows of a season, or leave the baseline out"
            )
        return self

    @model_validator(mode="after")
    def _check_threshold(self) -> Self:
        """A threshold that is chosen on validation rows needs them, and a model that was not trained on them."""
        if isinstance(threshold := self.evaluate.threshold, str):
            if self.preprocess.split.validation == 0:
                raise ValueError(
                    f"evaluate.threshold {threshold!r} is chosen on validation rows, and preprocess.split.validation "
                    "is 0; give it a share, or give a number as threshold"
                )
            if self.train.refit:
                raise ValueError(
                    f"evaluate.threshold {threshold!r} is chosen on validation rows, and with train.refit the model is "
                    "trained on them; remove train.refit, or give a number as threshold"
                )
        return self

    @model_validator(mode="after")
    def _check_headline(self) -> Self:
        metric = self.evaluate.headline.rpartition(".")[2]
        if metric in FORECAST_METRICS and self.preprocess.window is None:
            raise ValueError(
                f"evaluate.headline: {metric} is for forecasts, and there is no preprocess.window; set the window, or "
                "choose another metric"
            )
        return self

    @model_validator(mode="after")
    def _check_interval(self) -> Self:
        """The default interval is left out where it is not possible; one that is asked for is an error there."""
        if self.evaluate.interval is None or "interval" not in self.evaluate.model_fields_set:
            return self
        if self.evaluate.split != TEST:
            raise ValueError(
                f"evaluate.interval is measured on test rows; received split: {self.evaluate.split}; use split: test, "
                "or remove the interval"
            )
        if self.preprocess.window is None:
            raise ValueError("evaluate.interval is for forecasts, and there is no preprocess.window; remove it")
        if self.preprocess.split.validation == 0:
            raise ValueError(
                "evaluate.interval takes its width from the errors on validation rows, and preprocess.split.validation "
                "is 0; give it a share, or remove the interval"
            )
        if self.train.refit:
            raise ValueError(
                "evaluate.interval takes its width from the errors on validation rows, and with train.refit the model "
                "is trained on them; remove train.refit, or remove the interval"
            )
        return self


class Suite(Params):
    """params.yaml, without `exports`. The suite's name is part of a path.

    `memory` and `stage_workers` are for conf/local.yaml, since they belong to a machine; no stage reads them. `memory`
    is what a run may use at most, such as 8GB. `stage_workers` is the address of a scheduler of Dask, whose workers
    share this clone's files, prepare the blocks of large tables, and train the folds of backtests.
    """

    suite: Annotated[str, AfterValidator(TextPattern(r"[a-z0-9_]+", "a name of lower-case letters, digits and _ only"))]
    datasets: dict[str, Dataset] = Field(min_length=1)
    memory: MemorySize | None = None
    stage_workers: (
        Annotated[
            str,
            AfterValidator(
                TextPattern(r"(tcp|tls)://\S+", "the address of a scheduler of Dask, such as tcp://scheduler:8786")
            ),
        ]
        | None
    ) = None


# Those that stages read.
SECTIONS = tuple(field.alias or name for name, field in Dataset.model_fields.items() if name != "resources")
