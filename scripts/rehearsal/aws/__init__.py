"""How the simulated cloud answers as AWS: ids, replies, references, capacity, in AWS's own words.

`service.service()` answers for every type that the stacks register, and refuses the others by name; `provider` is what
Pulumi's provider does before it asks. Settings of the cloud, all optional:

    account, region                  on whose behalf and where a call is made; a resource's own `region` goes first
    urn, seed, counter               what ids are made of, so that equal runs are equal and a second try is another id
    outside.<id, ARN or name>        something that no stack made: its outputs, or false for what does not exist
    capacity.<zone id>.<machine>     machines that a zone has in all
    quota.<family>[.spot]            vCPUs of a family of the catalogue, on demand and spot
    reservations.<id>                {"zone": <zone id>, "machine": ..., "count": ...}, or false
    offerings.<id>                   what a Capacity Block is sold as: zone (name), machine, count, start, end
    desired.<node group>             the size that an autoscaler or a schedule has moved a node group to
    objects.<bucket>                 how many objects keep a bucket from being deleted
    leaked.<id>                      a network interface that was left in a VPC, a subnet or a security group
    latency                          seconds by type and call, or `realistic`: what published logs show
    addons                           names of EKS add-ons beside the catalogue's
"""
