"""What becomes stale when the guard hands on a profile that was accepted: known before it runs, to plan for it."""

from dataclasses import replace
from itertools import dropwhile
from pathlib import Path

from stages.cli.run.plan import Chain, DvcStage, Plan
from stages.config.copy_accepted_profiles import accepted_texts
from stages.core import paths


def with_accepted(plan: Plan) -> Plan:
    """DVC sees a stale guard, and no change yet in what the guard will write."""
    if not any(chain.stale for chain in plan.before):
        return plan
    texts = accepted_texts(chain.name for chain in plan.chains)
    return replace(plan, chains=tuple(_due(chain, texts[chain.name]) for chain in plan.chains))


def _due(chain: Chain, text: str) -> Chain:
    file = paths.accepted_profile_copy(chain.name)
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return chain
    following = dropwhile(lambda stage: not _reads(stage, file), chain.stages)
    due = tuple(stage.addressing for stage in following)
    return replace(chain, due=max(chain.due, due, key=len))


def _reads(stage: DvcStage, file: Path) -> bool:
    return any(dep.def_path == str(file) for dep in stage.deps)
