"""A table with texts, categories and gaps, from conf to the page."""

import hashlib

import numpy as np
import pytest
import yaml

from stages.core.artefacts.processed import read_processed
from stages.core.columns.texts.text_column import TextColumn
from tests.stories.repo import Repo

HAM = ["see you at home tonight", "are you coming to dinner", "ok, I'll call you later", "how was the exam today"]
SPAM = [
    "WIN a free prize now!!!",
    "call 0800 to claim your prize",
    "free entry, text WIN to 80086",
    "urgent: claim now",
]
SUITE = """\
# @package _global_
defaults:
  - /dataset@datasets.messages: messages
  - _self_
suite: tiny
"""


def messages() -> str:
    """Of each class half the rows; the last column has gaps, and only the test rows have the word `giraffe`."""
    lines = ["subject,message,reply,sender,length,kind"]
    for n in range(80):
        texts, kind = ((HAM, "ham"), (SPAM, "spam"))[n % 2]
        message = f"{texts[n // 2 % 4]} {n}" + (" giraffe" if n >= 60 else "")
        subject, reply = f"about {texts[n // 8 % 4]}", "" if n % 5 == 0 else f"thanks for {texts[n // 4 % 4]}"
        lines.append(f'"{subject}","{message}","{reply}",from {n % 30},{len(message)},{kind}')
    return "\n".join(lines) + "\n"


def conf(sha256: str) -> str:
    text = {"kind": "text", "vocabulary_size": 50}
    return yaml.safe_dump(
        {
            "defaults": [{"/train@train": "classes"}, "_self_"],
            "download": {
                "source": "file",
                "format": {"format": "csv"},
                "files": {"all": {"path": "messages.csv", "sha256": sha256}},
            },
            "validate": {
                "columns": ["subject", "message", "reply", "sender", "length", "kind"],
                "may_be_missing": ["reply"],
            },
            "preprocess": {
                "targets": "kind",
                "labels": "one_hot",
                "split": {"test": 20, "validation": 20, "order": "chronological"},
                "columns": {
                    "subject": text | {"form": "tf_idf"},
                    "message": text | {"form": "ids", "length": 8},
                    "reply": text | {"missing": "empty"},
                    "sender": "category",
                },
                "steps": [{"step": "standard"}],
            },
            "train": {
                "model": {
                    "kind": "branches",
                    "inputs": {
                        "message": {"kind": "embedding", "width": 8, "body": "conv1d"},
                        "sender": {"kind": "embedding"},
                        "subject": {"kind": "mlp", "units": [4]},
                        "reply": {"kind": "linear"},
                        "x": {"kind": "linear"},
                    },
                    "units": [8],
                },
                "optimizer": {"kind": "adam", "learning_rate": 0.03},
                "epochs": 10,
                "batch": 10,
            },
            "evaluate": {"headline": "accuracy", "baselines": ["majority", "shuffled"]},
            "report": {"title": "Messages"},
        }
    )


@pytest.mark.long
def test_texts_of_every_form_from_conf_to_the_page(repo: Repo) -> None:
    repo.write("messages.csv", messages())
    repo.write("conf/dataset/messages.yaml", conf(hashlib.sha256(messages().encode()).hexdigest()))
    repo.write("conf/suite/starter.yaml", SUITE)
    repo.restage("run", "--no-preload")
    processed = read_processed(repo.path / "data/processed/messages")
    shapes = {name: x.shape for name, x in processed.inputs("test").items()}
    assert shapes["x"] == (20, 1)
    assert shapes["sender"] == (20, 1)
    assert shapes["message"] == (20, 8)
    assert processed.inputs("test")["message"].dtype == np.int32
    column = processed.fitted.inputs["message"].column
    assert isinstance(column, TextColumn)
    assert "giraffe" not in column.words
    metrics = yaml.safe_load(repo.read("reports/metrics/messages.json"))
    assert metrics["accuracy"] > 0.9
    page = repo.read("reports/pages/messages.html")
    for fact in ("ids for an embedding", "tf-idf", "multi-hot", "Words of message that the vocabulary does not have"):
        assert fact in page
    assert repo.repro() == set()
