"""Run a Pulumi program with no engine, no credentials and no network, and see what it registers.

`capture.run` is the way in; `replies` says which outputs each type of resource has; `monitor` stands in for the engine;
`references` turns values that only the cloud can know into references, and back into readable text.
"""
