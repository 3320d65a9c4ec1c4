"""What trains the trials of a study: gives waiting tasks to workers, and a task whose worker was killed once more."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from stages.cli.tune.workers.messages import Result, StudySetup, Task, failed_result

ATTEMPTS = 2

# A task, and the number of its attempt.
Waiting = deque[tuple[Task, int]]


class TrialWorkers(ABC):
    def start(self, count: int) -> None:  # noqa: B027 - nothing is started before there is a setup
        """So many tasks will come: what they need may start before the setup is known."""

    def run(
        self, setup: StudySetup, tasks: Sequence[Task], may_start: Callable[[], bool] = lambda: True
    ) -> Iterator[tuple[Task, Result]]:
        """Each task with its result, in the order in which they end. No task starts when `may_start` is false."""
        waiting: Waiting = deque((task, 1) for task in tasks)
        while True:
            if not may_start():
                waiting.clear()
                self.give_up_waiting()
            self.give_tasks(waiting, setup)
            if not self.is_busy:
                return
            for task, attempt, result in self.ended_tasks():
                if not isinstance(result, str):
                    yield task, result
                elif attempt < ATTEMPTS:
                    waiting.appendleft((task, attempt + 1))
                else:
                    yield task, failed_result(task, result)

    def give_up_waiting(self) -> None:  # noqa: B027 - what is given to a process has begun
        """No task that was given and has not begun begins."""

    @property
    @abstractmethod
    def is_busy(self) -> bool:
        """Whether a task that was given has not ended."""

    @abstractmethod
    def give_tasks(self, waiting: Waiting, setup: StudySetup) -> None:
        """Take as many of those that wait as can run."""

    @abstractmethod
    def ended_tasks(self) -> Iterator[tuple[Task, int, Result | str]]:
        """Tasks that ended, each with its attempt and its result, or with how its worker was killed.

        Waits for the first, or for a short time.
        """
