"""`restage refresh --check`: whether the sources still give what conf pins, for CI."""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stages.config.schema import Dataset
from stages.core.errors import UserError
from stages.download.current_hashes import current_hashes, pinned_hashes

SAME, CHANGED, FAILED = 0, 1, 2
UNPINNED = "no hash in conf/"


@dataclass(frozen=True)
class CheckedSource:
    """`state` is same, changed, failed or unpinned; `reasons` are the messages of what failed."""

    state: str
    hashes: Mapping[str, str]
    reasons: tuple[str, ...] = ()


def check_sources(datasets: Mapping[str, Dataset], as_json: bool) -> int:
    """Print the state of each dataset; return the exit code. A source that several datasets have is read once."""
    known: dict[str, CheckedSource] = {}
    checked = {}
    for key, dataset in datasets.items():
        source = dataset.download.model_dump_json()
        known[source] = known.get(source) or check_source(dataset)
        checked[key] = known[source]
        if not as_json:
            print_state(key, checked[key])
    if as_json:
        print(json.dumps({"datasets": {key: _document(each) for key, each in checked.items()}}, indent=2))
    return exit_code(each.state for each in checked.values())


def check_source(dataset: Dataset) -> CheckedSource:
    if not pinned_hashes(dataset.download):
        return CheckedSource("unpinned", {})
    try:
        hashes = current_hashes(dataset.download)
    except UserError as error:
        return CheckedSource("failed", {}, error.messages)
    changed = {pinned: current for pinned, current in hashes.items() if pinned != current}
    return CheckedSource("changed" if changed else "same", changed)


def exit_code(states: Iterable[str]) -> int:
    """
    >>> [exit_code(states) for states in (["same", "unpinned"], ["same", "changed"], ["changed", "failed"])]
    [0, 1, 2]
    """
    found = set(states)
    return FAILED if "failed" in found else CHANGED if "changed" in found else SAME


def print_state(key: str, checked: CheckedSource) -> None:
    match checked.state:
        case "changed":
            print(f"{key}: changed; `restage refresh {key}` shows what", flush=True)
        case "same":
            print(f"{key}: as conf/ pins it", flush=True)
        case "unpinned":
            print(f"{key}: {UNPINNED}", flush=True)
        case _:
            for reason in checked.reasons:
                print(f"restage: refresh: {key}: {reason}", file=sys.stderr, flush=True)


def _document(checked: CheckedSource) -> dict[str, object]:
    return {"state": checked.state, "changed": dict(checked.hashes), "reasons": list(checked.reasons)}
