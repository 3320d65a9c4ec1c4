"""A repository with the real guard and `restage run`, whose other stages are a script that writes a hash of its inputs.

A run takes seconds, so that many histories can be tried. What a stage writes depends on its dependencies and on
parameters as its code uses them: `limit` caps each parameter, `comment` has no effect, `revision` always has one.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml

from tests.stories.repo import ROOT, Repo, compile_code

NAMES = ("ant", "bee", "cat", "dog", "elk")
CODE_OF_STAGES = ("download", "validate", "train", "summary")
LIMIT = 100

STAGE = """\
import hashlib, json, sys
from pathlib import Path

stage, key = sys.argv[1], sys.argv[2]
code = json.loads(Path(f"code/{stage}.json").read_text())


def used(value):
    if isinstance(value, dict):
        return {name: used(each) for name, each in value.items()}
    return min(value, code["limit"]) if isinstance(value, (int, float)) else value


def content(path):
    files = sorted(path.glob("*")) if path.is_dir() else [path]
    return {file.name: file.read_text() for file in files}


def write(name, text):
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def digest(*paths):
    params = {} if key == "-" else used(json.loads(Path(f"data/guard/params/{key}.json").read_text())[stage])
    inputs = [code["revision"], params, [content(Path(path)) for path in paths]]
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()


if stage == "download":
    write(f"data/raw/{key}", digest())
elif stage == "validate":
    write(f"data/valid/{key}", "valid\\n")
    write(f"reports/validation/{key}.json", digest(f"data/raw/{key}", f"data/guard/accepted/{key}.json"))
elif stage == "train":
    result = digest(f"data/raw/{key}", f"data/valid/{key}")
    write(f"data/models/{key}", result)
    write(f"reports/evaluation/{key}.json", result)
    write(f"reports/metrics/{key}.json", json.dumps({"loss": int(result[:6], 16)}))
else:
    write("reports/index.html", digest("data/guard/suite.json", "reports/evaluation", "reports/validation"))
    for table, folder in (("headlines", "evaluation"), ("data_checks", "validation")):
        datasets = [each["key"] for each in json.loads(Path("data/guard/suite.json").read_text())["datasets"]]
        rows = [f"| {each} | {digest(f'reports/{folder}/{each}.json')[:8]} |" for each in datasets]
        write(f"reports/{table}/starter.md", "\\n".join(["| dataset | result |", "| --- | --- |", *rows, ""]))
"""

# The stages besides the guard.
PIPELINE = """\
  download:
    foreach: ${datasets}
    do:
      cmd: exec python3 -S code/stage.py download ${key}
      deps: [code/download.json]
      params:
        - data/guard/params/${key}.json: [download]
      outs: ["data/raw/${key}"]
  validate:
    foreach: ${datasets}
    do:
      cmd: exec python3 -S code/stage.py validate ${key}
      deps: [code/validate.json, "data/guard/accepted/${key}.json", "data/raw/${key}"]
      params:
        - data/guard/params/${key}.json: [validate]
      outs: ["data/valid/${key}", "reports/validation/${key}.json"]
  train:
    foreach: ${datasets}
    do:
      cmd: exec python3 -S code/stage.py train ${key}
      deps: [code/train.json, "data/raw/${key}", "data/valid/${key}"]
      params:
        - data/guard/params/${key}.json: [train]
      outs: ["data/models/${key}", "reports/evaluation/${key}.json"]
      metrics:
        - reports/metrics/${key}.json:
            cache: false
  summary:
    cmd: exec python3 -S code/stage.py summary -
    deps: [code/summary.json, data/guard/suite.json, reports/evaluation, reports/validation]
    outs:
      - reports/index.html
      - reports/data_checks/${suite}.md:
          cache: false
      - reports/headlines/${suite}.md:
          cache: false
"""

DATASET = """\
# What a formula makes of two numbers.
download:
  source: formula
  formula: line
  slope: 1
  intercept: 6
  splits: {train: [0, 1, 2]}

preprocess: {targets: y, split: {test: given}}

train:
  output: linear
  loss: mean_squared_error
  model: {kind: linear}
  epochs: 5
  optimizer: {kind: sgd, learning_rate: 0.01}
  batch: 4

evaluate: {headline: mae, baselines: [linear]}

report:
  title: A line
"""


def create(target: Path, datasets: Iterable[str], preloaded: str) -> Repo:
    """A repository with this suite that was run; its commands and its guard are started by the fork servers."""
    repo = Repo(target, preloaded)
    shutil.copytree(ROOT / "stages", target / "stages")
    compile_code(target)
    for name in (".gitignore", ".gitattributes", ".dvcignore", ".dvc/config", ".dvc/.gitignore", "conf/config.yaml"):
        repo.write(name, (ROOT / name).read_text(encoding="utf-8"))
    guard = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]["guard"]
    repo.write("dvc.yaml", yaml.safe_dump({"stages": {"guard": guard}}, sort_keys=False) + PIPELINE)
    repo.write("code/stage.py", STAGE)
    for stage in CODE_OF_STAGES:
        write_code(repo, stage, {"comment": 0, "limit": LIMIT, "revision": 0})
    repo.write("conf/suite/starter.yaml", "# @package _global_\ndefaults:\n  - _self_\n\nsuite: starter\n")
    for key in datasets:
        add_dataset(repo, key)
    repo.git("init", "--quiet", "--initial-branch", "main")
    repo.commit("A small suite")
    repo.restage("run", "--no-preload")
    repo.commit("Results")
    repo.git("gc", "--quiet")  # fewer files to copy
    return repo


def write_code(repo: Repo, stage: str, code: dict[str, int]) -> None:
    repo.write(f"code/{stage}.json", json.dumps(code, indent=2) + "\n")


def add_dataset(repo: Repo, key: str) -> None:
    """As the last one of the suite."""
    repo.write(f"conf/dataset/{key}.yaml", DATASET)
    repo.edit("conf/suite/starter.yaml", "  - _self_\n", f"  - /dataset@datasets.{key}: {key}\n  - _self_\n")


def remove_dataset(repo: Repo, key: str) -> None:
    """With all that git has of it."""
    repo.edit("conf/suite/starter.yaml", f"  - /dataset@datasets.{key}: {key}\n", "")
    for file in (f"conf/dataset/{key}.yaml", f"conf/accepted/{key}.json", f"reports/metrics/{key}.json"):
        (repo.path / file).unlink(missing_ok=True)


def accept(repo: Repo, key: str, rows: int) -> None:
    column = {"name": "x", "kind": "empty", "missing": rows}
    repo.write(
        f"conf/accepted/{key}.json", json.dumps({"rows": rows, "files": {}, "columns": [column]}, indent=2) + "\n"
    )


def suite_of(repo: Repo) -> list[str]:
    lines = repo.read("conf/suite/starter.yaml").splitlines()
    return [line.rpartition(": ")[2] for line in lines if line.startswith("  - /dataset@")]
