"""Interrupts a training as a kill does, right after one of its checkpoints was saved."""

from stages.train.loop.checkpoint import TrainingCheckpoint


class Interrupted(BaseException):
    """No handler of the stage catches it."""


def interrupt_after(saves, monkeypatch):
    remaining = iter(range(saves - 1, -1, -1))
    save = TrainingCheckpoint.save

    def save_and_interrupt(self, *args):
        save(self, *args)
        if next(remaining) == 0:
            raise Interrupted

    monkeypatch.setattr(TrainingCheckpoint, "save", save_and_interrupt)
