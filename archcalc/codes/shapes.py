"""Codes of shapes: what layers can work on."""

from __future__ import annotations

from archcalc.codes.declaration import Declaration

DECLARED = (
    Declaration(
        "shape",
        what="A layer cannot work on the shape that it is given.",
        why="its output would have no size, or values would not fit together",
        mend="compare the shape in the message with what the layer needs; `archcalc check` tries edits, and "
        "lists those with which the network works",
        example="""
            input: {channels: 3, height: 4, width: 4}
            layers:
              - conv: {filters: 8, kernel_size: 5}
            """,
        mended="""
            input: {channels: 3, height: 4, width: 4}
            layers:
              - conv: {filters: 8, kernel_size: 5, padding: 2}
            """,
    ),
    Declaration(
        "groups",
        what="The groups of a layer do not divide its channels, or its filters.",
        why="each group reads C/G channels and makes K/G filters, which must be whole numbers",
        mend="take a number of channels or filters that the message names, or other `groups`",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3, groups: 2}
            """,
        mended="""
            input: {channels: 4, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3, groups: 2}
            """,
    ),
    Declaration(
        "channels",
        what="A layer declares another number of input channels than it is given.",
        why="`in_channels` follows from the layer above; where it is written, it is held to that, as a "
        "framework does when the network runs",
        mend="write the number that the message names, or leave `in_channels` out",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {in_channels: 1, filters: 8, kernel_size: 3}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {in_channels: 3, filters: 8, kernel_size: 3}
            """,
    ),
    Declaration(
        "needs-flatten",
        what="A fully connected layer reads a volume, where it needs a vector.",
        why="frameworks differ here: PyTorch maps the last axis, others flatten silently; the numbers of "
        "weights differ by orders of magnitude",
        mend="put `flatten` in front of it; or `over: channels`, or `over: features`, to map each position",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - fc: {units: 10}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - flatten
              - fc: {units: 10}
            """,
    ),
)
