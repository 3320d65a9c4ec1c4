"""The inputs of a predicted row: the cells of a table, the first words of a text, or a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.report.charts.raw_series import row_times
from stages.report.samples.sample_images import sample_images
from stages.report.samples.sample_rows import input_cells
from stages.report.samples.sample_texts import first_words


@dataclass(frozen=True)
class RawRows:
    raw: RawData
    fitted: Fitted

    def inputs(self, row: int) -> list[tuple[str, str]]:
        """Names and values. A value of a private column is not among them. Empty for images."""
        match self.raw:
            case Images():
                return []
            case Tokens():
                return [("text", first_words(self.raw, row))]
            case Table():
                return input_cells(self.raw, self.fitted, row)

    def images(self, rows: Sequence[int]) -> list[str]:
        """A data URI of each row, or an empty text if the data are no images."""
        if not isinstance(self.raw, Images):
            return [""] * len(rows)
        return [uri for uri, _ in sample_images(self.raw, rows)]

    @property
    def times(self) -> Sequence[str]:
        return row_times(self.raw) if isinstance(self.raw, Table) else []
