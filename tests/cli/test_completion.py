"""The shell completes commands and keys of datasets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RESTAGE = "import sys; sys.argv = ['restage']; from stages.cli.app import main; main()"


def completions(words: str) -> list[str]:
    position = str(len(words.split(" ")) - 1)
    variables = {"_RESTAGE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": position}
    command = [sys.executable, "-c", RESTAGE]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("restage run ir", ["iris"]),
        ("restage remove win", ["wine"]),
        ("restage add iris sequence_g", ["sequence_gru"]),
        ("restage rem", ["remove"]),
    ],
)
def test_completion(words: str, expected: list[str]) -> None:
    assert completions(words) == expected
