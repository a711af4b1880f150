"""The signers as packages: each is installed as its ecosystem installs packages, and then used.

No package comes from a registry. pip, npm, composer, go and mvn are told to do without a network,
and have a home of their own.
"""
