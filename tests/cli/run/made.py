"""Chains of stages that are only names, and someone who writes down what is told."""

from types import SimpleNamespace

from stages.cli.run.plan import Chain


def made(name: str, *stages: str) -> Chain:
    """All of its stages are due."""
    names = [f"{word}@{name}" for word in stages or ("train",)]
    return Chain(name, tuple(SimpleNamespace(addressing=name) for name in names), tuple(names))


class Notes:
    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def began(self, chain: Chain, stage: str) -> None:
        self.told.append(("began", stage))

    def ended(self, chain: Chain, stage: str, seconds: float, ran: bool) -> None:
        self.told.append(("ended", stage))

    def failed(self, stage: str, how: str) -> None:
        self.told.append(("failed", stage, how))

    def over(self, chain: Chain, whole: bool) -> None:
        self.told.append(("over", chain.name, whole))

    def tick(self) -> None:
        pass
