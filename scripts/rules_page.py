"""Writes docs/rules.md from the rules themselves."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from policies.parameters import ANY, declared
from policies.rules import RULES
from policies.rules.base import Rule
from scripts.tables import table

_HEAD = """# The rules

Made from `policies/rules` by `make docs`. The same rules run in `gpufleet check`, in `gpufleet preview` and in Pulumi's
policy pack, with the same verdicts: over the plan of a spec, and over every resource that a program registers beside it.
What is unknown, unpriced or unreadable breaks a rule; a rule that needs a plan says so where there is none, and a rule on
a change where nothing was compared (`not-compared`, which blocks nothing and is no pass).

## What an environment sets

`policies/config.<environment>.json` beside `Pulumi.yaml` sets levels and parameters for all stacks of an environment, in
the format of Pulumi's `--policy-pack-config`. It replaces the file of that name that comes with the package (there is
one for `dev`, `staging` and `prod`), whole:

```json
{
  "all": "advisory",
  "monthly-budget-ceiling": {"enforcementLevel": "mandatory", "usd_per_month": 200000},
  "encryption": {"enforcementLevel": "mandatory", "locked": true},
  "waivers": {"max_days": 90}
}
```

- `all` is every rule that is not named. A level is `mandatory`, `advisory` or `disabled` (`remediate` is taken for
  mandatory: no rule changes resources behind the preview's back).
- `locked` forbids waivers of a rule, and lowering its level. `waivers.max_days` is how far away a waiver may end.
- An environment that no file knows is judged as `prod`; so is a stack for which neither its spec nor its environment
  sets a monthly budget.

A spec sets the same under `policy`, a stack over its blueprint. It may tighten what its environment sets, never loosen
it: a level may rise, a parameter may move the way that its table calls *tighter*, and one without a direction stays.
What the environment leaves open is the spec's to set. Of two ceilings the lower one holds, a budget in the spec
included.

```yaml
policy:
  rules:
    hourly-burn-ceiling:
      level: {dev: advisory, "*": mandatory}
      parameters: {usd_per_hour: 400}
```

## Waivers

```yaml
policy:
  waivers:
    - rule: no-public-ip
      path: access.endpoint      # a spec path, or what stands below it; or `resource`, for what no spec decides
      reason: the pilot's laptops have no way into the network yet
      by: platform team
      expires: "2027-01-31"      # the last day
```

Every report lists every waiver, with what became of it: active, expired, idle (nothing that it names breaks the rule) or
refused (locked, or too long). What it covers is still reported, as advisory. The day after `expires` the rule blocks
again; `--date` sets the day.

## What can be fixed

`gpufleet check STACK --fix` shows, as a diff of the stack file, the edits that need no choice; `--write` makes them and
checks again. Comments, order and quotes stay, and a blueprint is never edited. Pulumi's own remediation is not used: the
preview would show something else than what is deployed.

## What exists

`gpufleet check STACK --state FILE` judges an export of the stack (`pulumi stack export --file FILE`) without engine,
cloud or credentials, also that of a program that has no spec of ours.

`pulumi preview|up --policy-pack policies/analyzer` runs the rules in the engine, with `--policy-pack-config FILE` for
what this run sets; that wins over the environment's file, and a stack may only tighten it. See [deploy.md](deploy.md).

"""


def page() -> str:
    """The whole page: how rules are set, then each rule."""
    return (_HEAD + "\n".join(map(_rule_page, RULES))).rstrip() + "\n"


def _rule_page(rule: Rule) -> str:
    notes = [f"Level: {level(rule)}."]
    notes += ["It needs the plan of a spec."] if rule.needs_plan else []
    notes += ["It judges a change: see `--compare-to` and `preview --state`."] if rule.compared is not None else []
    notes += ["`--fix` proposes an edit where none of several must be chosen."] if rule.fix is not None else []
    parts = [f"## {rule.id}\n\n{(rule.about or '').strip()}\n\n{' '.join(notes)}\n"]
    parameters = declared(rule.parameters)
    if parameters:
        rows = (
            (f"`{one.name}`", one.kind.name, _value(one.default), one.tighter or "none", one.about)
            for one in sorted(parameters, key=lambda one: one.name)
        )
        parts.append("\n" + table(("parameter", "is", "default", "tighter", "meaning"), rows))
    if rule.remedy:
        parts.append(f"\nWhat to do: {rule.remedy}.\n")
    return "".join(parts)


def level(rule: Rule) -> str:
    """A rule's level in words: `mandatory in prod, advisory elsewhere`."""
    if isinstance(rule.level, str):
        return rule.level
    where: dict[str, list[str]] = {}
    for environment, level in rule.level.items():
        where.setdefault(level, []).append(environment)
    return ", ".join(
        f"{level} elsewhere"
        if ANY in names
        else f"{level} in {', '.join(names[:-1])}{' and ' * (len(names) > 1)}{names[-1]}"
        for level, names in where.items()
    )


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value).items()
        return ", ".join(f"`{key}: {_plain(one)}`" for key, one in entries) or "none"
    if isinstance(value, tuple):
        return ", ".join(f"`{one}`" for one in cast("tuple[Any, ...]", value)) or "none"
    return f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:f}" if isinstance(value, Decimal) else str(value)
