from collections.abc import Sequence

from stages.cli.explain.explanation import (
    CommandReason,
    Explanation,
    FileChange,
    FilesReason,
    InputReason,
    LockedVersionsReason,
    NeverRanReason,
    OutputReason,
    ParametersReason,
    Reason,
    Result,
    StageExplanation,
    ValueChange,
)
from stages.cli.explain.show.explanation_text import explanation_text

EPOCHS = ParametersReason(values=[ValueChange(name="datasets.iris.train.epochs", old=20, new=50)])
CONF = FilesReason(
    kind="conf",
    dependency="conf",
    recorded="0" * 40,
    files=[FileChange(path="conf/dataset/iris.yaml", change="changed")],
)


def stage(
    name: str, result: Result, *reasons: Reason, waits_for: Sequence[str] = (), seconds: float | None = None
) -> StageExplanation:
    return StageExplanation(
        stage=name, result=result, reasons=list(reasons), waits_for=list(waits_for), seconds=seconds
    )  # fmt: skip


def code(*chain: str) -> FilesReason:
    file = FileChange(path="stages/core/rounding.py", change="changed", imported_by=list(chain))
    return FilesReason(kind="code", dependency="stages/core", recorded="0" * 40, files=[file])


def lines(*stages: StageExplanation, unknown: Sequence[str] = ()) -> list[str]:
    return explanation_text(Explanation(stages=list(stages), unknown=list(unknown))).splitlines()


def test_a_parameter() -> None:
    """The guard's line does not repeat it, and the stages after it are in the same line."""
    assert lines(
        stage("guard", "runs", CONF, EPOCHS, seconds=1),
        stage("preprocess@iris", "up to date"),
        stage("train@iris", "runs", EPOCHS, seconds=3.26),
        stage("evaluate@iris", "may run", waits_for=["train@iris"], seconds=2),
        stage("report@iris", "runs", EPOCHS, waits_for=["evaluate@iris", "train@iris"], seconds=2),
        stage("summary", "may run", waits_for=["evaluate@iris"]),
    ) == [
        "guard: conf/dataset/iris.yaml (not committed) (1.0 s the last time)",
        "train@iris: datasets.iris.train.epochs 20 -> 50 (3.3 s the last time); "
        "then report, and evaluate if the output differs",
        "if the output of evaluate differs: summary",
        "6 stages: 3 would run, 2 would run only if an output before them differs, 1 up to date",
        "Expected time, one stage after another: 0:06, at most 0:08; not counted: 1 that never ran in this clone",
    ]


def test_many_reasons_of_a_stage_are_counted() -> None:
    """As of the guard after a merge that changed most of the code."""
    reasons = [
        FilesReason(
            kind="code",
            dependency=f"stages/{name}",
            recorded="0" * 40,
            files=[FileChange(path=f"stages/{name}/{number}.py", change="changed") for number in range(4)],
        )
        for name in "abcdefg"
    ]
    assert lines(stage("guard", "runs", *reasons))[0] == (
        f"guard: {', '.join(f'4 files in stages/{name} (not committed)' for name in 'abcde')} and 2 more reasons"
    )


def test_a_reason_that_datasets_share_is_said_once() -> None:
    keys = [f"d{number}" for number in range(60)]
    text = lines(
        stage("guard", "runs", code("stages.guard.__main__", "stages.core.rounding")),
        *(stage(f"download@{key}", "runs", code()) for key in keys),
        *(stage(f"evaluate@{key}", "runs", code("stages.evaluate", "stages.evaluate.a", "stages.core.rounding"))
          for key in keys),
    )  # fmt: skip
    assert text[0] == (
        "stages/core/rounding.py (not committed), imported by stages.guard.__main__ and 1 more: "
        "guard; download, evaluate of every dataset"
    )
    assert text[1] == "121 stages: 121 would run"
    assert len(text) == 3


def test_some_datasets_and_what_depends_on_them() -> None:
    reason = LockedVersionsReason(
        dependency="stages/locked/train.txt", versions=[ValueChange(name="keras", old="3.15.1", new="3.15.2")], files=[]
    )
    assert lines(
        *(stage(f"train@{key}", "runs", reason, seconds=1) for key in ("a", "b")),
        *(stage(f"evaluate@{key}", "may run", waits_for=[f"train@{key}"], seconds=1) for key in ("a", "b")),
        stage("train@c", "up to date"),
    )[:2] == [
        "stages/locked/train.txt: keras 3.15.1 -> 3.15.2: train of a, b",
        "if the output of train differs: evaluate of a, b",
    ]


def test_a_stage_that_is_restored() -> None:
    assert lines(
        stage("train@iris", "restored", EPOCHS),
        stage("evaluate@iris", "restored", InputReason(path="data/models/iris", stage="train@iris")),
    ) == [
        "train@iris: datasets.iris.train.epochs 20 -> 50; would be restored from the run cache",
        "evaluate@iris: another output of train; would be restored from the run cache",
        "2 stages: 2 would be restored from the run cache",
    ]


def test_outputs_that_a_clone_does_not_have_are_said_once() -> None:
    missing = [OutputReason(path=path, state="not in the cache") for path in ("a", "b")]
    assert lines(*(stage(f"train@{key}", "runs", *missing) for key in ("a", "b")))[0] == (
        "outputs are not in the cache, try `dvc pull`: train of every dataset"
    )


def deleted(path: str) -> OutputReason:
    return OutputReason(path=path, state="deleted")


def edited(path: str) -> OutputReason:
    return OutputReason(path=path, state="changed")


def test_the_same_reason_of_several_datasets_names_none_of_them() -> None:
    assert lines(
        stage("train@a", "runs", edited("data/models/a")),
        stage("train@b", "runs", edited("data/models/b")),
        stage("evaluate@b", "runs", edited("reports/metrics/b.json")),
        stage("train@c", "up to date"),
    )[:2] == [
        "its output data/models/<key> was changed: train of a, b",
        "evaluate@b: its output reports/metrics/b.json was changed",
    ]


def test_a_clone_without_outputs_has_a_line_for_those_that_are_restored_and_one_for_the_others() -> None:
    restored = [
        *(stage("guard", "restored", deleted(f"data/guard/{name}")) for name in ("models", "params")),
        *(stage(f"{name}@a", "restored", deleted(f"data/{name}/a"), deleted(f"{name}/a")) for name in ("raw", "valid")),
    ]
    others = [
        stage(f"{name}@{key}", "runs", deleted(f"data/{name}/{key}")) for key in "bc" for name in ("raw", "valid")
    ]
    assert lines(*restored, *others)[:2] == [
        "outputs are missing: guard; raw, valid of a, restored from the run cache",
        "outputs are missing: raw, valid of b, c",
    ]
    assert lines(stage("raw@a", "runs", deleted("data/raw/a")))[0] == "raw@a: its output data/raw/a is missing"


def epochs(key: str, new: int = 50) -> ParametersReason:
    return ParametersReason(values=[ValueChange(name=f"datasets.{key}.train.epochs", old=20, new=new)])


def test_a_parameter_that_changed_alike_in_several_datasets() -> None:
    assert lines(
        stage("guard", "runs", CONF, epochs("a"), epochs("b"), epochs("c", 40)),
        stage("train@a", "runs", epochs("a")),
        stage("train@b", "runs", epochs("b")),
        stage("train@c", "runs", epochs("c", 40)),
    )[:3] == [
        "datasets.<key>.train.epochs 20 -> 50: train of a, b",
        "guard: conf/dataset/iris.yaml (not committed)",
        "train@c: datasets.c.train.epochs 20 -> 40",
    ]


def test_a_new_command_is_said_once() -> None:
    old, new = "exec python3 -m stages.train", "exec python3 -S -m stages.train"
    commands = {key: CommandReason(old=f"{old} {key}", new=f"{new} {key}") for key in ("a", "b")}
    assert lines(*(stage(f"train@{key}", "runs", reason) for key, reason in commands.items()))[0] == (
        f"its command '{old} <key>' -> '{new} <key>': train of every dataset"
    )


def test_a_new_dataset_and_what_is_not_known() -> None:
    assert lines(
        stage("download@a", "runs", NeverRanReason()),
        stage("train@a", "runs", NeverRanReason(), waits_for=["download@a"]),
        unknown=["imports"],
    ) == [
        "download@a: never ran; then train",
        "2 stages: 2 would run",
        "Expected time: not known, none of these ran in this clone",
        "Not known: imports",
    ]


def test_nothing_would_run() -> None:
    assert lines(stage("guard", "up to date"), stage("train@a", "up to date")) == ["2 stages: 2 up to date"]
