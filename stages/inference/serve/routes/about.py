"""What the columns are, and how the server is."""

from typing import Any

from stages.inference.serve.model_service import ModelService
from stages.inference.serve.open_api import row_schema

# The rest says how files are written, or is large.
SHOWN = {"key", "kind", "columns", "time", "time_format", "rows"}


def schema_record(service: ModelService) -> dict[str, Any]:
    found = service.schema.model_dump(mode="json", include=SHOWN, exclude_defaults=True)
    targets = {
        name: {"columns": spec.columns, "classes": spec.classes, "steps": spec.step_count}
        for name, spec in service.targets.items()
    }
    return found | {"targets": targets, "facts": dict(service.facts), "row": row_schema(service.schema)}


def health_record(service: ModelService) -> tuple[dict[str, Any], int]:
    if service.queue.running:
        return {"status": "ok", "model": service.schema.key}, 200
    return {"status": "failed", "model": service.schema.key}, 503
