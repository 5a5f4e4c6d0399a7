"""The least that a preview of prod-gcp costs: the same SDK modules, as many resources, bare, under mocks.

`--hook` imports the SDKs with our hook, `--modules` tells which of their modules were loaded.
"""

import sys

from components import sdk_imports

if "--hook" in sys.argv:
    sdk_imports.install()

import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes

from benchmarks import bare

RESOURCES = 102  # what `gpufleet preview prod-gcp` registers; a test holds it to that
# A resource of each of their modules, with the arguments that it cannot do without.
BARE = (
    gcp.Provider, kubernetes.Provider, gcp.compute.Network, gcp.container.Cluster, gcp.serviceaccount.Account,
    lambda name: gcp.billing.Budget(name, billing_account="b", amount={}),
    lambda name: gcp.kms.KeyRing(name, location="l"),
    lambda name: gcp.monitoring.NotificationChannel(name, type="email"),
    lambda name: gcp.projects.Service(name, service="s"),
    lambda name: gcp.servicenetworking.Connection(name, network="n", service="s", reserved_peering_ranges=[]),
    lambda name: gcp.storage.Bucket(name, location="l"),
    lambda name: gcp.lustre.Instance(name, instance_id="i", location="l", filesystem="f", capacity_gib="9", network="n"),
    lambda name: kubernetes.apiextensions.CustomResource(
        name, api_version="g/v1", kind="K", metadata=kubernetes.meta.v1.ObjectMetaArgs(name="m")
    ),
)  # fmt: skip

bare.run(BARE, RESOURCES, "pulumi_gcp", "pulumi_kubernetes")
