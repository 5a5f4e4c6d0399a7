"""The section of one stack."""

from __future__ import annotations

from collections.abc import Iterable

from components.cost.model import CostReport
from components.errors import Level
from components.plan.model import ClusterPlan
from scripts.cli.figures import counted, flat, money, number
from scripts.report.html import change, cost, prices, resources, rules
from scripts.report.html.markup import Content, Markup, join, tag
from scripts.report.html.parts import badge, cell, details, percent, row, share, share_bar, table
from scripts.report.model import StackReport
from scripts.report.topology.draw import all_widths
from scripts.report.topology.model import PoolBox, Topology, accelerators, counted_nodes, topology_of

_ACCOUNT = (
    "What only the account can tell (quotas, free capacity, reservations, existing networks) is not checked here."
)


def section(report: StackReport, identity: str, *, opened: bool) -> Markup:
    """Everything about one stack, below one heading that opens and closes it."""
    head = tag("h2", report.name, id=f"{identity}-h")
    state = rules.verdict(report.findings, report.assessment is not None)
    summary = tag("summary", head, " ", state)
    body = _failed(report) if report.assessment is None else _whole(report, identity)
    return tag(
        "section",
        tag("details", summary, *body, open=opened, cls="stack"),
        id=identity,
        aria_labelledby=f"{identity}-h",
    )


def _failed(report: StackReport) -> Iterable[Markup]:
    if report.count(Level.ERROR):
        yield tag("p", "There is no plan of this stack: cost, rules and drawing come once the errors are gone.")
    yield rules.findings_section(report.findings)
    if report.difference is not None:
        title = f"Difference to {report.difference.baseline}"
        yield tag("section", tag("h3", title), change.section(report.difference, report.name), cls="part change")


def _whole(report: StackReport, identity: str) -> Iterable[Markup]:
    found = report.assessment
    assert found is not None
    plan, spent = found.plan, found.cost
    yield tag("p", _title(plan), cls="about")
    yield _figures(report, plan, spent)
    yield _contents(report, identity)
    yield _part(identity, "findings", "What was found", rules.findings_section(report.findings))
    yield _part(identity, "cost", "Cost", cost.section(spent, identity))
    if report.difference is not None:
        yield _part(
            identity,
            "change",
            f"Difference to {report.difference.baseline}",
            change.section(report.difference, report.name),
        )
    drawn = topology_of(plan)
    yield _part(identity, "topology", "Topology", _topology(drawn, identity))
    yield _part(
        identity,
        "rules",
        "Rules",
        rules.rules_section(found.rules, report.findings),
        rules.waivers_section(found.waivers),
        tag("p", _ACCOUNT, cls="note"),
    )
    if report.tree is not None:
        yield _part(identity, "resources", "Resources", resources.section(report.tree, identity, report.name))
    yield _part(identity, "prices", "Prices: where from, how old", prices.section(spent, report.on))
    if plan.decisions:
        yield _part(identity, "decisions", "What the plan decided", _decisions(plan))


def _contents(report: StackReport, identity: str) -> Markup:
    """Links to the parts."""
    parts = {
        "cost": True,
        "change": report.difference is not None,
        "topology": True,
        "rules": True,
        "resources": report.tree is not None,
        "prices": True,
    }
    links = (tag("li", tag("a", name, href=f"#{identity}-{name}")) for name, there in parts.items() if there)
    return tag("nav", tag("ul", *links), aria_label=f"Parts of {report.name}", cls="contents")


def _part(identity: str, name: str, title: str, *content: Content) -> Markup:
    heading = f"{identity}-{name}"
    return tag(
        "section", tag("h3", title, id=heading), *content, aria_labelledby=f"{identity}-h {heading}", cls=f"part {name}"
    )


def _title(plan: ClusterPlan) -> Markup:
    where = (
        plan.blueprint,
        plan.environment,
        f"{plan.cloud} {plan.region}",
        plan.account,
        f"Kubernetes {plan.kubernetes}",
    )
    return join((tag("span", one) for one in where if one), " · ")


def _figures(report: StackReport, plan: ClusterPlan, spent: CostReport) -> Markup:
    """The figures that people ask for first."""
    monthly = spent.monthly
    pairs: list[tuple[str, Content, Content]] = [
        ("USD a month, as desired", money(monthly.desired), None if flat(monthly) else cost.one_line(spent)),
        ("USD an hour", money(spent.hourly.desired), _once(spent)),
    ]
    if spent.per_accelerator_hour is not None:
        pairs.append(("USD a GPU-hour, all included", money(spent.per_accelerator_hour.desired), None))
    pairs.append(("accelerators", _accelerators(plan), None))
    limit = plan.budget.usd_per_month
    if limit:
        part = share(monthly.max, limit)
        kind = "bad" if part > 1 else ""
        pairs.append(
            ("of the budget, at most", percent(part), join((share_bar(part, kind), f"{money(limit)} USD a month")))
        )
    else:
        pairs.append(("budget", "none", None))
    if spent.unpriced:
        pairs.append(("without a price", badge(counted(len(spent.unpriced), "line"), "bad"), "not in the sums"))
    pairs.append(("worth knowing", str(report.count(Level.ADVISORY)), None))
    return tag(
        "dl",
        *(
            tag("div", tag("dt", name), tag("dd", value), tag("dd", more, cls="more") if more else None)
            for name, value, more in pairs
        ),
        cls="figures",
    )


def _once(spent: CostReport) -> str | None:
    once = [line.monthly.max for line in spent.lines if line.one_off and line.monthly is not None]
    return f"and {money(sum(once[1:], once[0]))} USD paid once" if once else None


def _accelerators(plan: ClusterPlan) -> str:
    least = sum(pool.nodes.min * pool.accelerators_per_node for pool in plan.pools)
    most = sum(pool.nodes.max * pool.accelerators_per_node for pool in plan.pools)
    return number(most) if least == most else f"{number(least)} to {number(most)}"


def _topology(drawn: Topology, identity: str) -> Markup:
    rows = (_pool_row(pool) for pool in drawn.pools)
    head = ("pool", "nodes", "accelerators in all", "machine", "zones", "fabric", "bought as", "subnets and interfaces")
    picture = tag(
        "figure", all_widths(drawn, f"{identity}-map"), tag("figcaption", f"{drawn.title}: {drawn.network}"), cls="map"
    )
    return join((picture, details("The pools as a table", table("Pools", head, rows, cls="wide"))))


def _pool_row(pool: PoolBox) -> Markup:
    group = ", placed close together" if pool.together else ""
    cells = (
        counted_nodes(pool.nodes),
        accelerators(pool) or "–",
        pool.machine,
        ", ".join(pool.zones),
        (pool.fabric or "none") + group,
        "; ".join(pool.capacity),
        "; ".join((*pool.subnets, *pool.interfaces)),
    )
    return row(pool.name, map(cell, cells))


def _decisions(plan: ClusterPlan) -> Markup:
    rows = (row(tag("code", one.path), (cell(one.chose), cell(one.why))) for one in plan.decisions)
    return details(counted(len(plan.decisions), "decision"), table("Decisions", ("of", "chosen", "why"), rows))
