"""The Python API: what every command does, as a function that returns its results.

`archcalc` names what is public; each function takes a network as a path, the name of a built-in network, a
mapping, a `Network` or an `Analysis`, and returns a `Report`, or the value that it is about.
"""
