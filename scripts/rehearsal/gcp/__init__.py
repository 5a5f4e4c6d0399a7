"""How the simulated cloud answers as Google Cloud: ids, replies, references, capacity, in Google's own words.

Settings of the cloud, all optional:

    account, region                project and region where neither provider nor resource says so
    apis                           APIs that are on without a resource, by name; `*`: all of them
    outside.<name>                 something that no stack made: its outputs, or false for what does not exist;
                                   of a reservation zone, machineType, localSsds and count
    kept.<type>.<id>               what a deleted resource has left for ever: key rings, keys, services (set by the cloud)
    capacity.<zone>.<machine>      machines that a zone has in all
    quota.<accelerator>            accelerators that the project may have in a region
    desired.<pool>                 the size of each zone that the autoscaler has moved a pool to
    busy.<cluster>                 the name of an operation that is under way on a cluster
    objects.<bucket>               how many objects keep a bucket from being deleted
"""
