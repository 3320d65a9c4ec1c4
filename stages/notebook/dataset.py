"""What `restage.load` gives: a dataset with its results, of the working tree or of a revision."""

from copy import deepcopy
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.core.parameters.read_params import Sections
from stages.notebook.files.dataset_files import DatasetFiles
from stages.notebook.files.read_when_used import DatasetResults
from stages.notebook.files.working_folder import current_folder
from stages.notebook.notebook_errors import raises_error
from stages.notebook.predict.loaded_model import LoadedModel, load_model
from stages.notebook.predict.predict_new_rows import predict_new_rows
from stages.notebook.values.processed_values import Processed
from stages.notebook.values.raw_table import RawTable
from stages.notebook.values.raw_values import RawImages, RawPictures, RawTexts, raw_pictures, raw_values
from stages.notebook.values.result_frames import history_frame, metrics_frame, predictions_frame

if TYPE_CHECKING:
    import pandas as pd


class Dataset:
    """A dataset and its results. Each part is read when it is first used; changes of files after that are not seen.

    `revision` is the name that was given, and `commit` its commit; both are None for the working tree. `warning` says
    why the results may not be those of the parameters and data, and what to do; None if they are.
    """

    def __init__(
        self,
        key: str,
        sections: Sections,
        files: DatasetFiles,
        revision: str | None = None,
        commit: str | None = None,
        warning: str | None = None,
    ) -> None:
        self.key, self.revision, self.commit, self.warning = key, revision, commit, warning
        self._sections, self._files = sections, files
        self._results = DatasetResults(key, files)

    @property
    def title(self) -> str:
        """The title of its page."""
        return str(self._sections.get("report", {}).get("title") or self.key)

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of each stage, as in params.yaml. Changes of this copy change nothing."""
        return deepcopy(self._sections)

    @cached_property
    @raises_error
    def raw(self) -> "pd.DataFrame | RawTable | RawImages | RawTexts":
        """The data after download. Values of private columns are in it.

        A large table gives some of its rows, or a block at a time, as data frames.
        """
        return raw_values(self._results.raw)

    @cached_property
    @raises_error
    def pictures(self) -> dict[str, RawPictures]:
        """The pictures of each column of a table that has some."""
        return raw_pictures(self._results.raw)

    @cached_property
    @raises_error
    def processed(self) -> Processed:
        """What the model is trained on, by split."""
        return Processed(self._results.processed)

    @cached_property
    @raises_error
    def metrics(self) -> "pd.DataFrame":
        """The metrics of the model and of each baseline."""
        return metrics_frame(self._results.evaluation)

    @cached_property
    @raises_error
    def history(self) -> "pd.DataFrame":
        """The metrics of each epoch of the training."""
        return history_frame(self._results.history)

    @cached_property
    @raises_error
    def predictions(self) -> "pd.DataFrame":
        """The measured rows: the number of the raw row, the truth, the prediction and the probabilities of classes."""
        return predictions_frame(self._results.predictions)

    @cached_property
    @raises_error
    def model(self) -> Any:
        """The Keras model. The first use in a process loads TensorFlow, which takes seconds."""
        return self._model.keras_model

    @raises_error
    def predict(self, rows: Any, pictures: str | Path | None = None) -> "pd.DataFrame":
        """What `restage predict` gives for new rows, with the thresholds and intervals of evaluate.

        `rows` is a data frame, a list of dicts, the path of a file, an array of images or a list of texts. The paths in
        a column of pictures are relative to the folder or zip `pictures`. For a series, these are its last known rows,
        and the next ones are forecast.
        """
        folder = current_folder()
        source = folder / rows if isinstance(rows, str | Path) else rows
        return predict_new_rows(self._model, source, None if pictures is None else folder / pictures)

    @cached_property
    def _model(self) -> LoadedModel:
        with self._files.explain_errors():
            return load_model(self.key, self._files.model_folder())

    def _repr_html_(self) -> str:
        from stages.notebook.display.dataset_html import dataset_html

        return dataset_html(self.title, f"{self.key}, {self._place}", self.warning, self._results)

    def __repr__(self) -> str:
        return f"<restage dataset {self.key}: {self.title}, {self._place}{f'; {self.warning}' if self.warning else ''}>"

    @property
    def _place(self) -> str:
        return "working tree" if self.revision is None else f"revision {self.revision}"
