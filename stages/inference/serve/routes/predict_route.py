"""POST /predict: rows in, predictions out."""

import io
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from stages.core.errors import suggest
from stages.inference.serve.model_service import ModelService, PredictedRows
from stages.inference.serve.requests.content_types import AnswerFormat, ContentType, answer_format, body_format
from stages.inference.serve.requests.read_blocks import picture_columns
from stages.inference.serve.requests.request_errors import RequestError, problem_records
from stages.inference.write.write_predictions import PredictionWriter, prediction_records

SKIP_BAD = "skip_bad"
MEDIA_TYPES = {"json": "application/json", "csv": "text/csv"}


async def predict_route(service: ModelService, request: Request) -> Response:
    skip_bad = wants_to_skip_bad(request)
    schema = service.schema
    one_picture = len(schema.columns) == 1 and bool(picture_columns(schema))
    received = body_format(ContentType.parse(request.headers.get("content-type", "")), one_picture)
    wanted = answer_format(request.headers.get("accept", ""), received)
    if skip_bad and service.needs_all_rows:
        raise RequestError(422, f"{SKIP_BAD}: predictions need each row of the series; correct the bad ones")
    content, left_out = await service.answer(
        request,
        received,
        lambda predicted: (answer_content(predicted, wanted, skip_bad), predicted.left_out),
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


def answer_content(predicted: PredictedRows, wanted: AnswerFormat, skip_bad: bool) -> bytes:
    if wanted == "csv":
        return _csv(predicted)
    records = [record for part in predicted.blocks for record in prediction_records(part.block, part.predictions)]
    content: dict[str, Any] = {"predictions": records}
    if skip_bad:
        content["rows"] = [number for part in predicted.blocks for number in part.block.numbers.tolist()]
        content["problems"] = problem_records(predicted.problems)
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()


def _csv(predicted: PredictedRows) -> bytes:
    target = io.BytesIO()
    with PredictionWriter(target, "csv") as writer:
        for part in predicted.blocks:
            writer.write(part.block, part.predictions)
    return target.getvalue()
