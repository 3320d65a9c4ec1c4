"""conf/local.yaml: what one clone chooses for itself, never committed."""

from pathlib import Path
from typing import Any

import yaml

from stages.config.composition_errors import sentence
from stages.core.errors import UserError
from stages.core.paths import CONF
from stages.core.runtime.atomic_write import write_text

HEADER = "# @package _global_\n# This clone's own choices; not committed.\n"
OVERRIDE = "override /suite"


def choose_suite(suite: str, conf: Path = CONF) -> None:
    """Keeps whatever else the file says; the suite that config.yaml names anyway needs no entry."""
    file = conf / "local.yaml"
    content = _read(file, conf)
    defaults = content.pop("defaults", None) or []
    rest = [d for d in defaults if not (isinstance(d, dict) and OVERRIDE in d)]
    if suite != _usual(conf):
        rest.append({OVERRIDE: suite})
    if rest or content:
        write_text(file, HEADER + yaml.safe_dump({"defaults": rest} | content, sort_keys=False))
    else:
        file.unlink(missing_ok=True)


def _read(file: Path, conf: Path) -> dict[str, Any]:
    try:
        with file.open(encoding="utf-8") as text:
            content = yaml.safe_load(text)
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(sentence(error, {}, conf)) from None
    if not isinstance(content, dict | None):
        raise UserError(f"{file}: keys with values are expected; received {type(content).__name__}")
    return dict(content or {})


def _usual(conf: Path) -> str | None:
    defaults = _read(conf / "config.yaml", conf).get("defaults") or []
    return next((str(d["suite"]) for d in defaults if isinstance(d, dict) and "suite" in d), None)
