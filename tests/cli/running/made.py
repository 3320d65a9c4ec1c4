"""Chains of stages that are only names, and someone who writes down what is told."""

from types import SimpleNamespace

from stages.cli.running.plan import Chain


def made(name: str, *stages: str, stale: bool = True) -> Chain:
    words = stages or ("train",)
    return Chain(name, tuple(SimpleNamespace(addressing=f"{word}@{name}") for word in words), stale)


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
