"""The model of `--model`: a kind, or a function in conf/models."""

from pathlib import Path

import pytest

from stages.cli.new.conf_text.choose_model import choose_model, model_files
from stages.cli.new.conf_text.default_models import VARIANTS
from stages.core.errors import UserError

MINE = "import keras\n\n\ndef build(inputs, outputs, units=8):\n    return None\n"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "conf/models"
    folder.mkdir(parents=True)
    (folder / "mine.py").write_text(MINE)
    return folder


@pytest.mark.parametrize("kind", VARIANTS)
def test_a_kind(kind: str) -> None:
    chosen = choose_model(kind)
    assert (chosen.name, chosen.section["kind"]) == (kind, kind)
    assert model_files(chosen.section) == []


@pytest.mark.parametrize("path", ["mine.py:build", "conf/models/mine.py:build", "./conf/models/mine.py:build"])
def test_a_function_by_its_name_or_path(path: str, models: Path) -> None:
    chosen = choose_model(path)
    assert (chosen.name, chosen.section) == ("mine", {"kind": "own", "build": "mine.py:build"})
    assert model_files(chosen.section) == [Path("conf/models/mine.py")]


def test_the_files_that_it_imports_are_named(models: Path) -> None:
    (models / "mine.py").write_text(f"from .parts import hidden\n{MINE}")
    (models / "parts.py").write_text("from . import layers, mine\n")
    (models / "layers.py").write_text("import keras\n")
    chosen = choose_model("mine.py:build")
    assert chosen.section["files"] == ["layers.py", "parts.py"]
    assert [path.name for path in model_files(chosen.section)] == ["mine.py", "layers.py", "parts.py"]


REFUSED = {
    "an unknown kind": ("lsmt", "--model: no model 'lsmt'; did you mean lstm?"),
    "a file without a function": ("mine.py", "received 'mine.py'; write a file of conf/models and a function"),
    "a file elsewhere": ("other/mine.py:build", "other/mine.py is not in conf/models; copy it there"),
    "no such file": ("mien.py:build", "conf/models/mien.py: not found; did you mean mine.py?"),
    "no such function": ("mine.py:biuld", "conf/models/mine.py has no function biuld; did you mean build?"),
    "an import that is not allowed": ("uses_pandas.py:build", "uses_pandas.py:1: import of pandas: only keras"),
    "an import of a missing file": ("imports.py:build", "conf/models/nothing.py: not found"),
    "an argument without a default": ("needs.py:build", "needs.py:1: build needs depth, which has no default"),
    "not Python": ("broken.py:build", "conf/models/broken.py:1: "),
}


@pytest.mark.error_case("own models")
@pytest.mark.parametrize(("model", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(model: str, message: str, models: Path) -> None:
    (models / "uses_pandas.py").write_text(f"import pandas\n{MINE}")
    (models / "imports.py").write_text(f"from .nothing import x\n{MINE}")
    (models / "needs.py").write_text("def build(inputs, outputs, depth):\n    return None\n")
    (models / "broken.py").write_text("def build(:\n")
    with pytest.raises(UserError) as caught:
        choose_model(model)
    assert message in str(caught.value)
