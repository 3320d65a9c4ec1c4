"""Turns errors of Hydra, OmegaConf and YAML into one message with the file, the line and what to change."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml
from hydra.errors import MissingConfigException
from omegaconf.errors import GrammarParseError, KeyValidationError, OmegaConfBaseException
from omegaconf.grammar_parser import parse
from yaml import MappingNode, MarkedYAMLError, Node, ScalarNode

from stages.config.source_lines import find_key, find_node, find_word, find_words
from stages.core.address_secrets import without_secrets
from stages.core.errors import format_examples, suggest
from stages.core.parameters.validation_errors import Keys

# A part of the parser's message, and what to change.
YAML_HINTS = {
    r"'\t'": "indent with spaces, not tabs",
    "cannot start any token": "put the text in quotes",
    "<block end>": "lines that belong together begin in the same column",
    "could not find expected ':'": "put a colon and a space after a key",
    "duplicate key": "keep one of the two",
    "mapping values are not allowed": "a text with a colon in it needs quotes",
    "undefined alias": "a text that begins with * needs quotes",
    "constructor for the tag": "a text that begins with ! needs quotes",
    "unknown escape": "put a text with a backslash in single quotes",
    "unexpected end of stream": "the closing quote is missing",
}
_KEYWORD = re.compile(r"^(override|optional) +")
# Hydra's messages about a group that is chosen twice: with two names, and with the same name.
_REPEATED_GROUP = re.compile(r"Multiple values for (\S+)\. |^(\S+) appears more than once in the final defaults list")
_ENDLESS = "values name one another with ${...} without end; write one of them itself"
_PLAIN_WORDS = {"DictConfig": "keys with values", "ListConfig": "a list"}


def explain_composition_error(
    error: Exception, choices: Mapping[str, str], conf: Path, files: Sequence[Path] = ()
) -> str:
    """The message for `error`, without secrets. `choices` is empty if the composition failed before it was complete.

    `files` are those that were composed.
    """
    return without_secrets(_explain(error, choices, conf, files))


def _explain(error: Exception, choices: Mapping[str, str], conf: Path, files: Sequence[Path]) -> str:
    kinds = GrammarParseError | KeyValidationError
    cause = error if isinstance(error, kinds) else error.__context__
    match cause if isinstance(cause, kinds) else error:
        case OmegaConfBaseException(full_key=str(key)) if choices:
            return f"{find_key(split_key(key), choices, conf)}: {key}: {_plain(str(error))}"
        case GrammarParseError():
            where = find_node(_invalid_interpolation, files) or conf
            return f"{where}: {_plain(str(cause))}; ${{...}} names another key"
        case KeyValidationError():
            return f"{find_node(_invalid_key, files) or conf}: {_plain(str(cause))}; put it in quotes if it is meant"
        case MarkedYAMLError(problem_mark=mark) as yaml_error if mark is not None:
            start = yaml_error.context_mark
            begin = f" ({yaml_error.context} in line {start.line + 1})" if start else ""
            problem = str(yaml_error.problem)
            hint = next((f"; {hint}" for part, hint in YAML_HINTS.items() if part in problem), "")
            return f"{_relative(mark.name, conf)}:{mark.line + 1}: not YAML: {problem}{begin}{hint}"
        case MissingConfigException(missing_cfg_file=str(missing)):
            return _missing_config(missing, Path(_file_in_message(error, conf, files)), conf)
        case UnicodeDecodeError():
            return f"{format_examples(file for file in files if not _is_utf8(file))}: not text; save it as UTF-8"
        case RecursionError():
            return _explain_recursion(files, conf)
        case _:
            message = _plain(str(error) or str(error.__context__))
            return f"{_file_in_message(error, conf, files)}: {_relative(message, conf)}"


def _explain_recursion(files: Sequence[Path], conf: Path) -> str:
    if cycle := _defaults_cycle(files, conf):
        return f"{cycle}: this defaults list includes its own file again; remove the entry"
    where = find_node(_interpolation, files) or conf
    return f"{where}: {_ENDLESS}"


def split_key(key: str) -> Keys:
    """
    >>> split_key("train.units[0]")
    ('train', 'units', 0)
    """
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", key))


def _missing_config(missing: str, reader: Path, conf: Path) -> str:
    """A defaults list names a file or folder that does not exist, or a folder instead of a file."""
    group, _, name = missing.rpartition("/")
    files = [conf / "local.yaml", reader]
    where = find_word(name, files, after=Path(group).name) or find_word(name, files) or reader
    if (conf / missing).is_dir():
        files_in_folder = format_examples(_config_names(conf / missing))
        return f"{where}: {missing} is a folder; name one of its files: {files_in_folder}"
    if (conf / group).is_dir():
        hint = suggest(name, [*_config_names(conf / group), "_self_"])
    else:
        hint = suggest(f"/{Path(group).name}", sorted(f"/{d.name}" for d in conf.iterdir() if _config_names(d)))
    return f"{where}: no {conf / missing}.yaml; {hint}"


def _config_names(folder: Path) -> list[str]:
    return sorted(file.stem for file in folder.glob("*.yaml"))


def _interpolation(node: Node) -> Node | None:
    return node if isinstance(node, ScalarNode) and "${" in node.value else None


def _invalid_interpolation(node: Node) -> Node | None:
    """The node, if it is a text that OmegaConf cannot parse."""
    if isinstance(node, ScalarNode) and "${" in node.value:
        try:
            parse(node.value)
        except GrammarParseError:
            return node
    return None


def _invalid_key(node: Node) -> Node | None:
    """A key of the mapping that OmegaConf does not accept: an empty one, or a date."""
    keys = [key for key, _ in node.value] if isinstance(node, MappingNode) else []
    return next((key for key in keys if key.tag.endswith((":null", ":timestamp"))), None)


def _file_in_message(error: Exception, conf: Path, files: Sequence[Path]) -> Path | str:
    """The file that Hydra names in its message, or the line with a group that is chosen twice."""
    repeated = _REPEATED_GROUP.search(str(error))
    if repeated:
        return _line_of_repeated_group(repeated[1] or repeated[2], files) or conf
    named = re.search(r"\b[Ii]n '([^']+)'|defined in (\S+)$", str(error))
    return conf / f"{named[1] or named[2]}.yaml" if named else conf


def _line_of_repeated_group(group: str, files: Sequence[Path]) -> str | None:
    """The second line with the group in one file, or else the first line with its whole name.

    `group` is `train@datasets.iris.train`. The file of the dataset writes `train@train`, as those of other datasets do.
    """
    option, _, package = group.partition("@")
    parts = package.split(".")
    for name in (f"{option}@{'.'.join(parts[start:])}" for start in range(len(parts))):
        for file in files:
            if len(lines := list(find_words(name, [file]))) > 1:
                return lines[1]
    return find_word(group, files)


def _plain(text: str) -> str:
    """The message without search paths, names of exceptions and names of OmegaConf's classes."""
    text = re.split(r"Config search path|\n +full_key:", text)[0]
    text = re.sub(r"^In '[^']+': (\w+ raised while composing config:)?", "", text)
    text = re.sub(r"^KeyError raised while resolving interpolation: ", "", text)
    text = re.sub(r"^RecursionError raised while resolving interpolation: .*", _ENDLESS, text, flags=re.DOTALL)
    return " ".join(_PLAIN_WORDS.get(word, word) for word in text.split())


def _relative(text: str, conf: Path) -> str:
    return text.replace(str(conf.resolve()), str(conf))


def _is_utf8(file: Path) -> bool:
    try:
        file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _defaults_cycle(files: Sequence[Path], conf: Path) -> str | None:
    """The first file and line with a defaults entry that leads back to the file, directly or through other files."""
    for file in files:
        for included in included_files(file, conf):
            reachable, waiting = set[Path](), [included]
            while waiting:
                if (reached := waiting.pop()) not in reachable:
                    reachable.add(reached)
                    waiting += included_files(reached, conf)
            if file in reachable:
                return find_word(included.stem, [file]) or str(file)
    return None


def included_files(file: Path, conf: Path) -> Iterator[Path]:
    """The files in its defaults list. Whatever is not a valid entry is skipped."""
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) if file.is_file() else None
    entries = content.get("defaults") if isinstance(content, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        group, name = next(iter(entry.items()), ("", "")) if isinstance(entry, dict) else ("", entry)
        parts = (_KEYWORD.sub("", str(group)).partition("@")[0], str(name).partition("@")[0])
        if parts == ("", "_self_"):
            continue
        path = "/".join(part for part in parts if part)
        parent = conf if path.startswith("/") else file.parent
        yield parent / f"{path.strip('/').removesuffix('.yaml')}.yaml"
