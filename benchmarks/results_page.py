"""One page with bars, complete in itself."""

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, StrictUndefined

from benchmarks.cases import SIDES
from benchmarks.compare_sides import Compared
from benchmarks.machine_description import TERMS, Machine
from benchmarks.number_format import duration, megabytes, percent, short

TEMPLATE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>restage bench</title>
<style>
  :root { color-scheme: light dark; --line: #8884; --tutorial: #b0793a; --ours: #2a7f7a; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
  section { border-top: 1px solid var(--line); padding: .5rem 0 1rem; }
  h2 { font-size: 1.05rem; margin: .5rem 0; }
  dl { display: grid; grid-template-columns: 6rem 1fr; gap: .2rem 1rem; margin: 0; align-items: center; }
  dt { grid-column: 1; } dd { margin: 0; }
  .bars { display: grid; grid-template-columns: 4.5rem 1fr 7rem; gap: 2px .6rem; align-items: center; }
  .bar { height: .8rem; min-width: 1px; } .tutorial { background: var(--tutorial); } .ours { background: var(--ours); }
  .measure { text-align: right; font-variant-numeric: tabular-nums; }
  .warning { border: 1px solid; padding: .5rem 1rem; }
</style>
<h1>The tutorials' code against ours</h1>
{% if quick %}
<p class="warning">A quick run on a few rows: it shows that the bench works, and measures nothing.</p>
{% endif %}
<p>Both sides have the same model and the same data, each in a process of its own, and take turns. Times are per epoch
after the first one; the ratio is that of the medians, and in brackets between which quartiles it lies.</p>
<ul>
  {% for side, terms in terms.items() %}<li><b>{{ side }}</b>: {{ terms }}</li>
  {% endfor %}
  <li><b>this machine</b>: {{ machine }}; {% for name, version in machine.versions.items() %}{{ name }} {{ version }}
  {%- if not loop.last %}, {% endif %}{% endfor %}</li>
</ul>
{% for case in cases %}
<section id="{{ case.name }}">
  <h2>{{ case.name }}: {{ case.faster }}</h2>
  <p>{{ case.about }}</p>
  <dl>
    {% for measure, bars in case.measures.items() %}
    <dt>{{ measure }}</dt>
    <dd class="bars">
      {% for side, width, text in bars %}
      <span>{{ side }}</span><div class="bar {{ side }}" style="width: {{ width }}%"></div>
      <span class="measure">{{ text }}</span>
      {% endfor %}
    </dd>
    {% endfor %}
  </dl>
</section>
{% endfor %}
</html>
"""

Bar = tuple[str, float, str]


def page(found: Sequence[Compared], machine: Machine, quick: bool) -> str:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    cases = [_case(compared, machine) for compared in found]
    return environment.from_string(TEMPLATE).render(cases=cases, machine=machine, terms=TERMS, quick=quick)


def _case(compared: Compared, machine: Machine) -> dict[str, Any]:
    ratio, sides = compared.ratio, [compared.sides[side] for side in SIDES]
    measures = {
        "an epoch": _bars([s.usual for s in sides], [duration(s.usual) for s in sides]),
        "peak memory": _bars([s.peak for s in sides], [megabytes(s.peak) for s in sides]),
        "prepared data": _bars([s.stored for s in sides], [megabytes(s.stored) for s in sides]),
    }
    return {
        "name": compared.name,
        "about": compared.case.about,
        "faster": f"{short(ratio.middle)} times as fast ({short(ratio.low)} to {short(ratio.high)})",
        "measures": measures | _limit(compared, machine) | _whole(compared),
    }


def _limit(compared: Compared, machine: Machine) -> dict[str, list[Bar]]:
    """More than all of it where the tutorial has several threads, or ours skips what is zero."""
    limits = [found for side in SIDES if (found := compared.limit(side, machine)) is not None]
    parts = [found.products + found.optimizer for found in limits]
    return {"of the limit": _bars(parts, [percent(part) for part in parts])} if limits else {}


def _whole(compared: Compared) -> dict[str, list[Bar]]:
    if compared.cold is None:
        return {}
    whole = [compared.sides[side].usual_cold for side in SIDES]
    return {"whole run": _bars(whole, [duration(seconds) for seconds in whole])}


def _bars(values: Sequence[float], texts: Sequence[str]) -> list[Bar]:
    """The larger of the two fills the line."""
    longest = max(values) or 1
    return [(side, round(100 * v / longest, 2), text) for side, v, text in zip(SIDES, values, texts, strict=True)]
