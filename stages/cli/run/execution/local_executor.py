"""Runs chains on this machine: each in a process of its own, watched by a thread.

The process is forked from the one that has read DVC's graph, which takes a second or more, so that this is done once.
It leads a process group of its own: a signal ends all that belongs to one chain and nothing else. If the parent is
killed, it ends too, and with it the stage that it runs: DVC refuses to run a stage that another process is running.

A fork copies one thread, and a lock that another thread holds at that moment stays locked in the copy. What makes it
safe here: `_lock` is the only lock of ours that these threads take, forking happens while holding it, and the copy does
not use it; the copy does not touch the parent's text streams, it opens its own; the main thread must not use DVC while
chains run. The locks of the interpreter (memory, imports, logging) are reset or held by fork itself.
"""

import json
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from functools import partial
from typing import NoReturn

from stages.cli.run.execution.executor import Resources, StageEvent, StageFailed, StageFinished, StageStarted
from stages.cli.run.plan import Chain
from stages.cli.stop_signals import STOP_SIGNALS
from stages.core.bounded_memory.memory_limit import VARIABLE as MEMORY_VARIABLE
from stages.core.runtime.parent_process import end_with_parent

KILL_AFTER = 30.0
EVENTS = {event.__name__: event for event in (StageStarted, StageFinished, StageFailed)}

Report = Callable[[StageEvent], None]
# Runs in the chain's process; returns whether all stages finished.
RunChain = Callable[[Chain, Report], bool]


@dataclass
class _Job:
    chain: Chain
    slots: int
    memory: int | None
    future: "Future[int]" = field(default_factory=Future)


class LocalExecutor:
    """Runs as many chains at once as there are slots; a chain takes a slot for each of its threads.

    With `memory`, in bytes, chains run only while what they may use fits in it. A chain that asks for none may use the
    part of its slots.
    """

    def __init__(self, slots: int, run_chain: RunChain, report: Report, memory: int | None = None) -> None:
        self._slots = slots
        self._free_slots = slots
        self._memory = memory
        self._free_memory = memory or 0
        self._run_chain = run_chain
        self._report = report
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._read_ends: dict[int, int] = {}  # of the running processes, by process ID
        self._stopping = False

    def submit(self, chain: Chain, resources: Resources) -> "Future[int]":
        slots = min(resources.threads, self._slots)
        share = None if self._memory is None else self._memory * slots // self._slots
        job = _Job(chain, slots, resources.memory_bytes or share)
        with self._lock:
            self._waiting.append(job)
        self._start_waiting()
        return job.future

    def stop(self) -> None:
        with self._lock:
            first, self._stopping = not self._stopping, True
            waiting = list(self._waiting)
            self._waiting.clear()
            for process in self._read_ends:
                os.kill(process, signal.SIGTERM)
        for job in waiting:
            job.future.cancel()
        if first:
            timer = threading.Timer(KILL_AFTER, self._kill)
            timer.daemon = True
            timer.start()

    def _kill(self) -> None:
        with self._lock:
            for process in self._read_ends:
                with suppress(ProcessLookupError):
                    os.killpg(process, signal.SIGKILL)

    def _start_waiting(self) -> None:
        """The first that finds too few free slots keeps the others waiting, so that it gets its turn."""
        with self._lock:
            while self._waiting and self._fits(self._waiting[0]):
                job = self._waiting.popleft()
                if job.future.set_running_or_notify_cancel():
                    self._free_slots -= job.slots
                    self._free_memory -= job.memory or 0
                    threading.Thread(target=self._run, args=(job,), name=job.chain.name).start()

    def _fits(self, job: _Job) -> bool:
        return job.slots <= self._free_slots and (self._memory is None or (job.memory or 0) <= self._free_memory)

    def _run(self, job: _Job) -> None:
        """A thread's work. Signals are blocked in it, so that the main thread gets them and wakes up."""
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            exit_code = self._run_process(job.chain, job.memory)
            set_result = partial(job.future.set_result, exit_code)
        except BaseException as error:  # noqa: BLE001
            set_result = partial(job.future.set_exception, error)
        with self._lock:
            self._free_slots += job.slots
            self._free_memory += job.memory or 0
        set_result()
        self._start_waiting()

    def _run_process(self, chain: Chain, memory: int | None) -> int:
        """Fork, report what the process writes to its pipe, and wait for its end, which closes the pipe."""
        with self._lock:
            if self._stopping:
                return -signal.SIGTERM
            read_end, write_end = os.pipe()
            parent, process = os.getpid(), os.fork()
            if process == 0:
                if memory is not None:
                    os.environ[MEMORY_VARIABLE] = str(memory)
                self._run_forked(chain, parent, write_end, [*self._read_ends.values(), read_end])
            os.close(write_end)
            self._read_ends[process] = read_end
        with os.fdopen(read_end, "rb", closefd=False) as messages:
            for message in messages:
                name, *fields = json.loads(message)
                self._report(EVENTS[name](chain.name, *fields))
        with self._lock:
            # Until here the process ID cannot be that of another process.
            _, status = os.waitpid(process, 0)
            del self._read_ends[process]
            os.close(read_end)
        return os.waitstatus_to_exitcode(status)

    def _run_forked(self, chain: Chain, parent: int, write_end: int, read_ends: Iterable[int]) -> NoReturn:
        """The forked process closes all read ends: an open one would hide from other chains that the parent is gone.

        It must not return: this is a copy of the parent's thread.
        """
        exit_code = 1
        try:
            os.setpgid(0, 0)
            for read_end in read_ends:
                os.close(read_end)
            _open_own_streams()
            # A signal that comes before the chain installs its handlers ends the process: nothing is lost yet.
            for number in STOP_SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
            end_with_parent(parent, signal.SIGTERM)
            if self._run_chain(chain, lambda event: _write(write_end, event)):
                exit_code = 0
        except BrokenPipeError:
            pass  # the parent is gone
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
        finally:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError):  # the disk is full
                    stream.flush()
            os._exit(exit_code)


def _open_own_streams() -> None:
    """The parent's stream objects may hold text that is not yet written, and locks."""
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123
    os.dup2(sys.stdin.fileno(), 0)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _write(write_end: int, event: StageEvent) -> None:
    """A line with the name and the fields of the event; the reader knows the chain, its first field."""
    _, *fields = astuple(event)
    os.write(write_end, json.dumps([type(event).__name__, *fields]).encode() + b"\n")
