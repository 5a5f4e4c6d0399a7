"""How the simulated cloud answers as the API server of a Kubernetes cluster, which another provider's cloud may host.

Settings of the cloud, all optional:

    outside.<API server's host>    a cluster that no stack made, or false for none
    kinds                          groups of custom resources (`karpenter.sh`) that something outside has defined
"""
