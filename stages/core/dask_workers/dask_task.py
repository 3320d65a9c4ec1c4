"""The task of Dask that a thread of a worker runs. It is sent to the worker by value."""

from typing import Any

from stages.core.dask_workers.server_process import IdleServers


class DaskTask:
    """That of the current thread."""

    def __init__(self) -> None:
        from distributed import get_worker

        self.worker = get_worker()
        self._key = self.worker.get_current_task()

    def is_cancelled(self) -> bool:
        """Also if the caller has ended, or the scheduler is gone."""
        known = self.worker.state.tasks.get(self._key)
        return known is None or known.state != "executing" or str(self.worker.status) != "Status.running"

    def idle_servers(self, kind: str) -> IdleServers[Any]:
        """The processes of this kind that the worker keeps."""
        found: IdleServers[Any] = vars(self.worker).setdefault(f"restage_idle_{kind}", IdleServers())
        return found
