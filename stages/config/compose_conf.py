"""Composes conf/ with Hydra, in the same way as `dvc exp run -S`, and refuses what could do harm."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra import version
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.utils import create_config_search_path
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from stages.config.by_dataset.compose_by_dataset import compose_by_dataset
from stages.config.by_dataset.shared_files import NeedsWholeCompositionError
from stages.config.checks.composed_size_and_secrets import check_composed_values
from stages.config.checks.conf_files import check_conf_files, check_local_file
from stages.config.checks.interpolation_limits import InterpolationCounter, limited_interpolations
from stages.config.composition_errors import explain_composition_error, split_key
from stages.config.hydra_conf_reader import ConfSource
from stages.config.source_lines import find_key, find_word
from stages.core.errors import UserError
from stages.core.paths import CONF

ROOT_CONFIG = "config"
# In params.yaml: the datasets that have the stage export.
EXPORTS = "exports"


@dataclass(frozen=True)
class Composition:
    """Parameters, and the file that was chosen for each group: `dataset@datasets.iris` -> `iris`."""

    params: dict[str, Any]
    choices: dict[str, str]
    composed_text: str | None = field(default=None, compare=False, repr=False)

    @property
    def text(self) -> str:
        """The content of params.yaml. For an experiment, DVC writes the same bytes, but no `exports`."""
        if self.composed_text is not None:
            return self.composed_text
        return OmegaConf.to_yaml(OmegaConf.create(self.params))


def compose(conf: Path = CONF, overrides: Sequence[str] = ()) -> Composition:
    """Compose `conf`. Raises UserError with file, line and what to change if that fails.

    Each dataset is composed alone where that gives the same: the time for all of them together grows with the square of
    their number.
    """
    if overrides:
        return compose_whole(conf, overrides)
    check_conf_exists(conf)
    version.setbase(None)
    try:
        found = compose_by_dataset(conf, ROOT_CONFIG)
    except NeedsWholeCompositionError:
        return compose_whole(conf)
    params, text = found.params, found.text
    exports = _exports(params.get("datasets"))
    if exports and EXPORTS not in params:
        params = params | {EXPORTS: exports}
        text += OmegaConf.to_yaml(OmegaConf.create({EXPORTS: exports}))
    check_composed_values(params, found.choices, conf)
    return Composition(params, found.choices, text)


def compose_whole(conf: Path = CONF, overrides: Sequence[str] = ()) -> Composition:
    """The same by one composition of Hydra."""
    check_conf_exists(conf)
    version.setbase(None)
    loader = ConfigLoaderImpl(create_config_search_path(f"{ConfSource.scheme()}://{conf}"))
    [source] = (source for source in loader.get_sources() if isinstance(source, ConfSource))
    composition = Composition({}, {})
    with limited_interpolations() as counter:
        try:
            composed = loader.load_configuration(ROOT_CONFIG, list(overrides), RunMode.RUN)
            source.check_values()
            _resolve(composed, composition)
        except (HydraException, OmegaConfBaseException, YAMLError, OSError, RecursionError, ValueError) as error:
            source.check_values()
            _check_limits(counter, composition, source)
            raise UserError(explain_composition_error(error, composition.choices, conf, source.files)) from None
    _check_limits(counter, composition, source)
    check_composed_values(composition.params, composition.choices, conf)
    return composition


def check_conf_exists(conf: Path = CONF) -> None:
    """Raise UserError if conf/ is missing, or has what is no file, or what Hydra would put in another place."""
    check_conf_files(conf)
    if not (conf / f"{ROOT_CONFIG}.yaml").is_file():
        raise UserError(f"{conf}/{ROOT_CONFIG}.yaml: not found; run this at the root of the repository")
    check_local_file(conf)


def _resolve(composed: DictConfig, composition: Composition) -> None:
    """Fill the composition: the choices first, which a message about an error in the parameters needs."""
    choices = composed.hydra.runtime.choices.items()
    composition.choices.update({group: str(name) for group, name in choices if "hydra/" not in group})
    OmegaConf.set_struct(composed, False)
    del composed["hydra"]
    params = OmegaConf.to_container(composed, resolve=True)
    assert isinstance(params, dict)
    composition.params.update({str(key): value for key, value in params.items()})
    if exports := _exports(composition.params.get("datasets")):
        composition.params.setdefault(EXPORTS, exports)


def _exports(datasets: Any) -> dict[str, dict[str, Any]]:
    """The datasets that have an export, for the foreach of its stage. Nothing is checked yet.

    >>> _exports({"iris": {"export": {}}, "wine": {}})
    {'iris': {}}
    """
    sections = datasets.items() if isinstance(datasets, dict) else ()
    return {key: {} for key, each in sections if isinstance(each, dict) and each.get("export") is not None}


def _check_limits(counter: InterpolationCounter, composition: Composition, source: ConfSource) -> None:
    """Hydra ignores an error in some places, so that the counter is asked in any case."""
    if counter.problem:
        keys, conf = split_key(counter.key), Path(source.path)
        word = find_word(str(keys[-1]), source.files) if keys else None
        where = find_key(keys, composition.choices, conf) if composition.choices else word or conf
        raise UserError(f"{where}: {counter.key}: {counter.problem}; write the values themselves")
