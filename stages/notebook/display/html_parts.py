"""Parts of the HTML: the style, tables and warnings. Colours follow the notebook's own, light or dark."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

# Every rule begins with the class of the outer element, so that nothing else in the notebook changes.
_STYLE = Markup("""<style>
.restage { --accent: #4a80d8; --soft: color-mix(in srgb, currentColor 68%, transparent);
  --rule: color-mix(in srgb, currentColor 22%, transparent); max-width: 46rem; line-height: 1.5; }
.restage h4 { margin: .2rem 0; font-size: 1.1rem; }
.restage p { margin: .25rem 0; }
.restage .soft { color: var(--soft); font-weight: normal; }
.restage .value { color: var(--accent); font-weight: 650; }
.restage .warning { border-left: 3px solid #c8862a; padding: .1rem .6rem; margin: .4rem 0; }
.restage .wide { overflow-x: auto; }
.restage table { border-collapse: collapse; margin: .5rem 0; font-size: inherit; font-variant-numeric: tabular-nums; }
.restage th, .restage td { background: none; border: 0; border-bottom: 1px solid var(--rule);
  padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top; }
.restage .wide td:nth-child(7) { min-width: 14rem; }
.restage .number { text-align: right; white-space: nowrap; }
.restage .chart { display: block; width: 100%; max-width: 26rem; height: auto; font: 12.5px system-ui, sans-serif; }
.restage .chart text { fill: var(--soft); }
.restage .chart .end { text-anchor: end; }
.restage .chart .middle { text-anchor: middle; }
.restage .chart .axis, .restage .chart .grid { stroke: var(--rule); }
.restage .chart .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.restage .chart .muted { stroke: var(--soft); }
.restage .chart .accent { stroke: var(--accent); }
.restage .chart .marker { stroke: var(--soft); stroke-dasharray: 2 3; }
.restage .chart .point { stroke: none; }
.restage .chart .point.muted { fill: var(--soft); }
.restage .chart .point.accent { fill: var(--accent); }
.restage .chart .tooltip { fill: transparent; }
.restage .key::before { content: ""; display: inline-block; width: 1.1em; border-top: 2px solid; vertical-align: .25em;
  margin-right: .4em; }
.restage .key { margin-right: 1em; }
.restage .key.muted::before { border-color: var(--soft); }
.restage .key.accent::before { border-color: var(--accent); }
</style>""")


def element(parts: Iterable[Markup]) -> str:
    return str(Markup('{}<div class="restage">{}</div>').format(_STYLE, Markup("").join(parts)))


def heading(title: str, note: str) -> Markup:
    return Markup('<h4>{} <span class="soft">{}</span></h4>').format(title, note)


def paragraph(text: str | Markup, css_class: str = "") -> Markup:
    attribute = Markup(' class="{}"').format(css_class) if css_class else ""
    return Markup("<p{}>{}</p>").format(attribute, text)


def warning(text: str) -> Markup:
    return Markup('<p class="warning" role="alert">{}</p>').format(text)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str] = ()) -> Markup:
    """The columns in `numbers` are aligned at the right."""
    classes = ["number" if name in numbers else "text" for name in header]
    head = _row(Markup('<th class="{}">{}</th>'), header, classes)
    body = Markup("").join(_row(Markup('<td class="{}">{}</td>'), row, classes) for row in rows)
    return Markup('<div class="wide"><table><thead>{}</thead><tbody>{}</tbody></table></div>').format(head, body)


def _row(cell: Markup, texts: Sequence[str], classes: Sequence[str]) -> Markup:
    cells = (cell.format(css_class, text) for css_class, text in zip(classes, texts, strict=True))
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def details(title: str, lines: Iterable[str]) -> Markup:
    """A title that opens a list."""
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup("<details><summary>{}</summary><ul>{}</ul></details>").format(title, items)
