"""conf/local.yaml: the choices of one clone, never committed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from stages.config.checks.conf_files import MAX_TEXT_BYTES
from stages.config.checks.yaml_size_limits import check_size_limits
from stages.config.composition_errors import explain_composition_error
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text
from stages.core.files.check_is_file import check_is_file
from stages.core.paths import CONF

HEADER = "# @package _global_\n# This clone's own choices; not committed.\n"
_OVERRIDE = "override /suite"


def choose_suite(suite: str, conf: Path = CONF) -> None:
    """Write the suite to local.yaml, and keep everything else in it. The default suite needs no entry."""
    file = conf / "local.yaml"
    content = read_conf_file(file, conf)
    defaults = content.pop("defaults", None) or []
    defaults = [entry for entry in defaults if not (isinstance(entry, dict) and _OVERRIDE in entry)]
    shared = read_conf_file(conf / "config.yaml", conf).get("defaults") or []
    if {"suite": suite} not in shared:
        defaults.append({_OVERRIDE: suite})
    if defaults or content:
        write_text(file, HEADER + yaml.safe_dump({"defaults": defaults} | content, sort_keys=False))
    else:
        file.unlink(missing_ok=True)


def chosen_suite(conf: Path = CONF) -> str:
    """The suite of this clone: that of local.yaml, or else that of config.yaml."""
    own = _defaults(read_conf_file(conf / "local.yaml", conf))
    shared = _defaults(read_conf_file(conf / "config.yaml", conf))
    names = [e[_OVERRIDE] for e in own if _OVERRIDE in e] + [e["suite"] for e in shared if "suite" in e]
    if not names:
        raise UserError(f"{conf}/config.yaml: its defaults name no suite; add `- suite: starter`")
    return str(names[0])


def _defaults(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [entry for entry in content.get("defaults") or [] if isinstance(entry, dict)]


def read_conf_file(file: Path, conf: Path = CONF) -> dict[str, Any]:
    """The content of a file of conf/, not composed; empty if there is no file."""
    check_is_file(file, MAX_TEXT_BYTES)
    try:
        if file.is_file():
            check_size_limits([file])
        with file.open(encoding="utf-8") as text:
            content = yaml.safe_load(text)
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(explain_composition_error(error, {}, conf, [file])) from None
    if not isinstance(content, dict | None):
        raise UserError(f"{file}: should be keys with values; received {type(content).__name__}")
    return dict(content or {})
