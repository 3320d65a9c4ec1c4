"""`restage new FOLDER` or `ARCHIVE`: looks at pictures in class folders, and writes a dataset of conf/dataset."""

from dataclasses import replace

from stages.cli.datasets.list_datasets import align_columns
from stages.cli.datasets.suite_files import dataset_file
from stages.cli.new.new import NewOptions, choose_key, print_problems
from stages.cli.new.pictures.choose_size import check_longer_side
from stages.cli.new.pictures.find_picture_problems import find_picture_problems
from stages.cli.new.pictures.new_pictures_dataset import NewPicturesDataset, describe_pictures
from stages.cli.new.pictures.picture_conf_text import picture_conf_text
from stages.cli.new.pictures.picture_source import open_splits
from stages.cli.new.pictures.store_pictures import Copies, copies_of_roots, local_roots, paths_in_conf
from stages.cli.new.questions import Questions
from stages.cli.new.read.chosen_repository import chosen_repository
from stages.cli.new.write.check_dataset import compose_alone
from stages.cli.new.write.store_data import check_copies, is_in_repository
from stages.cli.new.write.write_dataset import write_dataset
from stages.config.compose_conf import check_conf_exists
from stages.core.errors import ErrorList
from stages.core.pictures.decoder_versions import check_decoder_versions
from stages.preprocess.preprocess_data import preprocess
from stages.report.rendering.format_text import count
from stages.train.check_params_fit_data import check_training


def new_pictures(options: NewOptions, longer_side: int | None = None) -> None:
    check_conf_exists()
    check_decoder_versions()
    check_options(options)
    check_longer_side(longer_side)
    key = choose_key(replace(options, file=options.file.rstrip("/")))
    repository = chosen_repository(options.repo, options.rev)
    dataset = describe_pictures(key, open_splits(options.file, options.test, repository), longer_side)
    print_pictures(dataset)
    print_problems(find_picture_problems(dataset))
    copies = choose_copies(dataset, options)
    check_fits(dataset, picture_conf_text(dataset, paths_in_conf(dataset.splits, {})))
    text = picture_conf_text(dataset, paths_in_conf(dataset.splits, copies))
    if options.dry_run:
        print(f"\n{dataset_file(key)} would be:\n\n{text}", end="")
        return
    write_dataset(key, text, copies=list(copies.values()), outside=names_outside(dataset))


def check_options(options: NewOptions) -> None:
    errors = ErrorList()
    for_tables = {"target": options.targets, "time": options.time, "text": options.text, "group": options.group}
    for_tables["sheet"] = options.sheet
    for name, value in for_tables.items():
        errors.check(not value, f"--{name}: for tables; the class of a picture is the name of its folder")
    errors.check(options.model is None, "--model: for tables; change train.model in the file that is written")
    errors.raise_if_any()


def check_fits(dataset: NewPicturesDataset, text: str) -> None:
    """Raise UserError with what a run would report before it trains."""
    params = compose_alone(dataset.key, text)
    check_training(params.train, preprocess(dataset.raw, params.preprocess))


def print_pictures(dataset: NewPicturesDataset) -> None:
    height, width = dataset.params.size
    colour = "grey" if dataset.params.colour == "grey" else "in colour"
    fit = {"resize": "", "crop": ", cropped to this ratio", "pad": ", with a margin"}[dataset.params.fit]
    counted = f"{count(dataset.count, 'picture')}, {count(len(dataset.raw.classes), 'class', 'classes')}"
    print(f"{', '.join(dataset.names)}: {counted}; {colour}, {height} x {width}{fit}\n")
    names = ["pictures"] if len(dataset.splits) == 1 else list(dataset.splits)
    counts = [dataset.class_counts(split) for split in dataset.splits]
    rows = [(name, *(f"{by_class[name]:,}" for by_class in counts)) for name in dataset.raw.classes]
    print("\n".join(align_columns([("class", *names), *rows])))


def choose_copies(dataset: NewPicturesDataset, options: NewOptions) -> Copies:
    """The copies to make; none if folders and archives stay where they are."""
    copying = Questions(options.yes).copies(names_outside(dataset), options.storage)
    copies = copies_of_roots(dataset.key, dataset.splits) if copying else {}
    check_copies(copies.values())
    return copies


def names_outside(dataset: NewPicturesDataset) -> list[str]:
    """The names of the folders and archives on this machine that lie outside the repository."""
    return [root.name for root in local_roots(dataset.splits) if not is_in_repository(root.path)]
