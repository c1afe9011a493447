"""What hints say to write, and the networks that come of it."""

import re

from archcalc.spec.load import loads


def pasted(hint):
    """The lines that a hint says to write."""
    return "\n".join(re.findall(r"`(- [^`]+)`", hint))


def nodes(text):
    """The layers of a spec, without their places."""
    return [(node.name, node.kind, node.layer, node.inputs) for node in loads(text).nodes]
