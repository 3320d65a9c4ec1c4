"""Progress of a long loop: a bar on a terminal, a few lines in a log."""

import sys
import time
from collections.abc import Mapping

from tqdm import tqdm

MAX_LINES = 10
# A step that takes longer than so many seconds shows how much of it is done.
SECONDS = 5.0


class Progress:
    """Counts steps up to `total`, starting at `done`. `bar` chooses between bar and lines; None looks at stderr."""

    def __init__(self, title: str, total: int, done: int = 0, bar: bool | None = None) -> None:
        self.title = title
        self.total = total
        self.done = done
        show_bar = sys.stderr.isatty() if bar is None else bar
        self._shown = time.monotonic()
        self._bar = tqdm(total=total, initial=done, desc=title, leave=False, file=sys.stderr) if show_bar else None

    def step(self, metrics: Mapping[str, float]) -> None:
        """Count one step and show its metrics."""
        self.done += 1
        self._shown = time.monotonic()
        text = " ".join(f"{name}={value:.4g}" for name, value in metrics.items())
        if self._bar is not None:
            self._bar.set_postfix_str(text, refresh=False)
            self._bar.update()
        elif self._print_line_now():
            print(f"{self.title}: {self.done}/{self.total} {text}", flush=True)

    def show_part(self, done: int, total: int) -> None:
        """Show how much of the current step is done, if nothing was shown in the last seconds."""
        if time.monotonic() - self._shown < SECONDS:
            return
        self._shown = time.monotonic()
        if self._bar is not None:
            self._bar.set_postfix_str(f"{done:,} of {total:,} samples")
        else:
            print(f"{self.title}: {self.done + 1}/{self.total} {done:,} of {total:,} samples", flush=True)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def _print_line_now(self) -> bool:
        """At most MAX_LINES lines for the whole loop, evenly spread."""
        return self.done * MAX_LINES // self.total > (self.done - 1) * MAX_LINES // self.total
