"""What a stage has imported when it ends: no stage spends time on a library that it does not use."""

from importlib.metadata import packages_distributions

import pytest
from packaging.utils import canonicalize_name

from stages.cli.lock.stage_requirements import WITHOUT_EFFECT
from tests.stories.long_cases import long_unless
from tests.stories.repo import Repo

HEAVY = {"dvc", "great_expectations", "hydra", "keras", "matplotlib", "pandas", "scipy", "sklearn", "tensorflow"}
KERAS = {"keras", "tensorflow"}
USED = {
    "stages.guard": {"hydra"},
    "stages.download iris": {"pandas", "scipy", "sklearn"},
    "stages.download line_exact": {"pandas"},
    "stages.validate iris": {"great_expectations", "pandas", "scipy"},
    "stages.preprocess iris": {"pandas", "scipy", "sklearn"},
    "stages.preprocess line_exact": {"pandas", "scipy", "sklearn"},
    "stages.train iris": KERAS,
    "stages.evaluate iris": KERAS | {"pandas", "scipy", "sklearn"},
    "stages.report iris": {"pandas"},
    "stages.report.summary_stage": set(),
}
LOAD_LITTLE = ["stages.guard", "stages.preprocess iris", "stages.report iris"]
# Imported if it is installed, by a library that does not require it, and not used.
INCIDENTAL = {
    # By Great Expectations: SQLAlchemy, which Optuna requires, and the last four with the clients of an S3 remote.
    "stages.validate iris": {"jinja2", "markupsafe", "sqlalchemy", "boto3", "botocore", "jmespath", "s3transfer"},
    # tblib by TensorFlow; Dask requires it.
    "stages.train iris": {"pillow", "tblib"},
    # The last three by scikit-learn.
    "stages.evaluate iris": {"pillow", "tblib", "pandas", "pyarrow", "python-dateutil"},
}
SCRIPT = """
import atexit, runpy, sys
module, *sys.argv[1:] = sys.argv[1:]
real = lambda: {name.partition(".")[0] for name, module in sys.modules.items() if getattr(module, "__file__", None)}
atexit.register(lambda: print("loaded:", *real()))
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("stage", long_unless(LOAD_LITTLE, USED))
def test_a_stage_imports_only_what_it_uses(stage: str, repo: Repo) -> None:
    loaded = imported_modules(stage, repo)
    assert "stages" in loaded
    assert HEAVY & loaded <= USED[stage]
    assert libraries(loaded) - WITHOUT_EFFECT - INCIDENTAL.get(stage, set()) <= locked_libraries(stage, repo)


def imported_modules(stage: str, repo: Repo) -> set[str]:
    output = repo.run("python", "-c", SCRIPT, *stage.split(), env={"PYTHONPATH": str(repo.path)}).stdout
    return set(output.rpartition("loaded:")[2].split())


def libraries(modules: set[str]) -> set[str]:
    provided = packages_distributions()
    return {str(canonicalize_name(library)) for m in modules for library in provided.get(m, [])} - {"restage"}


def locked_libraries(stage: str, repo: Repo) -> set[str]:
    """In the requirements of the stage, which is `train` for `stages.train iris`."""
    name = {"stages.guard": "guard", "stages.report.summary_stage": "summary"}.get(
        stage, stage.split()[0].split(".")[1]
    )
    return {line.partition("==")[0] for line in repo.read(f"stages/locked/{name}.txt").splitlines()}
