"""The spec language: from a YAML file, or the name of a built-in network, to a Network."""
