"""Writes what documents say of the code from the code: `python -m scripts.docs`, with `--check` only compares.

Whole files: docs/spec.md, docs/rules.md, docs/edits.md and the JSON Schemas in docs/schemas. In README.md: what stands between `<!-- made: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from components import program
from components.catalog import CLOUDS, Catalog, Machine, load
from components.cost import items as cost_items
from components.plan import planner
from components.spec.kinds import declared_fields
from components.spec.models import ClusterSpec
from components.spec.project import shipped_blueprints
from policies import from_plan
from policies.rules import RULES
from scripts import edits_page, rules_page
from scripts.cli import documents
from scripts.cli.main import VERBS
from scripts.tables import table

ROOT = Path(__file__).resolve().parent.parent
CLOUD_NAMES = {"aws": "AWS", "gcp": "Google Cloud", "azure": "Azure"}
_MADE = re.compile(r"(<!-- made: (?P<name>[a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)


# --- README ---


def verbs() -> str:
    return table(("verb", "does"), ((f"`gpufleet {name}`", about) for name, (_, about) in VERBS.items()))


def rules() -> str:
    rows = ((f"[`{rule.id}`](docs/rules.md#{rule.id})", rules_page.level(rule), rule.summary) for rule in RULES)
    return table(("rule", "level", "what holds"), rows)


def clouds() -> str:
    """What works on which cloud, as the registries have it."""
    registries: Mapping[str, Iterable[str]] = {
        "catalogue": CLOUDS,
        "`plan`, `check`, `parity`, `compare`": _registry(planner, "_PLANNERS"),
        "`cost`": cost_items.CLOUDS,
        "rules and policy pack": _registry(from_plan, "_CLOUDS"),
        "`preview` and `pulumi up`": _registry(program, "_CLOUDS"),
    }
    head = ("", *(CLOUD_NAMES[cloud] for cloud in CLOUDS))
    rows = [(what, *("yes" if cloud in known else "no" for cloud in CLOUDS)) for what, known in registries.items()]
    catalogs = [load(cloud) for cloud in CLOUDS]
    rows += [
        ("machines in the catalogue", *(str(len(one.machines)) for one in catalogs)),
        ("of them with accelerators", *(str(_accelerated(one)) for one in catalogs)),
        ("regions", *(str(len(one.regions)) for one in catalogs)),
        ("newest fact", *(one.version[:10] for one in catalogs)),
    ]
    return table(head, rows)


def machines() -> str:
    """Each accelerator with the machines that carry it, the preferred one for each count; then its slices."""
    rows: list[tuple[str, ...]] = []
    for cloud in CLOUDS:
        catalog = load(cloud)
        for accelerator in catalog.accelerators():
            for count, name in catalog.counts_of(accelerator):
                others = len(catalog.machines_with(accelerator, count)) - 1
                shown = f"`{name}`" + (f" and {others} more" if others else "")
                machine = catalog.machines[name]
                rows.append((f"`{accelerator}:{count}`", CLOUD_NAMES[cloud], shown, _fabric(machine), _sold(machine)))
            rows += _slices(accelerator, catalog)
    return table(("accelerators a node", "cloud", "machine", "fabric", "sold as"), rows)


def _slices(accelerator: str, catalog: Catalog) -> Iterable[tuple[str, ...]]:
    """One row for all topologies in which slices of an accelerator are sold."""
    topologies = catalog.tpu_topologies(accelerator)
    if not topologies:
        return
    of = [machine for one in topologies for machine in catalog.machines_for(accelerator, 0, one)]
    shown = ", ".join(f"`{name}`" for name in dict.fromkeys(machine.name for machine in of))
    wish = f"`{accelerator}:{topologies[0]}` to `{topologies[-1]}`, a slice"
    yield wish, CLOUD_NAMES[catalog.cloud], shown, _fabric(of[-1]), _sold(of[-1])


def _fabric(machine: Machine) -> str:
    if not machine.fabric:
        return "none"
    return f"{machine.fabric} {machine.fabric_gbps:g} Gbit/s" if machine.fabric_gbps else machine.fabric


def _sold(machine: Machine) -> str:
    if machine.refused:
        return f"not yet: see `gpufleet catalog show {machine.name}`"
    return ", ".join(machine.capacity_types)


def blueprints() -> str:
    rows: list[tuple[str, str]] = []
    for file in sorted(shipped_blueprints().glob("*.yaml")):
        lines = file.read_text(encoding="utf-8").splitlines()
        comment = [line.removeprefix("#").strip() for line in lines if line.startswith("#")]
        rows.append((f"`{file.stem}`", " ".join(comment)))
    return table(("blueprint", "for"), rows)


SECTIONS: Mapping[str, Callable[[], str]] = {
    "verbs": verbs,
    "rules": rules,
    "clouds": clouds,
    "machines": machines,
    "blueprints": blueprints,
}


def readme(text: str) -> str:
    """README.md with every made section anew. Raises KeyError for a section that nothing makes."""
    return _MADE.sub(lambda found: f"{found[1]}{SECTIONS[found['name']]()}{found[3]}", text)


# --- docs/ ---

_SPEC_HEAD = """# The spec, field by field

Made from the models by `make docs`. `*` stands for a name (`pools.*` is any pool) or for the place in a list.
A *shape* field says what the cluster is: the environments of a blueprint share it, unless the blueprint's `may_differ`
names it. A *binding* field ties the cluster to one place or one environment and may always differ.

A stack file holds these fields under `config: gpu-fleet:cluster:`, a blueprint at its top. Maps are merged by key, lists
and single values replace, `null` removes. Quantities are written as people write them: `H100:8`, `0..8`, `4800GiB`.
Quote what YAML would read as something else: versions (`"1.35"`) and dates (`"2027-06-30"`).

"""


def spec() -> str:
    """docs/spec.md: a table of the plain fields, then a section for each field that has fields of its own."""
    header = ("field", "kind", "meaning")
    groups = groupby(declared_fields(), key=lambda field: field[0].partition(".")[0])
    plain: list[tuple[str, ...]] = []
    sections: list[str] = []
    for name, fields in groups:
        rows = [(f"`{path}`", kind, about) for path, kind, about in fields]
        if len(rows) == 1 and "." not in rows[0][0]:
            plain += rows
        else:
            about = ClusterSpec.model_fields[name].description
            sections.append(f"\n## {name}\n\n{about}.\n\n{table(header, rows)}")
    return _SPEC_HEAD + table(header, plain) + "".join(sections)


# --- helpers ---


def _registry(module: Any, name: str) -> Mapping[str, str]:
    return cast("Mapping[str, str]", getattr(module, name))


def _accelerated(catalog: Catalog) -> int:
    return sum(1 for machine in catalog.machines.values() if machine.accelerator)


# --- files ---


def made() -> dict[Path, str]:
    """Every file that is made from code, as it should be."""
    path = ROOT / "README.md"
    return {
        path: readme(path.read_text(encoding="utf-8")),
        ROOT / "docs" / "spec.md": spec(),
        ROOT / "docs" / "rules.md": rules_page.page(),
        ROOT / "docs" / "edits.md": edits_page.page(),
        **{documents.FOLDER / f"{verb}.json": documents.text(verb) for verb in documents.DOCUMENTS},
    }


def stale() -> list[Path]:
    """The files whose text is not what the code says."""
    return [path for path, text in made().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]


def main() -> int:
    """Write the files, or with `--check` say which are not current; the exit status."""
    old = stale()
    if "--check" in sys.argv[1:]:
        for path in old:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not current: run `make docs`\n")
        return 1 if old else 0
    for path, text in made().items():
        if path in old:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stderr.write(f"wrote {path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
