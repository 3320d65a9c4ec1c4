"""The text of conf/dataset/<key>.yaml for a new dataset of pictures."""

from collections.abc import Iterator, Mapping
from typing import Any

from stages.cli.new.conf_text.default_split import TEST, VALIDATION, can_be_stratified
from stages.cli.new.conf_text.file_entries import file_entries, source_entries
from stages.cli.new.conf_text.value_ranges import least_rows
from stages.cli.new.conf_text.yaml_lines import entry, flow, join_sections
from stages.cli.new.pictures.default_cnn import default_cnn, default_training
from stages.cli.new.pictures.new_pictures_dataset import NewPicturesDataset, repeated_across_splits
from stages.cli.new.pictures.picture_source import NewSplit
from stages.cli.new.read.new_files import NewFile
from stages.report.rendering.format_text import count


def picture_conf_text(dataset: NewPicturesDataset, paths: Mapping[str, str]) -> str:
    """`paths` are those of the folders and archives on this machine, by split."""
    sections = {
        "download": _download(dataset, paths),
        "validate": _validate(dataset),
        "preprocess": _preprocess(dataset),
        "train": _train(dataset),
        "evaluate": entry("headline", "accuracy"),
        "report": _report(dataset),
    }
    defaults = ["defaults:", "  - /train@train: classes", "  - _self_"]
    return join_sections(dataset.names, defaults, sections)


def _download(dataset: NewPicturesDataset, paths: Mapping[str, str]) -> Iterator[str]:
    files = {split: _file(new_split) for split, new_split in dataset.splits.items()}
    yield from source_entries(next(iter(files.values())))
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
    for split, file in files.items():
        yield from file_entries(split, file, paths)


def _file(split: NewSplit) -> NewFile:
    """The folder or archive of the split. The folder of a repository has its own path there."""
    root, folder = split.root, split.folder
    address = f"{root.address}/{folder}" if root.repository and root.is_folder and folder else root.address
    member = None if root.is_folder else folder or None
    return NewFile(root.path, split.sha256, address, member, root.repository)


def _validate(dataset: NewPicturesDataset) -> Iterator[str]:
    if repeated := repeated_across_splits(dataset.raw):
        comment = f"{count(repeated, 'picture')} of a later split are in an earlier one too"
        yield from entry("duplicates_across_splits", "report", comment=comment)
    yield "  expectations:"
    yield f"    - expect_table_row_count_to_be_between: {flow({'min_value': least_rows(dataset.count)})}"
    labels = {"column": "label", "value_set": list(range(len(dataset.raw.classes)))}
    yield f"    - expect_column_values_to_be_in_set: {flow(labels)}"


def _preprocess(dataset: NewPicturesDataset) -> Iterator[str]:
    yield from entry("labels", "one_hot")
    yield from entry("split", split_entry(dataset))
    yield from ("  steps:", "    - {step: divide, by: 255}")


def split_entry(dataset: NewPicturesDataset) -> dict[str, Any]:
    """Stratified if each class has enough pictures for all splits."""
    counts = list(dataset.class_counts(dataset.training_split).values())
    return {
        "test": "given" if "test" in dataset.splits else TEST,
        "validation": "given" if "validation" in dataset.splits else VALIDATION,
        "order": "stratified" if can_be_stratified(counts) else "shuffled",
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
