"""What looks wrong in the pictures of a new dataset, as sentences for people."""

from collections.abc import Iterator

from stages.cli.new.describe.find_problems import MIN_CLASS_ROWS
from stages.cli.new.pictures.new_pictures_dataset import NewPicturesDataset, repeated_across_splits
from stages.core.errors import format_examples
from stages.download.read_picture_files import describe_errors
from stages.report.rendering.format_text import count

# With fewer pictures, a class is hardly learned.
FEW_PICTURES = 20
# The largest class has more than this many times the pictures of the smallest one.
IMBALANCE = 10


def find_picture_problems(dataset: NewPicturesDataset) -> list[str]:
    return [
        *_unreadable_sentences(dataset),
        *_class_sentences(dataset),
        *_split_sentences(dataset),
    ]


def _unreadable_sentences(dataset: NewPicturesDataset) -> Iterator[str]:
    for split, errors in dataset.unreadable.items():
        place = f"{split}: " if len(dataset.splits) > 1 else ""
        for message in describe_errors(errors)[:-1]:
            yield f"{place}{message}; left out by format.exclude"


def _class_sentences(dataset: NewPicturesDataset) -> Iterator[str]:
    counts = dataset.class_counts(dataset.training_split)
    if rare := [f"{name} ({count(number, 'picture')})" for name, number in counts.items() if number < MIN_CLASS_ROWS]:
        yield f"too few pictures of {format_examples(rare)} for a split by classes; pictures are shuffled"
    small = {name: number for name, number in counts.items() if MIN_CLASS_ROWS <= number < FEW_PICTURES}
    if few := [f"{name} ({count(number, 'picture')})" for name, number in small.items()]:
        yield f"few pictures of {format_examples(few)}; a model learns little from fewer than {FEW_PICTURES}"
    most, least = max(counts, key=lambda name: counts[name]), min(counts, key=lambda name: counts[name])
    if counts[most] > IMBALANCE * max(1, counts[least]):
        yield (
            f"{most} has {counts[most]:,} pictures, {least} {counts[least]:,}; compare the metrics of each class, and "
            "not the accuracy alone"
        )


def _split_sentences(dataset: NewPicturesDataset) -> Iterator[str]:
    training = dataset.class_counts(dataset.training_split)
    for split in list(dataset.splits)[1:]:
        counts = dataset.class_counts(split)
        if missing := [name for name, number in counts.items() if not number and training[name]]:
            yield f"{split}: no pictures of {format_examples(missing)}"
    if repeated := repeated_across_splits(dataset.raw):
        later = " and ".join(list(dataset.splits)[1:])
        yield f"{count(repeated, 'picture')} of {later} are in an earlier split too; take them out of one of them"
