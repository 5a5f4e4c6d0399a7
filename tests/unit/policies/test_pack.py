"""The policy pack, run as the SDK runs it: with its own argument objects, one policy after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pulumi_policy import (
    EnforcementLevel,
    PolicyCustomTimeouts,
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import (
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
    unknown_checking_proxy,
)

from components.errors import Finding, Level
from policies.case import Case, case_of
from policies.config import WAIVERS
from policies.context import Context
from policies.pack import ADVICE, GIVEN, SPEC, Docket, policies
from policies.readers.aws import subject_from_resources
from policies.resolve import settings_for
from policies.rules import RULES
from policies.settings import RuleSettings, Settings, Waiver
from policies.wire import plain
from tests.unit.policies.subjects import ON, cost

OPTIONS = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])
TAGS = {"owner": "research", "cost-center": "4711"}


def resource(
    kind: str, name: str, links: Mapping[str, Sequence[PolicyResource]] | None = None, **props: Any
) -> PolicyResource:
    urn = f"urn:pulumi:prod::p::{kind}::{name}"
    links = {key: list(ones) for key, ones in (links or {}).items()}
    dependencies = [one for ones in links.values() for one in ones]
    provider = PolicyProviderResource("pulumi:providers:aws", unknown_checking_proxy({}), "urn:aws", "aws")
    return PolicyResource(
        kind, unknown_checking_proxy(props), urn, name, OPTIONS, provider, None, dependencies, dict(links)
    )


def as_input(one: PolicyResource) -> ResourceValidationArgs:
    return ResourceValidationArgs(one.resource_type, one.props, one.urn, one.name, one.opts, one.provider)


def volume(**changes: Any) -> PolicyResource:
    return resource("aws:ebs/volume:Volume", "data", **({"encrypted": True, "tags": TAGS} | changes))


def source(settings: Settings | None = None, *findings: Finding) -> Any:
    def case(resources: Sequence[Mapping[str, Any]], args: StackValidationArgs, config: Any) -> Case:
        context = Context(stack="prod", environment=args.stack_tags.get("environment", "prod"))
        made = subject_from_resources(resources, context, cost(), ON)
        own = settings or Settings()
        held = settings_for(own, environment=context.environment, budget=1, on=ON, root=None, pack=config)
        return Case(subject=made, settings=held, findings=(*findings, *held.findings))

    return case


def run(
    resources: list[PolicyResource],
    settings: Settings | None = None,
    config: Mapping[str, Mapping[str, Any]] | None = None,
    *findings: Finding,
    environment: str = "prod",
    inputs: Sequence[PolicyResource] | None = None,
) -> dict[str, list[tuple[str, str | None]]]:
    """Policy -> (message, urn), of the policies that said something; `inputs` are `resources` unless given."""
    said: dict[str, list[tuple[str, str | None]]] = {}
    docket = Docket(source(settings, *findings))
    docket.configure(config or {})
    noting, *judging = policies(docket)
    assert isinstance(noting, ResourceValidationPolicy)
    for one in resources if inputs is None else inputs:
        noting.validate(as_input(one), lambda message, urn=None: pytest.fail("it reports nothing"))
    for policy in judging:
        assert isinstance(policy, StackValidationPolicy)
        args = StackValidationArgs(resources, None, {"environment": environment})
        policy.validate(args, lambda m, urn=None, name=policy.name: said.setdefault(name, []).append((m, urn)))
    said[ADVICE] = [one for one in said.get(ADVICE, []) if "no monthly ceiling" not in one[0]]
    return {name: messages for name, messages in said.items() if messages}


def test_every_rule_is_a_policy_and_blocks() -> None:
    made = policies(Docket(source()))
    assert [one.name for one in made] == [GIVEN, SPEC, WAIVERS, *(rule.id for rule in RULES), ADVICE]
    levels = [one.enforcement_level for one in made[3:]]
    # On a policy of a whole stack `remediate` is mandatory.
    assert levels == [EnforcementLevel.REMEDIATE] * len(RULES) + [EnforcementLevel.ADVISORY]
    assert [one.url for one in made[3:-1]] == [f"docs/rules.md#{rule.id}" for rule in RULES]


def test_a_sound_program_passes() -> None:
    assert run([volume()]) == {}


def test_a_violation_blocks_and_names_the_resource() -> None:
    said = run([volume(encrypted=False)])
    ((message, urn),) = said["encryption"]
    assert message.startswith("data: volume data: nothing says that it is encrypted\n  hint: ")
    assert urn == "urn:pulumi:prod::p::aws:ebs/volume:Volume::data"
    assert list(said) == ["encryption"]


@pytest.mark.parametrize("unknown", [UNKNOWN_BOOLEAN_VALUE, UNKNOWN_STRING_VALUE])
def test_an_unknown_value_blocks_instead_of_ending_the_policy(unknown: str) -> None:
    said = run([volume(encrypted=unknown), volume(encrypted=False)])
    assert [message.split("\n")[0] for message, _ in said["encryption"]] == [
        "data: volume data: whether it is encrypted is unknown until it exists",
        "data: volume data: nothing says that it is encrypted",
    ]


def test_what_the_cloud_has_yet_to_tell_is_no_unknown_input() -> None:
    """Before a deployment the engine hands over all that the cloud computes, as unknown values."""
    address = resource("aws:ec2/eip:Eip", "nat", tags=TAGS)
    told = resource("aws:ec2/eip:Eip", "nat", tags=TAGS, instance=UNKNOWN_STRING_VALUE)
    assert run([told], inputs=[address]) == {}
    asked = "nodes get public addresses"
    assert asked in run([told], inputs=[told])["no-public-ip"][0][0]
    assert asked in run([told], inputs=[])["no-public-ip"][0][0], "nobody said which of them are inputs"


def test_unknown_tags_block() -> None:
    assert "the tags are unknown" in run([volume(tags=UNKNOWN_OBJECT_VALUE)])["required-tags"][0][0]
    assert (
        "unknown until it exists: owner"
        in run([volume(tags=TAGS | {"owner": UNKNOWN_STRING_VALUE})])["required-tags"][0][0]
    )


def test_a_level_that_is_advisory_in_the_environment_is_advice() -> None:
    said = run([volume(tags={})], environment="dev")
    assert list(said) == [ADVICE]
    assert "tags are missing: owner, cost-center" in said[ADVICE][0][0]


def waived(days: int) -> Settings:
    until = ON + timedelta(days=days)
    return Settings(waivers=(Waiver(rule="encryption", path="data", reason="moved next week", expires=until),))


def test_a_waiver_makes_it_advice_until_it_expires() -> None:
    said = run([volume(encrypted=False)], waived(1))
    assert list(said) == [ADVICE]
    assert "waived until 2026-11-25 (moved next week)" in said[ADVICE][0][0]
    late = run([volume(encrypted=False)], waived(-1))
    assert "its waiver expired after 2026-11-23" in late["encryption"][0][0]
    idle = run([volume()], waived(1))
    assert "waives nothing" in idle[ADVICE][0][0]


def test_a_pack_configuration_sets_parameters_and_level() -> None:
    key = {"encryption": {"require_key": True}}
    assert "service's key" in run([volume()], config=key)["encryption"][0][0]
    advisory = {"encryption": {"require_key": True, "enforcementLevel": "advisory"}}
    assert list(run([volume()], config=advisory)) == [ADVICE]
    assert run([volume(encrypted=False)], config={"encryption": {"enforcementLevel": "disabled"}}) == {}


def test_a_pack_configuration_promotes_a_rule() -> None:
    said = run([volume(tags={})], config={"required-tags": {"enforcementLevel": "mandatory"}}, environment="dev")
    assert list(said) == ["required-tags"]


def test_a_stack_cannot_loosen_or_waive_what_the_pack_is_configured_with() -> None:
    own = Settings(rules={"encryption": RuleSettings(level="advisory")}, waivers=waived(1).waivers)
    said = run([volume(encrypted=False)], own, config={"encryption": {"enforcementLevel": "mandatory", "locked": True}})
    assert "a stack may only tighten what policies/config.prod.json sets: advisory is weaker" in said[SPEC][0][0]
    assert "policies/config.prod.json locks encryption: it cannot be waived" in said[WAIVERS][0][0]
    assert "nothing says that it is encrypted" in said["encryption"][0][0]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"level": "strict"}, "has no parameter 'level'"),
        ({"locked": "yes"}, "encryption.locked: expected true or false, got 'yes'"),
        ({"require_keys": True}, "has no parameter 'require_keys'"),
        ({"require_key": "yes"}, "expected true or false, got 'yes'"),
    ],
)
def test_a_wrong_pack_configuration_blocks(config: dict[str, Any], message: str) -> None:
    assert message in run([volume()], config={"encryption": config})[SPEC][0][0]


def test_what_is_wrong_with_the_spec_blocks() -> None:
    broken = Finding(id="x", level=Level.ERROR, path="pools.train", message="is wrong", hint="put it right")
    note = replace(broken, level=Level.ADVISORY, message="is odd")
    said = run([volume()], None, None, broken, note)
    assert said == {
        SPEC: [("pools.train: is wrong\n  hint: put it right", None)],
        ADVICE: [("pools.train: is odd\n  hint: put it right", None)],
    }
    typo = Settings(waivers=(Waiver(rule="encription", reason="a good reason", expires=ON),))
    assert "there is no rule 'encription'" in run([volume()], typo)[WAIVERS][0][0]


def test_the_case_is_made_once_for_the_same_resources() -> None:
    made: list[int] = []

    def counting(resources: Sequence[Mapping[str, Any]], args: StackValidationArgs, config: Any) -> Case:
        made.append(len(resources))
        return source()(resources, args, config)

    docket = Docket(counting)
    for resources in ([volume()], [volume()], [volume(), volume(encrypted=False)]):
        docket.spec(StackValidationArgs(resources), lambda message, urn=None: None)
        docket.advise(StackValidationArgs(resources), lambda message, urn=None: None)
    assert made == [1, 2]


def test_unknown_values_refer_to_what_they_depend_on() -> None:
    key, other = resource("aws:kms/key:Key", "key", arn=UNKNOWN_STRING_VALUE), resource("aws:x/y:Y", "other")
    one = plain(
        resource(
            "aws:ebs/volume:Volume",
            "data",
            {"kmsKeyId": [key], "nested": [key], "both": [key, other]},
            kmsKeyId=UNKNOWN_STRING_VALUE,
            nested=[{"ebs": {"kmsKeyId": UNKNOWN_STRING_VALUE, "encrypted": "true"}}],
            both=UNKNOWN_ARRAY_VALUE,
            computed=UNKNOWN_STRING_VALUE,
            size=10.0,
            none=None,
        )
    )
    assert one["inputs"] == {
        "kmsKeyId": {"ref": "key.id"},
        "nested": [{"ebs": {"kmsKeyId": {"ref": "key.id"}, "encrypted": "true"}}],
        "both": {"join": [{"ref": "key.id"}, {"ref": "other.id"}]},
        "computed": {"ref": "unknown"},
        "size": 10.0,
        "none": None,
    }
    assert (one["type"], one["name"], one["parent"], one["provider"]) == ("aws:ebs/volume:Volume", "data", None, "aws")


def test_known_values_give_the_same_picture_after_the_deployment() -> None:
    template = resource("aws:ec2/launchTemplate:LaunchTemplate", "tpl", id="lt-1", arn="arn:lt-1")
    group = resource(
        "aws:eks/nodeGroup:NodeGroup",
        "workers",
        {"launchTemplate": [template]},
        launchTemplate={"id": "lt-1", "version": "1"},
    )
    assert plain(group)["inputs"]["launchTemplate"] == {"id": {"ref": "tpl.id"}, "version": "1"}


CONFIG_ERROR = '{"blueprint": "no-such-blueprint", "cloud": "aws"}'


def test_a_program_without_a_spec_is_judged_with_the_rules_own_settings() -> None:
    made = case_of([plain(volume())], stack="hand", environment="dev", config=None, on=ON)
    # Nobody set a budget.
    assert (made.subject.environment, made.subject.planned) == ("prod", False)
    assert [one.message for one in made.findings] == ["no monthly budget is set, so dev is judged as prod"]
    assert made.subject.encryptables[0].encrypted is True


def test_a_spec_that_cannot_be_read_is_a_finding() -> None:
    made = case_of([plain(volume())], stack="hand", environment="hand", config=CONFIG_ERROR, on=ON)
    assert any(finding.level is Level.ERROR and "no-such-blueprint" in finding.message for finding in made.findings)
    assert made.subject.encryptables
