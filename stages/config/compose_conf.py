"""Composes conf/ with Hydra, in the same way as `dvc exp run -S`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from stages.config.composition_errors import explain_composition_error
from stages.config.yaml_size_limits import check_size_limits
from stages.core.errors import UserError
from stages.core.paths import CONF

ROOT_CONFIG = "config"


@dataclass(frozen=True)
class Composition:
    """Parameters, and the file that was chosen for each group: `dataset@datasets.iris` -> `iris`."""

    params: dict[str, Any]
    choices: dict[str, str]

    @property
    def text(self) -> str:
        """The content of params.yaml, the same bytes as DVC writes for an experiment."""
        return OmegaConf.to_yaml(OmegaConf.create(self.params))


def compose(conf: Path = CONF, overrides: Sequence[str] = ()) -> Composition:
    """Compose `conf`. Raises UserError with file, line and what to change if that fails."""
    check_conf_exists(conf)
    check_size_limits(sorted(conf.rglob("*.yaml")))
    choices: dict[str, str] = {}
    try:
        with initialize_config_dir(str(conf.resolve()), version_base=None):
            composed = hydra_compose(ROOT_CONFIG, overrides=list(overrides), return_hydra_config=True)
        choices |= {g: str(name) for g, name in composed.hydra.runtime.choices.items() if "hydra/" not in g}
        OmegaConf.set_struct(composed, False)
        del composed["hydra"]
        params = OmegaConf.to_container(composed, resolve=True)
    except (HydraException, OmegaConfBaseException, YAMLError, OSError, RecursionError, ValueError) as error:
        raise UserError(explain_composition_error(error, choices, conf)) from None
    assert isinstance(params, dict)
    return Composition({str(key): value for key, value in params.items()}, choices)


def check_conf_exists(conf: Path = CONF) -> None:
    if not (conf / f"{ROOT_CONFIG}.yaml").is_file():
        raise UserError(f"{conf}/{ROOT_CONFIG}.yaml: not found; run this at the root of the repository")
