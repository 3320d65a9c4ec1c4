"""`restage new --from KEY --model MODEL`: the same data and preprocessing with another model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from stages.cli.datasets.add import check_files_exist
from stages.cli.datasets.suite_files import dataset_file, own_suite
from stages.cli.new.conf_text.choose_model import ChosenModel, choose_model
from stages.cli.new.conf_text.yaml_lines import flow
from stages.cli.new.write.check_dataset import compose_alone
from stages.cli.new.write.write_dataset import write_conf
from stages.config.compose_conf import check_conf_exists
from stages.config.source_lines import parse_yaml
from stages.core.artefacts.processed import read_processed
from stages.core.errors import UserError
from stages.core.paths import check_key, processed_data
from stages.train.check_params_fit_data import check_training


def new_variant(base: str, model: str, key: str | None, dry_run: bool) -> None:
    check_conf_exists()
    check_files_exist([base])
    chosen = choose_model(model)
    key = check_key(key or f"{base}_{chosen.name}")
    file = dataset_file(key)
    if file.exists():
        raise UserError(f"{file}: exists; choose another name with --key")
    text = variant_text(dataset_file(base), chosen)
    dataset = compose_alone(key, text)
    if processed_data(base).is_dir():  # it ran before, so that the shapes of its arrays are known
        check_training(dataset.train, read_processed(processed_data(base)))
    if dry_run:
        print(f"{file} would be:\n\n{text}", end="")
        return
    write_conf(key, text, own_suite()[0])
    print(f"next: restage run {key}")


def variant_text(base: Path, model: ChosenModel) -> str:
    """The text of the file with another model, and a title that names it; comments stay.

    The file is copied and not named in `defaults`: keys of its model that another kind does not have would stay.
    """
    text = base.read_text(encoding="utf-8")
    replaced = {("train", "model"): flow(dict(model.section))}
    title = _value(yaml.safe_load(text), ("report", "title"))
    if isinstance(title, str):
        replaced["report", "title"] = flow(f"{title}, {model.name}")
    if _node(base, ("train", "model")) is None:
        raise UserError(f"{base}: has no train.model of its own; name a dataset that has one")
    nodes = [(node, new) for keys, new in replaced.items() if (node := _node(base, keys)) is not None]
    for node, new in sorted(nodes, key=lambda pair: pair[0].start_mark.index, reverse=True):
        old = text[node.start_mark.index : node.end_mark.index]
        text = text[: node.start_mark.index] + new + old[len(old.rstrip()) :] + text[node.end_mark.index :]
    return text


def _value(content: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        content = content.get(key) if isinstance(content, Mapping) else None
    return content


def _node(file: Path, keys: tuple[str, ...]) -> yaml.Node | None:
    """The node of the value at these keys."""
    node = parse_yaml(file)
    for key in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in pairs if name.value == key), None)
    return node
