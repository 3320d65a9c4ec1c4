"""What Hydra, OmegaConf and YAML say of a faulty conf/, as one sentence with the file, the line and a way out."""

import re
from collections.abc import Mapping
from pathlib import Path

from hydra.errors import MissingConfigException
from omegaconf.errors import GrammarParseError, KeyValidationError, OmegaConfBaseException
from omegaconf.grammar_parser import parse
from yaml import MappingNode, MarkedYAMLError, Node, ScalarNode

from stages.config.defaults_cycles import circle
from stages.config.source_lines import origin, place_of, where
from stages.core.errors import format_examples, suggest
from stages.core.validation_errors import Keys

# What YAML says, and what the person most likely did.
HINTS = {
    r"'\t'": "indent with spaces, not tabs",
    "cannot start any token": "put the text in quotes",
    "<block end>": "lines that belong together begin in the same column",
    "could not find expected ':'": "after a key comes a colon and a space",
    "duplicate key": "keep one of the two",
    "mapping values are not allowed": "a text with a colon in it needs quotes",
    "undefined alias": "a text that begins with * needs quotes",
    "constructor for the tag": "a text that begins with ! needs quotes",
    "unknown escape": "in single quotes a backslash is a backslash",
    "unexpected end of stream": "the closing quote is missing",
}
_PLAIN = {"DictConfig": "keys with values", "ListConfig": "a list"}


def sentence(error: Exception, choices: Mapping[str, str], conf: Path) -> str:
    inner = error.__context__
    match inner if isinstance(inner, GrammarParseError | KeyValidationError) else error:
        case OmegaConfBaseException(full_key=str(key)) if choices:
            return f"{origin(_keys(key), choices, conf)}: {key}: {_plain(str(error))}"
        case GrammarParseError():
            return f"{where(_no_interpolation, _files(conf)) or conf}: {_plain(str(inner))}; ${{...}} names another key"
        case KeyValidationError():
            return f"{where(_no_key, _files(conf)) or conf}: {_plain(str(inner))}; put it in quotes if it is meant"
        case MarkedYAMLError(problem_mark=mark) as marked if mark is not None:
            return f"{_relative(mark.name, conf)}:{mark.line + 1}: not YAML: {_problem(marked)}"
        case MissingConfigException(missing_cfg_file=str(missing)):
            return _missing(missing, Path(_read_last(error, conf)), conf)
        case _:
            return _without_mark(error, conf)


def _without_mark(error: Exception, conf: Path) -> str:
    """What says nothing of its place, which is looked for."""
    match error:
        case UnicodeDecodeError():
            return f"{format_examples(f for f in _files(conf) if _undecodable(f))}: not text; save it as UTF-8"
        case RecursionError():
            return f"{circle(conf) or conf}: a defaults list that leads back to its own file would never end"
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
    hint = next((f"; {told}" for sign, told in HINTS.items() if sign in f"{error.problem}"), "")
    return f"{error.problem}{opened}{hint}"


def _missing(missing: str, reader: Path, conf: Path) -> str:
    """A defaults list names a file, or a folder, that is not there."""
    group, _, name = missing.rpartition("/")
    folders = sorted(f"/{d.name}" for d in conf.iterdir() if d.is_dir() and _names(d))
    there = [*_names(conf / group), "_self_"]
    files = [conf / "local.yaml", reader]
    place = place_of(name, files, after=Path(group).name) or place_of(name, files)
    if (conf / missing).is_dir():
        files_in_folder = format_examples(_names(conf / missing))
        return f"{place or reader}: {missing} is a folder; name one of its files: {files_in_folder}"
    hint = suggest(name, there) if (conf / group).is_dir() else suggest(f"/{Path(group).name}", folders)
    return f"{place or reader}: no {conf / missing}.yaml; {hint}"


def _names(folder: Path) -> list[str]:
    return sorted(f.stem for f in folder.glob("*.yaml"))


def _files(conf: Path) -> list[Path]:
    return sorted(conf.rglob("*.yaml"))


def _no_interpolation(node: Node) -> Node | None:
    """A text that OmegaConf cannot read."""
    if isinstance(node, ScalarNode) and "${" in node.value:
        try:
            parse(node.value)
        except GrammarParseError:
            return node
    return None


def _no_key(node: Node) -> Node | None:
    """A key that OmegaConf has no place for: nothing, or a date."""
    keys = [key for key, _ in node.value] if isinstance(node, MappingNode) else []
    return next((key for key in keys if key.tag.endswith((":null", ":timestamp"))), None)


def _read_last(error: Exception, conf: Path) -> Path | str:
    """The file that Hydra was at, and the line where it says what it was about."""
    named = re.search(r"\b[Ii]n '([^']+)'|defined in (\S+)$", str(error))
    twice = re.search(r"Multiple values for ([^\s.]+(?:\.[^\s.]+)*)\.", str(error))
    if twice:
        return place_of(twice[1], _files(conf)) or conf
    return conf / f"{named[1] or named[2]}.yaml" if named else conf


def _plain(text: str) -> str:
    """Without search paths, places in the libraries' own code, and their words for mappings and lists."""
    text = re.split(r"Config search path|\n +full_key:", text)[0]
    text = re.sub(r"^In '[^']+': (\w+ raised while composing config:)?", "", text)
    text = re.sub(r"^KeyError raised while resolving interpolation: ", "", text)
    return " ".join(_PLAIN.get(word, word) for word in text.split())


def _relative(text: str, conf: Path) -> str:
    return text.replace(str(conf.resolve()), str(conf))


def _undecodable(file: Path) -> bool:
    try:
        file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return True
    return False
