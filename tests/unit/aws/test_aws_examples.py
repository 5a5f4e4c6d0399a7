"""The programs in docs/examples run, and do what they say."""

from __future__ import annotations

from tests.support.aws_resources import ref, resources_of_file

ROLE = "arn:aws:iam::123456789012:role"
KEY = "arn:aws:kms:us-east-1:123456789012:key/k"


def test_components_stand_beside_a_cluster_that_somebody_wrote() -> None:
    config = {
        "gpu-fleet:clusterRoleArn": f"{ROLE}/cluster",
        "gpu-fleet:nodeRoleArn": f"{ROLE}/node",
        "gpu-fleet:keyArn": KEY,
    }
    resources = resources_of_file("docs/examples/hand_written.py", config)
    nodes = resources["research-l4-nodes"]
    assert nodes.inputs["clusterName"] == ref("research.name")
    assert nodes.inputs["subnetIds"] == [ref("research-l4-use1-az2-subnet.id")]
    assert nodes.inputs["nodeRoleArn"] == f"{ROLE}/node"
    assert {"research-private-use1-az2-out", "research-s3-endpoint"} <= set(nodes.depends_on)
    launch = resources.inputs("research-l4-template")
    assert launch["vpcSecurityGroupIds"] == [ref("research.vpcConfig.clusterSecurityGroupId")]
    assert launch["blockDeviceMappings"][0]["ebs"]["kmsKeyId"] == KEY
    assert resources["research"].parent is None
    assert resources.outputs == {"node_group": ref("research-l4-nodes.nodeGroupName")}


def test_a_transformation_reaches_what_no_component_asks_for() -> None:
    boundary = "arn:aws:iam::123456789012:policy/boundary"
    config = {"gpu-fleet:permissionsBoundary": boundary, "gpu-fleet:account": "123456789012"}
    resources = resources_of_file("docs/examples/transform.py", config)
    roles = resources.of("iam/role:Role")
    assert [role.name for role in roles] == ["research-cluster-role", "research-node-role"]
    assert [role.inputs["permissionsBoundary"] for role in roles] == [boundary, boundary]
    assert "permissionsBoundary" not in resources.inputs("research-key")
