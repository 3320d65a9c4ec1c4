"""GET and POST /: the page with the form, and its answer."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stages.inference.serve.model_service import ModelService, PredictedRows
from stages.inference.serve.page.answer import answer_html, error_html
from stages.inference.serve.page.model_page import render_page
from stages.inference.serve.requests.content_types import ContentType
from stages.inference.serve.requests.read_blocks import form_fields
from stages.inference.serve.requests.request_errors import RequestError

FORM = "application/x-www-form-urlencoded"
NO_ANSWER = '<p class="soft">The answer appears here.</p>'


def empty_form(service: ModelService) -> Response:
    return HTMLResponse(render_page(service.schema, service.facts, {}, NO_ANSWER))


async def answered_form(service: ModelService, request: Request) -> Response:
    """The whole page, or with `?part=answer` the answer alone, which the script of the page puts into it."""
    status = 200
    try:
        answer = await service.answer(_check_type(request), "form", _answer)
    except RequestError as error:
        answer, status = error_html(error), error.status
    if request.query_params.get("part") == "answer":
        # The console of a browser would call a row with problems a failed request.
        return HTMLResponse(answer, 200 if status == 422 else status)
    return HTMLResponse(render_page(service.schema, service.facts, _sent_values(request), answer), status)


def _sent_values(request: Request) -> dict[str, str]:
    """Empty if the body could not be read, or is no form."""
    try:
        return form_fields(getattr(request.state, "body", b""))
    except RequestError:
        return {}


def _check_type(request: Request) -> Request:
    if ContentType.parse(request.headers.get("content-type", "")).media_type != FORM:
        raise RequestError(415, f"the page sends its form as {FORM}; send other bodies to /predict")
    return request


def _answer(predicted: PredictedRows) -> str:
    last = predicted.blocks[-1]
    return answer_html(last.predictions, last.block, last.received.rows, is_forecast=last.block is not last.received)
