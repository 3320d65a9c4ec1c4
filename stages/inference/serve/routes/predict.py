"""POST /predict: rows in, predictions out."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from stages.core.errors import suggest
from stages.inference.serve.model_service import ModelService, PredictedRows
from stages.inference.serve.requests.content_types import AnswerFormat, ContentType, answer_format, body_format
from stages.inference.serve.requests.errors import RequestError, problem_records
from stages.inference.serve.requests.read_blocks import picture_columns, read_blocks

SKIP_BAD = "skip_bad"
MEDIA_TYPES = {"json": "application/json", "csv": "text/csv"}


async def predict_route(service: ModelService, request: Request) -> Response:
    skip_bad = wants_to_skip_bad(request)
    schema = service.schema
    one_picture = len(schema.columns) == 1 and bool(picture_columns(schema))
    received = body_format(ContentType.parse(request.headers.get("content-type", "")), one_picture)
    wanted = answer_format(request.headers.get("accept", ""), received)
    content, left_out = await service.predict_body(
        request,
        lambda body: read_blocks(body, received, schema, service.options, service.formats),
        lambda predicted: (answer_text(service, predicted, wanted, skip_bad), predicted.left_out),
        skip_bad,
    )
    headers = {"X-Rows-Left-Out": str(left_out)} if skip_bad else None
    return Response(content, media_type=MEDIA_TYPES[wanted], headers=headers)


def wants_to_skip_bad(request: Request) -> bool:
    """Raises RequestError for a parameter that is not known."""
    for name in request.query_params:
        if name != SKIP_BAD:
            raise RequestError(422, f"unknown parameter of the address; {suggest(name, [SKIP_BAD])}")
    value = request.query_params.get(SKIP_BAD, "false")
    if value not in ("true", "false"):
        raise RequestError(422, f"{SKIP_BAD}: should be true or false")
    return value == "true"


def answer_text(service: ModelService, predicted: PredictedRows, wanted: AnswerFormat, skip_bad: bool) -> str:
    if wanted == "csv":
        return service.formats.prediction_csv([(part.block, part.predictions) for part in predicted.blocks])
    records = [
        record
        for part in predicted.blocks
        for record in service.formats.prediction_records(part.block, part.predictions)
    ]
    content: dict[str, Any] = {"predictions": records}
    if skip_bad:
        content["problems"] = problem_records(predicted.problems)
    return json.dumps(content, allow_nan=False)
