"""How the simulated cloud answers as Azure: ids, replies, references, capacity, in Azure's own words.

Settings of the cloud, all optional:

    account, region                       subscription and location where neither provider nor resource says so
    outside.<id, name or principal>       something that no stack made: its outputs, or false for what does not exist
    capacity.<location>[-<zone>].<size>   machines that a region or a zone has in all
    quota.<family>, .lowPriorityCores, .cores  vCPUs of the subscription
    desired.<pool>                        the size that the autoscaler has moved a pool to
    busy.<cluster or network>             the name of an operation that is under way on it
"""
