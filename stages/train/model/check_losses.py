"""Labels, last activation and loss must agree; where they do not, say which goes with which."""

from collections.abc import Mapping, Sequence

from stages.core.artefacts.processed import TargetSpec
from stages.core.errors import ErrorList, format_examples, suggest
from stages.train.params import Train


def losses(params: Train, targets: Mapping[str, TargetSpec]) -> dict[str, str]:
    """The loss of each target by name."""
    if isinstance(params.loss, str):
        return dict.fromkeys(targets, params.loss)
    errors = ErrorList()
    for name in params.loss:
        errors.check(name in targets, f"train.loss: no target {name!r}; {suggest(name, list(targets))}")
    for name in targets:
        errors.check(name in params.loss, f"train.loss: no loss for target {name!r}")
    errors.raise_if_any()
    return {name: str(params.loss[name]) for name in targets}


def recorded(params: Train, targets: Mapping[str, TargetSpec]) -> list[str]:
    """What Keras records of an epoch; where there are several targets, each one's figures carry its name."""
    names = ["loss", *params.metrics]
    return names if len(targets) == 1 else ["loss", *(f"{target}_{name}" for target in targets for name in names)]


def check_agreement(params: Train, targets: Mapping[str, TargetSpec]) -> None:
    errors = ErrorList()
    for name, loss in losses(params, targets).items():
        _check_target(name, loss, params.output, targets[name], errors)
        _check_metrics(name, loss, params.metrics, targets[name], errors)
    known = [prefix + name for prefix in ("", "val_") for name in recorded(params, targets)]
    unknown = f"train.monitor: {params.monitor!r} is not recorded; {suggest(params.monitor, known)}"
    errors.check(params.monitor in known, unknown)
    errors.raise_if_any()


def output_width(target: TargetSpec, loss: str) -> int:
    """One sigmoid unit tells two classes apart; otherwise one unit a class or a column."""
    return 1 if loss == "binary_crossentropy" and target.encoding == "integer" else target.width


def _check_target(name: str, loss: str, output: str, target: TargetSpec, errors: ErrorList) -> None:
    fitting = _fitting(target)
    if (loss, output) not in fitting:
        allowed = " or ".join(f"loss {a} with output {b}" for a, b in fitting)
        errors.add(
            f"train: target {name} holds {_holds(target)}, which goes with {allowed}; received {loss} with {output}"
        )


def _check_metrics(name: str, loss: str, metrics: Sequence[str], target: TargetSpec, errors: ErrorList) -> None:
    """Keras would count values as right or wrong, and subtract class numbers from probabilities."""
    error_metrics = ["mean_squared_error", "mean_absolute_error"]
    fitting = [] if target.classes is None else ["accuracy"]
    fitting += [] if loss == "sparse_categorical_crossentropy" else error_metrics
    for metric in (m for m in metrics if m not in fitting):
        why = f"{metric} does not fit target {name}, which holds {_holds(target)}"
        errors.add(f"train.metrics: {why}; allowed: {format_examples(fitting)}")


def _holds(target: TargetSpec) -> str:
    return "values" if target.classes is None else f"{target.width} classes as {target.encoding} labels"


def _fitting(target: TargetSpec) -> list[tuple[str, str]]:
    if target.encoding == "one_hot":
        return [("categorical_crossentropy", "softmax")]
    if target.encoding == "integer":
        two = [("binary_crossentropy", "sigmoid")] if target.width == 2 else []
        return [*two, ("sparse_categorical_crossentropy", "softmax")]
    return [(loss, "linear") for loss in ("mean_squared_error", "mean_absolute_error", "huber")]
