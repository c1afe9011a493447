"""Codes of keys, kinds and settings: what may stand where in a spec."""

from __future__ import annotations

from archcalc.codes.declaration import Declaration

DECLARED = (
    Declaration(
        "input",
        what="The shape of an input is incomplete, or of no known form.",
        why="every figure follows from the input; a side that is missing cannot be guessed",
        mend="write `{channels: 3, height: 224, width: 224}`, `{channels: 64, length: 128}` for a sequence, "
        "or `{features: 784}` for a vector",
        example="""
            input: {channels: 3, height: 32}
            layers:
              - relu
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu
            """,
    ),
    Declaration(
        "unknown-key",
        what="A key stands where none of this name is known.",
        why="a misspelt key that were passed over would silently leave its default in place",
        mend="take the spelling that the hint suggests, or leave the key out",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layer:
              - relu
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu
            """,
    ),
    Declaration(
        "missing-key",
        what="A spec lacks what every spec needs, or names nothing where it must name something.",
        why="without an input and layers there is no network to analyse",
        mend="write the key that the message names",
        example="""
            layers:
              - relu
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu
            """,
    ),
    Declaration(
        "unknown-kind",
        what="A layer has a kind that is neither built in nor a block of the spec.",
        why="a layer that were passed over would leave the figures of the rest wrong",
        mend="take the spelling that the hint suggests, or define a block of this name; `archcalc explain "
        "WORD` finds kinds by their other names, and docs/kinds.md lists them",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - covn: {filters: 8, kernel_size: 3}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3}
            """,
    ),
    Declaration(
        "unknown-setting",
        what="A kind of layer has no setting of this name.",
        why="a misspelt setting that were passed over would silently leave its default in place",
        mend="take the spelling that the hint suggests; `archcalc explain KIND` lists the settings of a kind",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3, paddin: 1}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3, padding: 1}
            """,
    ),
    Declaration(
        "missing-setting",
        what="A layer, a block or a repeat lacks a setting that has no default.",
        why="there is no value that most networks share, so none is assumed",
        mend="write the setting that the message names",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3}
            """,
    ),
    Declaration(
        "recursive-block",
        what="A block uses itself, directly or through other blocks.",
        why="it would never end: blocks have no condition that stops at a depth",
        mend="use `repeat` for copies of a block",
        example="""
            input: {channels: 3, height: 32, width: 32}
            blocks:
              unit: {layers: [lrn, unit]}
            layers:
              - unit
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            blocks:
              unit: {layers: [lrn]}
            layers:
              - repeat: {times: 2, layers: [unit]}
            """,
    ),
)
