"""The facts of the model card."""

from stages.core.artefacts.processed import TargetSpec
from stages.core.artefacts.profile import DateColumn, Profile
from stages.core.artefacts.raw.raw_files import Meta, TableMeta
from stages.core.artefacts.records.evaluation import DecisionThreshold, EvaluationRecord
from stages.core.artefacts.records.validation import ValidationRecord
from stages.export.dataset_inputs import DatasetInputs, input_hashes
from stages.inference.model_card import Checks, DataFacts, Engine, ModelCard, PredictedTarget, Results


def card_facts(inputs: DatasetInputs, engine: Engine, reason: str | None, kept_rows: int) -> ModelCard:
    """`reason` says why the model was not converted for LiteRT."""
    report = inputs.parameters["report"]
    return ModelCard(
        key=inputs.key,
        title=report["title"],
        about=report.get("about", ""),
        engine=engine,
        reason=reason,
        targets=[
            predicted_target(name, spec, inputs.settings.thresholds.get(name))
            for name, spec in inputs.processed.fitted.targets.items()
        ],
        data=data_facts(inputs),
        results=results(inputs.evaluation),
        checks=checks(inputs.validation),
        kept_rows=kept_rows,
        parameters=inputs.training.parameters,
        inputs=input_hashes(inputs.key),
        versions={**inputs.processed.fitted.versions, **inputs.training.versions},
    )


def predicted_target(name: str, spec: TargetSpec, threshold: DecisionThreshold | None) -> PredictedTarget:
    return PredictedTarget(
        name=name, columns=spec.columns, classes=spec.classes, steps=spec.step_count, threshold=threshold
    )


def data_facts(inputs: DatasetInputs) -> DataFacts:
    meta = inputs.meta
    return DataFacts(
        source=meta.source,
        files=meta.files,
        rows=dict(meta.splits),
        samples=inputs.processed.fitted.splits,
        split=dict(inputs.parameters["preprocess"].get("split", {})),
        period=period(meta, inputs.profile),
        private=private_columns(meta),
    )


def private_columns(meta: Meta) -> list[str]:
    return meta.private if isinstance(meta, TableMeta) else []


def period(meta: Meta, profile: Profile) -> tuple[str, str] | None:
    """The first and the last time of a series, unless its column of times is private."""
    if not isinstance(meta, TableMeta) or meta.time is None or meta.time in meta.private:
        return None
    [times] = [column for column in profile.columns if column.name == meta.time]
    return (times.quantiles[0], times.quantiles[-1]) if isinstance(times, DateColumn) else None


def results(evaluation: EvaluationRecord) -> Results:
    forecasts = evaluation.forecasts.items()
    return Results(
        split=evaluation.split,
        samples=evaluation.samples,
        metrics=evaluation.metrics,
        baselines=evaluation.baselines,
        headline=evaluation.headline,
        best_baseline=evaluation.best_baseline,
        seeds=evaluation.seeds,
        intervals={name: forecast.interval for name, forecast in forecasts if forecast.interval is not None},
    )


def checks(validation: ValidationRecord) -> Checks:
    drift = validation.drift
    return Checks(
        expectations=validation.expectations,
        failed=validation.failed,
        duplicates_across_splits=validation.duplicates.across_splits,
        profile_accepted=drift.accepted,
        drifted=[column.column for column in drift.columns if column.exceeded],
    )
