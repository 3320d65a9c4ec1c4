"""The web application of one model."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from stages.inference.input_schema import InputSchema
from stages.inference.predictor import Predictor
from stages.inference.serve.model_service import ModelService
from stages.inference.serve.monitoring.metrics import CONTENT_TYPE
from stages.inference.serve.monitoring.observe_requests import LOOPBACK_HOSTS, ObserveRequests
from stages.inference.serve.open_api import ERROR, request_body
from stages.inference.serve.options import ServeOptions
from stages.inference.serve.page.model_page import STATIC_FILES, read_static
from stages.inference.serve.requests.request_errors import RequestError
from stages.inference.serve.routes.about import health_record, schema_record
from stages.inference.serve.routes.form_page import answered_form, empty_form
from stages.inference.serve.routes.predict_route import predict_route

ERRORS = {
    413: "The body, or the number of rows, is larger than the limit.",
    415: "The body has another content type.",
    422: "Rows cannot be used; `problems` has each of them.",
    503: "Too many requests; try again after Retry-After seconds.",
    504: "The answer took too long.",
}


def create_app(
    schema: InputSchema,
    predictor: Predictor,
    options: ServeOptions,
    facts: Mapping[str, str],
) -> FastAPI:
    """`facts` are names and texts about the model that people may read, such as `title`, `about` and `licence`."""
    service = ModelService(schema, predictor, options, facts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.start()
        yield
        service.stop()

    app = FastAPI(
        title=facts.get("title", schema.key),
        description=facts.get("about", ""),
        lifespan=lifespan,
        # Their pages load scripts of another site.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    _add_routes(app, service)
    app.add_exception_handler(RequestError, _refused)
    app.add_exception_handler(HTTPException, _no_such_route)
    paths = {path for route in app.routes if (path := getattr(route, "path", None))}
    hosts = LOOPBACK_HOSTS if options.host in LOOPBACK_HOSTS | {"::1"} else ()
    app.add_middleware(ObserveRequests, metrics=service.metrics, paths=paths, hosts=hosts)
    return app


def _add_routes(app: FastAPI, service: ModelService) -> None:
    @app.post(
        "/predict",
        summary="Predict rows",
        response_class=Response,
        openapi_extra={"requestBody": request_body(service.schema), "parameters": [SKIP_BAD_PARAMETER]},
        responses={
            200: {"content": {"application/json": {"schema": ANSWER}, "text/csv": {"schema": {"type": "string"}}}},
            **{status: _error(text) for status, text in ERRORS.items()},
        },
    )
    async def predict(request: Request) -> Response:
        return await predict_route(service, request)

    @app.get("/schema", summary="The columns of a row, and what is predicted")
    async def schema() -> dict[str, Any]:
        return schema_record(service)

    @app.get("/health", summary="Whether the model answers")
    async def health() -> JSONResponse:
        content, status = health_record(service)
        return JSONResponse(content, status)

    @app.get("/metrics", summary="Metrics for Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        return Response(service.metrics.text(service.queue.rows), media_type=CONTENT_TYPE)

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return empty_form(service)

    @app.post("/", include_in_schema=False)
    async def answered_page(request: Request) -> Response:
        return await answered_form(service, request)

    for name, media_type in STATIC_FILES.items():
        _add_static_file(app, name, media_type)


def _add_static_file(app: FastAPI, name: str, media_type: str) -> None:
    content = read_static(name)

    @app.get(f"/{name}", include_in_schema=False)
    async def static_file() -> Response:
        return Response(content, media_type=media_type)


SKIP_BAD_PARAMETER = {
    "name": "skip_bad",
    "in": "query",
    "description": "Predict the good rows, and list the problems of the others. Without it, one bad row refuses all.",
    "schema": {"type": "boolean", "default": False},
}
ANSWER = {
    "type": "object",
    "required": ["predictions"],
    "properties": {"predictions": {"type": "array", "items": {"type": "object"}}},
}


def _error(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": ERROR}}}


async def _refused(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, RequestError)
    return JSONResponse(error.content(), error.status, error.headers)


async def _no_such_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        message = f"{request.url.path} does not take this method; it takes {allowed}"
    else:
        message = "there is no such address; there are /, /predict, /schema, /openapi.json, /health and /metrics"
    return JSONResponse({"errors": [message]}, error.status_code, error.headers)
