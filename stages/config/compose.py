"""Hydra's composition of conf/, the same that `dvc exp run -S` makes."""

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

from stages.config.composition_errors import sentence
from stages.config.yaml_size_limits import check_bounds
from stages.core.errors import UserError
from stages.core.paths import CONF

NAME = "config"


@dataclass(frozen=True)
class Composed:
    """What conf/ says, and which file was chosen at which place: `dataset@datasets.iris` -> `iris`."""

    params: dict[str, Any]
    choices: dict[str, str]

    @property
    def text(self) -> str:
        """params.yaml, byte for byte as DVC writes it for an experiment."""
        return OmegaConf.to_yaml(OmegaConf.create(self.params))


def compose(conf: Path = CONF, overrides: Sequence[str] = ()) -> Composed:
    check_here(conf)
    check_bounds(sorted(conf.rglob("*.yaml")))
    choices: dict[str, str] = {}
    try:
        with initialize_config_dir(str(conf.resolve()), version_base=None):
            full = hydra_compose(NAME, overrides=list(overrides), return_hydra_config=True)
        choices |= {place: str(name) for place, name in full.hydra.runtime.choices.items() if "hydra/" not in place}
        OmegaConf.set_struct(full, False)
        del full["hydra"]
        params = OmegaConf.to_container(full, resolve=True)
    except (HydraException, OmegaConfBaseException, YAMLError, OSError, RecursionError, ValueError) as error:
        raise UserError(sentence(error, choices, conf)) from None
    assert isinstance(params, dict)
    return Composed({str(k): v for k, v in params.items()}, choices)


def check_here(conf: Path = CONF) -> None:
    if not (conf / f"{NAME}.yaml").is_file():
        raise UserError(f"{conf}/{NAME}.yaml: not here; run this at the root of the repository")
