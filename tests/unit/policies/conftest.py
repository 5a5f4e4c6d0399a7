"""The AWS SDK is imported with the project's own hook, as the programs do."""

from components import sdk_imports

sdk_imports.install()
