"""The text of conf/dataset/<key>.yaml for a new dataset of pictures."""

from collections.abc import Iterator, Mapping
from typing import Any

from stages.cli.new.conf_text.conf_text import ROOM, SCHEMA, entry, flow, round_down, source_entries
from stages.cli.new.conf_text.default_models import TEST, VALIDATION
from stages.cli.new.describe.find_problems import MIN_CLASS_ROWS
from stages.cli.new.pictures.default_cnn import default_cnn, default_training
from stages.cli.new.pictures.new_pictures_dataset import NewPicturesDataset, repeated_across_splits
from stages.report.format_text import count


def picture_conf_text(dataset: NewPicturesDataset, paths: Mapping[str, str]) -> str:
    """`paths` are those of the folders and archives on this machine, by split."""
    sections = [
        [
            SCHEMA,
            f"# Written by `restage new` for {', '.join(dataset.names)}.",
            "defaults:",
            "  - /train@train: classes",
            "  - _self_",
        ],
        ["download:", *_download(dataset, paths)],
        ["validate:", *_validate(dataset)],
        ["preprocess:", *_preprocess(dataset)],
        ["train:", *_train(dataset)],
        ["evaluate:", *entry("headline", "accuracy"), *entry("baselines", ["majority", "shuffled"])],
        ["report:", *_report(dataset)],
    ]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _download(dataset: NewPicturesDataset, paths: Mapping[str, str]) -> Iterator[str]:
    root = next(iter(dataset.splits.values())).root
    yield from source_entries(root.address, root.repository)
    params = dataset.params.model_dump(exclude_defaults=True)
    exclude = params.pop("exclude", {})
    yield "  format:"
    for name, value in {"format": "pictures", **params}.items():
        yield from entry(name, value, 4)
    if exclude:
        yield "    exclude:  # files that cannot be read"
        for split, names in exclude.items():
            yield from entry(split, names, 6)
    yield "  files:"
    for split in dataset.splits:
        yield from _file(dataset, split, paths)


def _file(dataset: NewPicturesDataset, split: str, paths: Mapping[str, str]) -> Iterator[str]:
    new_split = dataset.splits[split]
    yield f"    {split}:"
    if new_split.root.repository:
        is_inner_folder = new_split.folder and new_split.root.is_folder
        path = f"{new_split.root.address}/{new_split.folder}" if is_inner_folder else new_split.root.address
        yield from entry("path", path, 6)
    elif new_split.root.address:
        yield from entry("urls", [new_split.root.address], 6)
        yield from entry("size", new_split.root.path.stat().st_size, 6)
    else:
        yield from entry("path", paths[split], 6)
    if new_split.folder and not new_split.root.is_folder:
        yield from entry("member", new_split.folder, 6)
    yield from entry("sha256", new_split.sha256, 6)


def _validate(dataset: NewPicturesDataset) -> Iterator[str]:
    if repeated := repeated_across_splits(dataset.raw):
        comment = f"{count(repeated, 'picture')} of a later split are in an earlier one too"
        yield from entry("duplicates_across_splits", "report", comment=comment)
    yield "  expectations:"
    least = round_down(dataset.count * (1 - ROOM))
    yield f"    - expect_table_row_count_to_be_between: {flow({'min_value': int(least)})}"
    labels = {"column": "label", "value_set": list(range(len(dataset.raw.classes)))}
    yield f"    - expect_column_values_to_be_in_set: {flow(labels)}"


def _preprocess(dataset: NewPicturesDataset) -> Iterator[str]:
    yield from entry("labels", "one_hot")
    yield from entry("split", split_entry(dataset))
    yield from ("  steps:", "    - {step: divide, by: 255}")


def split_entry(dataset: NewPicturesDataset) -> dict[str, Any]:
    """Stratified if each class has enough pictures for all splits."""
    counts = dataset.class_counts(dataset.training_split)
    pictures = sum(counts.values())
    stratified = min(counts.values()) >= MIN_CLASS_ROWS and len(counts) <= round(VALIDATION * pictures)
    return {
        "test": "given" if "test" in dataset.splits else TEST,
        "validation": "given" if "validation" in dataset.splits else VALIDATION,
        "order": "stratified" if stratified else "shuffled",
        "seed": 0,
    }


def _train(dataset: NewPicturesDataset) -> Iterator[str]:
    pictures = sum(dataset.class_counts(dataset.training_split).values())
    training = default_training(pictures)
    yield f"  # A model for {count(pictures, 'picture')} to begin with: change it and compare with `dvc metrics diff`."
    if training.augmented:
        yield "  # `augment: {flip: true}` mirrors pictures too, if left and right mean the same in them."
    height, width = dataset.params.size
    yield from entry("model", default_cnn(height, width, pictures))
    yield from entry("epochs", training.epochs)
    yield from entry("batch", training.batch)
    yield from entry("early_stopping", {"patience": training.patience})


def _report(dataset: NewPicturesDataset) -> Iterator[str]:
    yield from entry("title", dataset.key.replace("_", " ").capitalize())
    classes = count(len(dataset.raw.classes), "class", "classes")
    yield from entry("about", f"{classes} of pictures from {' and '.join(dataset.names)}.")
