"""Commands for DVC's cache and remotes."""

from typing import Annotated

import typer

from stages.cli.commands.command_options import Debug, RemoteName, reporting_errors

commands = typer.Typer()


@commands.command()
def fsck(
    name: RemoteName = None,
    remote: Annotated[bool, typer.Option("--remote", help="Also check the remote NAME, or the default one.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Repair nothing; fail if something is damaged.")] = False,
    debug: Debug = False,
) -> None:
    """Check the bytes of DVC's cache, and of a remote; repair each from the other."""
    with reporting_errors("fsck", debug):
        from stages.cli.cache.fsck.fsck import FsckOptions
        from stages.cli.cache.fsck.fsck import fsck as check_objects

        check_objects(FsckOptions(remote, name, check))


@commands.command()
def gc(
    name: RemoteName = None,
    remote: Annotated[
        bool, typer.Option("--remote", help="The remote NAME, or the default one; not the cache.")
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete it. On a remote, NAME is required.")] = False,
    shared: Annotated[bool, typer.Option("--shared", help="Delete in a cache that other clones may use.")] = False,
    debug: Debug = False,
) -> None:
    """List what no branch, tag, experiment, stash or work tree needs in DVC's cache, or delete it."""
    with reporting_errors("gc", debug):
        from stages.cli.cache.gc.gc import GcOptions
        from stages.cli.cache.gc.gc import gc as collect_garbage

        collect_garbage(GcOptions(remote, name, delete, shared))
