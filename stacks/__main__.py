"""What `pulumi preview|up` runs: the stack's config becomes its cluster."""

from components.program import main

main()
