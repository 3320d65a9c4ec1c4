"""What Hydra, OmegaConf and YAML say of a faulty conf/, as one sentence with the file, the line and a way out."""

import re
from collections.abc import Mapping
from pathlib import Path

from hydra.errors import MissingConfigException
from omegaconf.errors import OmegaConfBaseException
from yaml import MarkedYAMLError

from stages.config.origins import origin, place_of
from stages.core.errors import examples, nearest
from stages.core.problems import Keys

_PLAIN = {"DictConfig": "keys with values", "ListConfig": "a list"}


def sentence(error: Exception, choices: Mapping[str, str], conf: Path) -> str:
    match error:
        case OmegaConfBaseException(full_key=str(key)) if choices:
            return f"{origin(_keys(key), choices, conf)}: {key}: {_plain(str(error))}"
        case MarkedYAMLError(problem_mark=mark) if mark is not None:
            return f"{_relative(mark.name, conf)}:{mark.line + 1}: not YAML: {_problem(error)}"
        case MissingConfigException(missing_cfg_file=str(missing)):
            return _missing(missing, _read_last(error, conf), conf)
        case UnicodeDecodeError():
            return f"{examples(f for f in sorted(conf.rglob('*.yaml')) if _undecodable(f))}: not text; save it as UTF-8"
        case _:
            return f"{_read_last(error, conf)}: {_relative(_plain(str(error) or str(error.__context__)), conf)}"


def _keys(dotted: str) -> Keys:
    """
    >>> _keys("train.units[0]")
    ('train', 'units', 0)
    """
    return tuple(int(k) if k.isdigit() else k for k in re.findall(r"[^.\[\]]+", dotted))


def _problem(error: MarkedYAMLError) -> str:
    opened = f" ({error.context} in line {error.context_mark.line + 1})" if error.context_mark else ""
    return f"{error.problem}{opened}"


def _missing(missing: str, reader: Path, conf: Path) -> str:
    """A defaults list names a file, or a folder, that is not there."""
    group, _, name = missing.rpartition("/")
    folders = sorted(f"/{d.name}" for d in conf.iterdir() if d.is_dir())
    there = sorted(f.stem for f in (conf / group).glob("*.yaml"))
    hint = nearest(name, there) if (conf / group).is_dir() else nearest(f"/{Path(group).name}", folders)
    place = place_of(name, [conf / "local.yaml", reader])
    return f"{place or reader}: no {conf / missing}.yaml; {hint}"


def _read_last(error: Exception, conf: Path) -> Path:
    """The file that Hydra was at."""
    named = re.search(r"\b[Ii]n '([^']+)'", str(error))
    return conf / f"{named[1]}.yaml" if named else conf


def _plain(text: str) -> str:
    """Without search paths, places in the libraries' own code, and their words for mappings and lists."""
    text = re.split(r"Config search path|\n +full_key:", text)[0]
    text = re.sub(r"^In '[^']+': (\w+ raised while composing config:)?", "", text)
    return " ".join(_PLAIN.get(word, word) for word in text.split())


def _relative(text: str, conf: Path) -> str:
    return text.replace(str(conf.resolve()), str(conf))


def _undecodable(file: Path) -> bool:
    try:
        file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return True
    return False
