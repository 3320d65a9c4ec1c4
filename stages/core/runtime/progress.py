"""A bar for someone who watches, a few lines for a log."""

import sys
from collections.abc import Mapping

from tqdm import tqdm

LINES = 10


class Progress:
    """Counts to `total`; on a terminal as a bar, otherwise as at most ten lines."""

    def __init__(self, title: str, total: int, done: int = 0, watched: bool | None = None) -> None:
        self.title = title
        self.total = total
        self.done = done
        watched = sys.stderr.isatty() if watched is None else watched
        self.bar = tqdm(total=total, initial=done, desc=title, leave=False, file=sys.stderr) if watched else None

    def step(self, figures: Mapping[str, float]) -> None:
        self.done += 1
        text = " ".join(f"{name}={value:.4g}" for name, value in figures.items())
        if self.bar is not None:
            self.bar.set_postfix_str(text, refresh=False)
            self.bar.update()
        elif self._worth_a_line():
            print(f"{self.title}: {self.done}/{self.total} {text}", flush=True)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()

    def _worth_a_line(self) -> bool:
        return self.done * LINES // self.total > (self.done - 1) * LINES // self.total
