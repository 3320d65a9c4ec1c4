"""What a user can set of the server."""

from dataclasses import dataclass

from stages.core.errors import ErrorList

MEGABYTE = 1_000_000
LARGEST_PORT = 65_535


@dataclass(frozen=True)
class ServeOptions:
    """`port` 0 is any free one. The limits hold for each request, except `waiting_rows`: the rows of all requests.

    `batch_rows` is the most rows that the model gets at once.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    body_megabytes: float = 10
    rows: int = 10_000
    seconds: float = 30
    pixels: int = 50_000_000
    waiting_rows: int = 20_000
    batch_rows: int = 256

    @property
    def body_bytes(self) -> int:
        return int(self.body_megabytes * MEGABYTE)

    def check(self) -> None:
        """Raise UserError unless every value can be used."""
        errors = ErrorList()
        errors.check(0 <= self.port <= LARGEST_PORT, f"--port: should be 0 to {LARGEST_PORT}; received {self.port}")
        limits = {
            "--max-body": self.body_megabytes,
            "--max-rows": self.rows,
            "--timeout": self.seconds,
            "--max-pixels": self.pixels,
        }
        for name, value in limits.items():
            errors.check(value > 0, f"{name}: should be positive; received {value}")
        errors.raise_if_any()
