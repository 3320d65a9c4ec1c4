"""`restage gc`: what no record needs any more, in the cache or on a remote, and its removal."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tqdm import tqdm

from stages.cli.cache.check_files import map_files
from stages.cli.cache.gc.suite_keys import keys_of_suites
from stages.cli.cache.gc.unused_files import Folders, UnusedFiles, find_unused
from stages.cli.cache.needed_objects import NeededObject, needed_objects
from stages.cli.cache.recorded_output_files import Output, earlier_outputs, recorded_outputs_of_all
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.storage.cache import FOLDER_SUFFIX
from stages.core.dvc.storage.object_stores import ObjectStore, Storage, object_file
from stages.core.errors import UserError, format_examples

_NOT_KNOWN = "results of branches that are not fetched here, or not pushed by others, are not known; `git fetch --all`"


@dataclass(frozen=True)
class GcOptions:
    """`remote` means a remote instead of the cache: the default one, or that with this name.

    Nothing is removed without `delete`. `shared` allows it in a cache that other clones may use.
    """

    remote: bool = False
    name: str | None = None
    delete: bool = False
    shared: bool = False


def gc(options: GcOptions) -> None:
    """Prints what no branch, tag, experiment, stash or work tree needs."""
    if options.name and not options.remote:
        raise UserError(f"unexpected {options.name!r}; did you mean --remote {options.name}?")
    if options.delete and options.remote and not options.name:
        raise UserError("a remote is shared with others: to delete there, name it: `restage gc --delete --remote NAME`")
    with dvc_errors():
        storage = Storage()
        store = storage.remote(options.name, "gc") if options.remote else storage.cache()
        if options.delete and not options.remote and storage.is_cache_shared() and not options.shared:
            raise UserError("the cache is outside of the repository, where other clones may use it: add --shared")
        with storage.locked():
            _collect(storage, store, options.delete)


def _collect(storage: Storage, store: ObjectStore, delete: bool) -> None:
    records = recorded_outputs_of_all()
    folders = Folders(_stores(storage, store))
    needed = needed_objects(records, folders.files)
    unused = find_unused(store, needed.keys(), folders, [*records, *earlier_outputs()])
    for line in _lines(store, unused, needed):
        print(line)
    unknown = [o for o in records if o.is_cached and o.md5.endswith(FOLDER_SUFFIX) and folders.files(o.md5) is None]
    if unknown:
        listed = format_examples(f"{output.path} of {records[output][0]}" for output in unknown)
        raise UserError(
            f"nothing was deleted: which files these folders need is not known: {listed}; `restage fsck --remote` "
            "fetches the lists, or remove the branches and tags that nobody can restore"
        )
    if delete:
        store.remove(unused.files)
        print(f"deleted: {_size(sum(unused.objects.values()))}")
    elif unused.files:
        print(f"nothing was deleted; `restage gc --delete{'' if store.is_cache else ' --remote NAME'}` does it")


def _stores(storage: Storage, store: ObjectStore) -> list[ObjectStore]:
    """Where lists of files may be: a clone has those of branches that it never checked out on the remote only."""
    cache = storage.cache()
    if not store.is_cache:
        return [cache, store]
    return [cache, *([storage.remote(None, "gc")] if storage.default_remote() else [])]


def _lines(store: ObjectStore, unused: UnusedFiles, needed: Mapping[str, list[NeededObject]]) -> Iterator[str]:
    if not store.is_cache:
        yield f"{store.name}: {_NOT_KNOWN}"
    suites = keys_of_suites()
    yield from _table(((_group(unused.owners.get(name), suites), size) for name, size in unused.objects.items()))
    total = f"{len(unused.objects)} of {len(unused.objects) + len(unused.kept)} objects, {len(unused.runs)} runs"
    yield f"no longer needed in {store.name}: {_size(sum(unused.objects.values()))} in {total}"
    of_no_suite = {
        name: needed[name][0].output
        for name in sorted(unused.kept)
        if all(_is_of_no_suite(n.output, suites) for n in needed[name])
    }
    if of_no_suite:
        sizes = map_files("list", store.jobs, lambda name: store.info(object_file(name)).size, list(of_no_suite))
        yield "kept, since a dvc.lock has them:"
        yield from _table(zip((_group(output, suites) for output in of_no_suite.values()), sizes, strict=True))


def _table(rows: Iterable[tuple[str, int]]) -> Iterator[str]:
    """One line for each group, the largest first."""
    sizes, counts = Counter[str](), Counter[str]()
    for group, size in rows:
        sizes[group] += size
        counts[group] += 1
    for group, size in sizes.most_common():
        yield f"{_size(size):>8} {counts[group]:>7} objects  {group}"


def _group(output: Output | None, suites: Collection[str]) -> str:
    if output is None:
        return "of unknown origin"
    if output.dataset is None:
        return output.stage
    return output.dataset + (" (no longer in any suite)" if _is_of_no_suite(output, suites) else "")


def _is_of_no_suite(output: Output, suites: Collection[str]) -> bool:
    return output.dataset is not None and output.dataset not in suites and bool(suites)


def _size(size: int) -> str:
    return f"{tqdm.format_sizeof(size)}B"
