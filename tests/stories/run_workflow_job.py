"""Runs the `run:` steps of a job of a workflow as GitHub does. Steps that use an action are skipped."""

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SHELL = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
STEP_TIMEOUT = 600  # seconds


@dataclass
class Job:
    """`values`: what an expression has; `conditions`: what an `if` means. One that is not there is a KeyError."""

    folder: Path
    values: Mapping[str, str]
    conditions: Mapping[str, Callable[["Job"], bool]]
    environment: dict[str, str]
    outcomes: dict[str, str] = field(default_factory=dict)
    output: dict[str, str] = field(default_factory=dict)
    failed: bool = False

    def run(self, workflow: Path, name: str) -> None:
        content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        self.environment |= self._expanded(content.get("env", {}))
        assert content["defaults"]["run"]["shell"] == SHELL[0]
        for step in content["jobs"][name]["steps"]:
            if "run" in step and self._starts(step):
                self._run_step(step)

    def _starts(self, step: Mapping[str, Any]) -> bool:
        condition = EXPRESSION.sub(r"\1", step.get("if", ""))
        holds = self.conditions[condition](self) if condition else True
        return holds and (not self.failed or "cancelled()" in condition)

    def _run_step(self, step: Mapping[str, Any]) -> None:
        variables = self.folder / ".git/variables-of-later-steps"
        variables.write_text("")
        done = subprocess.run(
            [*SHELL, "-c", step["run"]], cwd=self.folder, timeout=STEP_TIMEOUT, check=False,
            env=self.environment | {"GITHUB_ENV": str(variables)} | self._expanded(step.get("env", {})),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        name = step.get("name", step["run"])
        self.output[name] = done.stdout
        self.outcomes[step.get("id", name)] = "failure" if done.returncode else "success"
        self.failed |= bool(done.returncode) and not step.get("continue-on-error", False)
        self.environment |= dict(line.split("=", 1) for line in variables.read_text().splitlines())

    def _expanded(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {
            name: EXPRESSION.sub(lambda match: self.values[match[1]], str(value)) for name, value in variables.items()
        }
