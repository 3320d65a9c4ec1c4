"""One field of the form for each column of the model."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from stages.inference.input_schema import ISO_8601, InputColumn, InputSchema
from stages.inference.serve.open_api import describe_column, is_pixels

# More choices than these are suggestions of a text field.
MAX_OPTIONS = 40
CALENDAR_FORMATS = (None, ISO_8601, "%Y-%m-%d")
# The browser shows the format of its calendar, so that the hint need not.
NO_TIME = {"type": "text", "date_format": None}
ROWS = "rows"
PICTURES = "image/png,image/jpeg,image/webp,image/bmp"


def form_fields_html(schema: InputSchema, values: Mapping[str, str]) -> str:
    """The fields, with the values that were sent before."""
    if schema.kind == "series":
        return _series_field(schema, values.get(ROWS, ""))
    fields = [
        _field(f"field-{number}", column, values.get(column.name, "")) for number, column in enumerate(schema.columns)
    ]
    return "\n".join(fields)


def _field(identifier: str, column: InputColumn, value: str) -> str:
    hint = describe_column(column.model_copy(update=NO_TIME) if _has_calendar(column) else column)
    attributes = _attributes(identifier, column, hint)
    if is_pixels(column):
        control = f'<textarea {attributes} rows="8" spellcheck="false">{escape(value)}</textarea>'
    elif column.type == "picture":
        control = _picture(column, attributes)
    elif column.type == "boolean":
        control = _select(attributes, [("true", "true"), ("false", "false")], value, column.can_be_missing)
    elif column.choices is not None and len(column.choices) <= MAX_OPTIONS:
        control = _select(attributes, [(choice, choice) for choice in column.choices], value, column.can_be_missing)
    elif column.type in ("text", "words") and column.choices is None and not column.is_time:
        control = f'<textarea {attributes} rows="{6 if column.type == "words" else 2}">{escape(value)}</textarea>'
    else:
        control = _input(identifier, column, attributes, value)
    note = f'<small id="{identifier}-hint">{escape(hint)}</small>' if hint else ""
    wide = " wide" if column.type in ("picture", "words") else ""
    return f'<div class="field{wide}"><label for="{identifier}">{escape(column.name)}</label>{control}{note}</div>'


def _has_calendar(column: InputColumn) -> bool:
    return column.is_time and column.date_format in CALENDAR_FORMATS


def _attributes(identifier: str, column: InputColumn, hint: str) -> str:
    found = [f'id="{identifier}"', f'name="{escape(column.name)}"']
    if hint:
        found.append(f'aria-describedby="{identifier}-hint"')
    if not column.can_be_missing:
        found.append("required")
    if example := _example(column):
        found.append(f'data-example="{escape(example)}"')
    return " ".join(found)


def _example(column: InputColumn) -> str:
    if column.range is not None:
        return f"{column.range.median:.6g}"
    if column.choices:
        return column.choices[0]
    return "true" if column.type == "boolean" else ""


def _select(attributes: str, choices: Sequence[tuple[str, str]], value: str, can_be_missing: bool) -> str:
    empty = '<option value="">no value</option>' if can_be_missing else '<option value="" disabled>choose</option>'
    options = [empty.replace('value=""', 'value="" selected') if not value else empty]
    options += [
        f'<option value="{escape(choice)}"{" selected" if choice == value else ""}>{escape(label)}</option>'
        for choice, label in choices
    ]
    return f"<select {attributes}>{''.join(options)}</select>"


def _input(identifier: str, column: InputColumn, attributes: str, value: str) -> str:
    kinds = {"number": 'type="number" step="any" inputmode="decimal"'}
    kind = 'type="date"' if _has_calendar(column) else kinds.get(column.type, 'type="text" autocomplete="off"')
    suggestions = "".join(_suggestions(identifier, column))
    listed = f' list="{identifier}-list"' if suggestions else ""
    return f'<input {kind} {attributes}{listed} value="{escape(value)}">{suggestions}'


def _suggestions(identifier: str, column: InputColumn) -> Iterator[str]:
    if column.choices:
        options = "".join(f'<option value="{escape(choice)}">' for choice in column.choices)
        yield f'<datalist id="{identifier}-list">{options}</datalist>'


def _picture(column: InputColumn, attributes: str) -> str:
    """The page's script puts the chosen file into the hidden field, as base64."""
    chooser = attributes.replace(f'name="{escape(column.name)}"', "")
    return (
        f'<div class="drop"><img alt="The chosen picture" hidden><p>Drop a picture here, or choose a file.</p>'
        f'<input type="file" accept="{PICTURES}" {chooser}>'
        f'<input type="hidden" name="{escape(column.name)}"></div>'
        "<noscript>A picture can be sent from this page with JavaScript only.</noscript>"
    )


def _series_field(schema: InputSchema, value: str) -> str:
    header = schema.notation.separator.join(series_columns(schema))
    rows = f"{schema.rows} rows" if schema.rows > 1 else "one row"
    note = f"The last {rows} of the series or more, in the order of time, as CSV or copied from a spreadsheet."
    if schema.time is not None and schema.time_format is not None:
        note += f" Format of {schema.time}: {schema.time_format}."
    return (
        f'<div class="field wide"><label for="rows">Rows</label>'
        f'<textarea id="rows" name="{ROWS}" rows="12" required aria-describedby="rows-hint" spellcheck="false" '
        f'placeholder="{escape(header)}&#10;...">{escape(value)}</textarea>'
        f'<small id="rows-hint">{escape(note)} The first line has the names of the columns: '
        f"<code>{escape(header)}</code></small>"
        '<p class="script"><label for="rows-file">Or take them from a file</label> '
        '<input id="rows-file" type="file" accept=".csv,.tsv,.txt,text/csv"></p></div>'
    )


def series_columns(schema: InputSchema) -> list[str]:
    """The time is first, if the rows have one."""
    return [*([schema.time] if schema.time is not None else []), *(n for n in schema.names if n != schema.time)]
