"""python -m benchmarks.studies.trainings_of_trials KEY JOURNAL

Trains each trial of a study whole, one after another, as the stage train trains: nothing is compiled once for several.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.cli.run.compose_if_changed import composed_params
from stages.cli.tune.journal.journal import read_trials
from stages.cli.tune.prepare_study import study_parameters
from stages.cli.tune.run_rounds import trial_sections
from stages.core import paths
from stages.core.runtime.keras import start_keras


def main(key: str, journal: Path) -> None:
    parameters = study_parameters(key, composed_params())
    start_keras(parameters.dataset.train.threads)
    # These modules load Keras.
    from stages.cli.tune.trials.trial_data import TrialData
    from stages.cli.tune.trials.trial_params import train_params
    from stages.train.loop.training_loop import Training

    with TemporaryDirectory() as folder:
        data = TrialData(paths.raw_data(key), Path(folder))
        for trial in read_trials(journal.read_bytes(), journal).values():
            sections = trial_sections(parameters.sections, parameters.ranges, trial.values)
            params = train_params(sections["train"])
            training = Training(data.processed(sections["preprocess"]), params)
            training.run(params.seed, params.epochs, f"trial {trial.number}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
