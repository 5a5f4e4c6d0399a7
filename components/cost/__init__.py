"""What a cluster costs, before it exists.

`items` turns a plan into priced items, `readers/<cloud>` does the same for registered resources, and one
`estimate` looks every item up in the catalogue: the command line, the policy pack and the tests share it.
"""
