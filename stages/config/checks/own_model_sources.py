"""Checks the Python files in conf/models that datasets use, without importing them: syntax, imports, functions."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from stages.config.schema import Suite
from stages.config.source_lines import find_key
from stages.core import paths
from stages.core.errors import ErrorList, UserError, closest_match, suggest
from stages.core.files.check_is_file import check_is_file
from stages.core.parameters.validation_errors import Keys, dotted_path
from stages.train.params import Train
from stages.train.params.model_params import Own
from stages.train.params.own_function_names import FILE_PATTERN

ALLOWED_LIBRARIES = ("keras", "numpy", "tensorflow")
# What train passes to `build` by position.
BUILD_INPUTS = ("inputs", "outputs")


def check_model_sources(suite: Suite, choices: Mapping[str, str], conf: Path) -> None:
    """Raise UserError with all errors. A file that several datasets use is reported once.

    `conf` is the folder that was composed, or the file that the parameters were read from.
    """
    folder = (conf if conf.is_dir() else paths.CONF) / paths.MODEL_FILES.name
    messages: dict[str, None] = {}
    for key, dataset in suite.datasets.items():
        for keys, problem in _problems(dataset.train, folder):
            path = ("datasets", key, "train", *keys)
            messages[f"{find_key(path, choices, conf)}: {dotted_path(path)}: {problem}" if keys else problem] = None
    if messages:
        raise UserError(*messages)


def check_build_function(own: Own, folder: Path) -> None:
    """Raise UserError with all errors of a model that conf/ does not name yet."""
    file, keys = own.build.partition(":")[0], ("model", "build")
    problems = _source_problems(dict.fromkeys([file, *own.files], keys), {keys: own.build}, own, folder)
    if messages := list(dict.fromkeys(problem for _, problem in problems)):
        raise UserError(*messages)


def imported_files(folder: Path, name: str) -> list[str]:
    """The other files of the folder that the file imports with a dot, and those that they import."""
    found, waiting = {name}, [name]
    while waiting:
        file = folder / waiting.pop()
        nodes = ast.walk(parse_source(file)) if file.is_file() else ()
        imported = {f"{module}.py" for node in nodes if isinstance(node, ast.ImportFrom) for module in _modules(node)}
        new = sorted(other for other in imported - found if re.fullmatch(FILE_PATTERN, other))
        found.update(new)
        waiting += new
    return sorted(found - {name})


def _modules(node: ast.ImportFrom) -> list[str]:
    """The modules beside the file: `from .layers import Block`, and `from . import layers`."""
    if node.level != 1:
        return []
    return [node.module] if node.module else [alias.name for alias in node.names]


def _problems(train: Train, folder: Path) -> Iterator[tuple[Keys, str]]:
    own = train.model if isinstance(train.model, Own) else None
    return _source_problems(train.model_files, train.own_functions, own, folder)


def _source_problems(
    listed: Mapping[str, Keys], functions: Mapping[Keys, str], own: Own | None, folder: Path
) -> Iterator[tuple[Keys, str]]:
    """Each problem with the keys of the parameter that is wrong, or without keys if the file itself is wrong.

    `listed` has the keys that name each file, `functions` those that name each function.
    """
    readable = set()
    for name, keys in listed.items():
        file = folder / name
        if not file.exists():
            yield keys, _not_found(file)
            continue
        errors = ErrorList()
        with errors.collect():
            check_is_file(file)
            check_source(file, [*listed])
            readable.add(name)
        yield from (((), message) for message in errors.messages)
    for keys, function in functions.items():
        name, _, function_name = function.partition(":")
        if name in readable:
            arguments = own.arguments if own is not None and keys == ("model", "build") else None
            yield from _function_problems(folder / name, function_name, keys, arguments)


def _not_found(file: Path) -> str:
    names = sorted(each.name for each in file.parent.glob("*.py"))
    hint = f"; {suggest(file.name, names)}" if names else ""
    return f"{file}: not found{hint}"


def check_source(file: Path, listed: Sequence[str]) -> None:
    """Raise UserError with each line that cannot be used. `listed` are the files that may be imported."""
    errors = ErrorList()
    for node in ast.walk(parse_source(file)):
        for problem in _import_problems(node, listed):
            errors.add(f"{file}:{getattr(node, 'lineno', 1)}: {problem}")
    errors.raise_if_any()


def parse_source(file: Path) -> ast.Module:
    return _parse(file, file.read_bytes())


@cache
def _parse(file: Path, content: bytes) -> ast.Module:
    try:
        return ast.parse(content, str(file))
    except SyntaxError as error:
        raise UserError(f"{file}:{error.lineno or 1}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise UserError(f"{file}: not a Python file ({error or type(error).__name__})") from None


def _import_problems(node: ast.AST, listed: Sequence[str]) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            for alias in names:
                yield from _library_problem(alias.name, listed)
        case ast.ImportFrom(level=0):
            yield from _library_problem(node.module or "", listed)
            yield from (_LAMBDA for alias in node.names if alias.name == "Lambda")
        case ast.ImportFrom():
            yield from _relative_import_problems(node, listed)
        case ast.Attribute(attr="Lambda"):
            yield _LAMBDA


def _relative_import_problems(node: ast.ImportFrom, listed: Sequence[str]) -> Iterator[str]:
    if node.level > 1 or any("." in module for module in _modules(node)):
        yield "only files of conf/models can be imported relatively, as in `from .layers import Block`"
        return
    for module in _modules(node):
        if f"{module}.py" not in listed:
            yield f"import of .{module}: add {module}.py to train.model.files"


_LAMBDA = "a Lambda layer is saved as code, which is refused; write a class that is registered in Keras"


def _library_problem(module: str, listed: Sequence[str]) -> Iterator[str]:
    library = module.partition(".")[0]
    if library in ALLOWED_LIBRARIES or library in sys.stdlib_module_names:
        return
    if f"{library}.py" in listed:
        yield f"import of {library}: write `from .{library} import ...` for a file of conf/models"
        return
    allowed = f"{', '.join(ALLOWED_LIBRARIES)}, the standard library and files in train.model.files"
    yield f"import of {module}: only {allowed} can be imported"


def _function_problems(
    file: Path, name: str, keys: Keys, arguments: Mapping[str, object] | None
) -> Iterator[tuple[Keys, str]]:
    """`arguments` are those of `build`; other functions are called by Keras."""
    names = _top_level_names(parse_source(file))
    if name not in names:
        close = closest_match(name, [*names])
        yield keys, f"{file} has no function {name}" + (f"; did you mean {close}?" if close else "")
        return
    function = names[name]
    if arguments is not None and isinstance(function, ast.FunctionDef) and not function.decorator_list:
        yield from _argument_problems(file, function, arguments)


def _top_level_names(module: ast.Module) -> dict[str, ast.stmt]:
    """What the file defines, imports or assigns, each with its statement."""
    found: dict[str, ast.stmt] = {}
    for statement in module.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = statement
            case ast.ImportFrom(names=names) | ast.Import(names=names):
                found |= {alias.asname or alias.name: statement for alias in names}
            case ast.Assign(targets=targets):
                found |= {target.id: statement for target in targets if isinstance(target, ast.Name)}
    return found


def _argument_problems(
    file: Path, function: ast.FunctionDef, arguments: Mapping[str, object]
) -> Iterator[tuple[Keys, str]]:
    signature, place = function.args, f"{file}:{function.lineno}: {function.name}"
    positional = [argument.arg for argument in (*signature.posonlyargs, *signature.args)]
    if len(positional) < len(BUILD_INPUTS) and not signature.vararg:
        received = ", ".join(positional) or "none"
        yield (), f"{place} must take the parameters {' and '.join(BUILD_INPUTS)}; received {received}"
        return
    accepted = [*positional[len(BUILD_INPUTS) :], *(argument.arg for argument in signature.kwonlyargs)]
    for name in arguments:
        if name not in accepted and not signature.kwarg:
            hint = suggest(name, accepted) if accepted else "it has none besides inputs and outputs"
            yield ("model", "arguments", name), f"{place} has no parameter {name}; {hint}"
    for name in _required(signature):
        if name not in arguments:
            yield ("model",), f"arguments: {place} needs {name}, which has no default"


def _required(signature: ast.arguments) -> list[str]:
    """The parameters of `build` without a default, besides the first two."""
    positional = [argument.arg for argument in (*signature.posonlyargs, *signature.args)]
    without_default = positional[: len(positional) - len(signature.defaults)]
    keywords = [
        a.arg for a, default in zip(signature.kwonlyargs, signature.kw_defaults, strict=True) if default is None
    ]
    return [*without_default[len(BUILD_INPUTS) :], *keywords]
