"""The AWS SDK is imported with the project's own hook, as the programs do."""

import warnings

from components import sdk_imports

sdk_imports.install()

with warnings.catch_warnings():
    # The SDK's modules warn of each class that its vendor has deprecated, used or not, when they are first loaded.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pulumi_aws

    for module in ("autoscaling", "budgets", "cloudwatch", "ec2", "efs", "eks", "fsx", "iam", "kms", "s3", "vpc"):
        assert getattr(pulumi_aws, module).outputs  # the first attribute loads the module
