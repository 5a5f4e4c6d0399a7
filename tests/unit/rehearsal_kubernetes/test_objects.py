"""Objects of a cluster that no stack made: what an API server refuses and tells.

Words: Kubernetes' own validation (apimachinery, field errors) and pulumi-kubernetes for a server that does not answer.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.rehearsal.kubernetes.provider import account, is_custom
from scripts.rehearsal.model import CloudError
from tests.support.clouds import Clouds

NAMESPACE, SERVICE = "kubernetes:core/v1:Namespace", "kubernetes:core/v1:Service"
CLAIM, DEPLOYMENT = "kubernetes:core/v1:PersistentVolumeClaim", "kubernetes:apps/v1:Deployment"
RELEASE, CLASS = "kubernetes:helm.sh/v3:Release", "kubernetes:storage.k8s.io/v1:StorageClass"
DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
POOL, JOBSET = "kubernetes:karpenter.sh/v1:NodePool", "kubernetes:jobset.x-k8s.io/v1alpha2:JobSet"
SERVER = "k8s.example.org"

POOL_HEAD = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "gpu"}}
SPEC: dict[str, Any] = {
    "group": "karpenter.sh",
    "names": {"kind": "NodePool", "plural": "nodepools"},
    "scope": "Cluster",
}


def cluster(**settings: Any) -> Clouds:
    return Clouds("kubernetes", account=SERVER, **{f"outside.{SERVER}": {}, **settings})


def named(name: str, namespace: str = "", **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, **({"namespace": namespace} if namespace else {}), **more}}


def test_ids_are_namespace_and_name() -> None:
    it = cluster()
    it.make("team", NAMESPACE, **named("team"))
    it.make("web", SERVICE, **named("web", "team"))
    it.make("fast", CLASS, **named("fast"), provisioner="ebs.csi.aws.com")
    it.make("plain", SERVICE, **named("plain"))
    assert [it.id(name) for name in it.made] == ["team", "team/web", "fast", "default/plain"]


def test_what_an_api_server_fills_in_and_moves_on() -> None:
    it = cluster()
    made = it.make("web", SERVICE, **named("web"), spec={"ports": [{"port": 80}]})
    assert made.outputs["spec"]["type"] == "ClusterIP" and made.outputs["spec"]["clusterIP"].startswith("10.")
    assert (made.outputs["metadata"]["namespace"], made.outputs["metadata"]["generation"]) == ("default", 1)
    again = it.edit("web", spec={"type": "LoadBalancer", "ports": [{"port": 80}]})
    assert again.outputs["metadata"]["uid"] == made.outputs["metadata"]["uid"]
    assert again.outputs["metadata"]["generation"] == 2
    assert again.outputs["status"]["loadBalancer"]["ingress"][0]["hostname"]
    assert it.read("web").inputs == again.inputs


@pytest.mark.parametrize(
    ("type", "inputs", "words"),
    [
        (SERVICE, named("web", "nowhere"), r'NotFound: namespaces "nowhere" not found'),
        (SERVICE, named("taken"), r'AlreadyExists: services "taken" already exists'),
        (POOL, POOL_HEAD, r'no matches for kind "NodePool" in version "karpenter.sh/v1"'),
    ],
)
def test_refused(type: str, inputs: dict[str, Any], words: str) -> None:
    it = cluster()
    it.make("taken", SERVICE, **named("taken"))
    with pytest.raises(CloudError, match=words):
        it.make("two", type, **inputs)


def test_a_server_that_is_not_there() -> None:
    it = Clouds("kubernetes", account=SERVER)
    with pytest.raises(CloudError, match=rf"cluster is unreachable: .*lookup {SERVER}: no such host"):
        it.make("web", SERVICE, **named("web"))


def test_two_clusters_have_objects_of_one_name() -> None:
    it = cluster(outside__other={})
    it.make("one", SERVICE, **named("web"))
    it.behind("kubernetes", "other")
    it.make("two", SERVICE, **named("web"))
    assert it.id("one") == it.id("two")


def test_custom_resources_need_their_definition_or_a_release_that_may_have_brought_it() -> None:
    it = cluster()
    it.make("crd", DEFINITION, **named("nodepools.karpenter.sh"), spec={**SPEC, "versions": []})
    it.make("gpu", POOL, **POOL_HEAD, spec={"anything": {"at": ["all"]}})
    assert it.id("gpu") == "gpu"
    other = cluster()
    other.make(
        "karpenter", RELEASE, name="karpenter", chart="karpenter", namespace="kube-system", values={"a": {"b": 1}}
    )
    other.make("gpu", POOL, **POOL_HEAD)
    assert other.id("karpenter") == "kube-system/karpenter"
    cluster(kinds=["karpenter.sh"]).make("gpu", POOL, **POOL_HEAD)


def test_what_goes_with_a_namespace() -> None:
    it = cluster()
    it.make("team", NAMESPACE, **named("team"))
    it.make("web", SERVICE, **named("web", "team"))
    it.make("stays", SERVICE, **named("web", "default"))
    it.delete("team")
    assert it.left() == ["stays"]


@pytest.mark.parametrize(
    ("type", "inputs", "path", "words"),
    [
        (POOL, {"kind": "NodePool", "metadata": {"name": "a"}}, "apiVersion", "missing required property 'apiVersion'"),
        (POOL, {**POOL_HEAD, "kind": "Pool"}, "kind", "is not 'NodePool', which its type says"),
        (POOL, {"apiVersion": "karpenter.sh/v1", "kind": "NodePool"}, "metadata", "missing required property 'metadata'"),
        (SERVICE, named("1web"), "metadata.name", "DNS-1035"),
        (NAMESPACE, named("team.a"), "metadata.name", "RFC 1123 label"),
        (DEPLOYMENT, {**named("Web"), "spec": {"selector": {}, "template": {}}}, "metadata.name", "RFC 1123 subdomain"),
        (SERVICE, named("web", labels={"a": "b c"}), "metadata.labels.a", "a valid label"),
        (SERVICE, {**named("web"), "spec": {"type": "Balancer"}}, "spec.type", "supported values: ClusterIP"),
        (CLAIM, {**named("data"), "spec": {"accessModes": ["RWX"]}}, "spec.accessModes[0]", "ReadWriteMany"),
        (SERVICE, {**named("web"), "spec": {"portz": []}}, "spec.portz", "did you mean 'ports'"),
        (DEFINITION, {**named("x.y"), "spec": {**SPEC, "versions": []}}, "metadata.name", "nodepools.karpenter.sh"),
        (RELEASE, {"name": "x"}, "chart", "missing required property 'chart'"),
        (RELEASE, {"name": "x", "chart": "x", "valuez": {}}, "valuez", "did you mean 'values'"),
    ],
)  # fmt: skip
def test_what_is_refused_before_anything_exists(type: str, inputs: dict[str, Any], path: str, words: str) -> None:
    found = cluster().refused(type, **inputs)
    assert list(found) == [path] and words in found[path]


@pytest.mark.parametrize(
    ("type", "inputs"),
    [(POOL, POOL_HEAD), (SERVICE, named("web")), (RELEASE, {"chart": "x", "values": {"any": [1]}}), (CLASS, {**named("a"), "provisioner": "x"})],
)  # fmt: skip
def test_what_is_taken(type: str, inputs: dict[str, Any]) -> None:
    assert cluster().refused(type, **inputs) == {}


CUSTOM = (
    POOL,
    JOBSET,
    "kubernetes:networking.gke.io/v1:Network",
    "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot",
)
BUILT_IN = (SERVICE, DEPLOYMENT, CLASS, RELEASE, "kubernetes:kustomize/v2:Directory")


@pytest.mark.parametrize("type", [*CUSTOM, *BUILT_IN])
def test_which_types_are_custom_resources(type: str) -> None:
    assert is_custom(type) is (type in CUSTOM)


def test_the_server_of_a_kubeconfig() -> None:
    clusters = [{"name": name, "cluster": {"server": f"https://{name}.example.org:443/"}} for name in ("one", "two")]
    contexts = [{"name": f"in-{name}", "context": {"cluster": name}} for name in ("one", "two")]
    kubeconfig = {"clusters": clusters, "contexts": contexts, "current-context": "in-two"}
    assert account({"kubeconfig": json.dumps(kubeconfig)}) == "two.example.org"
    assert account({"kubeconfig": json.dumps(kubeconfig), "context": "in-one"}) == "one.example.org"
    assert account({"kubeconfig": json.dumps({"clusters": clusters})}) == "one.example.org"
    assert account({}) == account({"kubeconfig": "no such file"}) == account({"kubeconfig": "{"}) == ""
