"""Checks of DVC's cache and remotes: where they are, how files get there, who answers."""

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

from stages.cli.doctor.checks.file_system_checks import existing_parent
from stages.cli.doctor.finding import Finding, ok, problem, problem_if_refused, warning

# Seconds for a remote to answer.
REMOTE_TIMEOUT = 15.0
# Also a process that is asked after the deadline may have ended in time.
SHORTEST_WAIT = 0.1
# The Linux request that makes a file share the blocks of another one.
FICLONE = 0x40049409
DEFAULT_LINKS = "`dvc config --unset cache.type`, then `dvc checkout --relink`"
_PASSWORD = re.compile(r"(?<=//)[^/@\s]*:[^/@\s]*(?=@)")


def configuration() -> Finding:
    """DVC accepts its configuration: of this clone, of the user and of the system."""
    from stages.core.dvc.storage.configuration import read_configuration

    return problem_if_refused(read_configuration, "DVC accepts it")


def cache() -> Finding:
    """The folder of the cache can be written, or made."""
    from stages.core.dvc.storage.configuration import read_configuration

    folder = read_configuration().cache
    place = existing_parent(folder)
    if not place.is_dir():
        return problem(f"{place} is no folder", f"remove it, or `dvc cache dir FOLDER`; the cache is {folder}")
    if not os.access(place, os.W_OK | os.X_OK):
        return problem(f"cannot write to {place}", "make it writable, or `dvc cache dir FOLDER`")
    return ok(f"{folder}, {'the same' if _on_same_disk(place) else 'another'} file system")


def _on_same_disk(folder: Path) -> bool:
    return folder.stat().st_dev == Path().stat().st_dev


def link_type(is_root: bool | None = None) -> Finding:
    """How DVC puts files of the cache into the working tree, and whether that is safe and possible here."""
    from stages.core.dvc.storage.configuration import read_configuration

    configuration = read_configuration()
    place = existing_parent(configuration.cache)
    names, same_disk = ", ".join(configuration.link_types), _on_same_disk(place)
    shared = [kind for kind in configuration.link_types if kind in ("hardlink", "symlink")]
    if shared and (os.geteuid() == 0 if is_root is None else is_root):
        found = f"{names}: root can write through a {shared[0]} and damage the cache"
        return warning(found, DEFAULT_LINKS)
    if configuration.link_types == ["hardlink"] and not same_disk:
        return problem("hardlink: impossible, the cache is on another file system", DEFAULT_LINKS)
    reflinks = can_reflink(place, Path()) if "reflink" in configuration.link_types else None
    if configuration.link_types == ["reflink"] and reflinks is False:
        return problem("reflink: not supported by this file system", DEFAULT_LINKS)
    note = {True: "; files share their blocks", False: "; reflink is not possible here", None: ""}[reflinks]
    return ok(names + note)


def can_reflink(source: Path, target: Path) -> bool | None:
    """Tried with two files without a name, which leave nothing behind; None if the system cannot make such files."""
    if not hasattr(os, "O_TMPFILE"):
        return None
    with ExitStack() as stack:
        try:
            files = [os.open(folder, os.O_TMPFILE | os.O_RDWR) for folder in (source, target)]
        except OSError:
            return None
        for file in files:
            stack.callback(os.close, file)
        os.write(files[0], bytes(4096))
        try:
            fcntl.ioctl(files[1], FICLONE, files[0])
        except OSError:
            return False
    return True


def remotes() -> Finding:
    """Whether a remote is configured, and which one is the default."""
    from stages.core.dvc.storage.configuration import read_configuration

    configuration = read_configuration()
    names, default = list(configuration.remotes), configuration.default_remote
    if not names:
        return warning("none: data and models are on this machine only", "`dvc remote add --default NAME ADDRESS`")
    if default is None:
        return warning(f"{', '.join(names)}, but no default", f"`dvc remote default {names[0]}`")
    if default not in names:
        return problem(f"the default {default} does not exist", f"`dvc remote default {names[0]}`")
    return ok(f"{', '.join(names)}; default {default}")


def remote_verification() -> Finding:
    """Without `verify`, DVC takes a damaged object from a remote without an error."""
    from stages.core.dvc.storage.configuration import read_configuration

    configured = read_configuration().remotes
    unverified = [name for name, remote in configured.items() if not remote.verified]
    if unverified:
        commands = "; ".join(f"`dvc remote modify {name} verify true`" for name in unverified)
        return warning(f"off for {', '.join(unverified)}", commands)
    return ok("on" if configured else "no remote")


def remote_access() -> Finding:
    """Whether each remote answers."""
    from stages.core.dvc.storage.configuration import ABSENT, read_configuration

    configured = read_configuration().remotes
    answers = ask_remotes(name for name, remote in configured.items() if not remote.asks)
    failed = [f"{name} ({reason})" for name, (code, reason) in answers.items() if code not in (0, ABSENT)]
    empty = [name for name, (code, _) in answers.items() if code == ABSENT]
    if failed:
        solution = "correct the address or the access: `dvc remote modify --local NAME OPTION VALUE`"
        return problem(f"no access: {'; '.join(failed)}", solution)
    if empty:
        return warning(f"nothing is there yet: {', '.join(empty)}", "`dvc push`; or mount it, or correct its address")
    silent = [name for name in configured if name not in answers]
    parts = {"answered": answers, "not tried, since a password is asked for": silent}
    return ok("; ".join(f"{text}: {', '.join(names)}" for text, names in parts.items() if names) or "no remote")


def ask_remotes(names: Iterable[str]) -> dict[str, tuple[int, str]]:
    """See stages.core.dvc.storage.configuration. Each is asked by a process, which is ended after REMOTE_TIMEOUT."""
    module = "stages.core.dvc.storage.configuration"
    return run_all({name: [sys.executable, "-m", module, name] for name in names}, REMOTE_TIMEOUT)


def run_all(commands: Mapping[str, Sequence[str]], timeout: float) -> dict[str, tuple[int, str]]:
    """Exit code and last line of each command; all run at once. One that does not answer counts as failed."""
    started = {
        name: subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # without a terminal nothing can ask for a password
        )
        for name, command in commands.items()
    }
    answers, deadline = {}, monotonic() + timeout
    for name, process in started.items():
        try:
            printed, errors = process.communicate(timeout=max(SHORTEST_WAIT, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()  # not waited for: a process that waits for a network disk cannot be ended
            answers[name] = (1, f"no answer in {timeout:g} s")
        else:
            lines = (printed.strip() or errors.strip()).splitlines() or [""]
            answers[name] = (process.returncode, _PASSWORD.sub("***", lines[-1]))
    return answers


def committed_secrets() -> Finding:
    """Passwords and keys in .dvc/config, which is in git."""
    from stages.config.dvc_config_secrets import check_secrets

    return problem_if_refused(check_secrets, "none in .dvc/config")
