"""Codes of what can be read at all: bytes, YAML, and how much of it."""

from __future__ import annotations

from archcalc.codes.declaration import Declaration

DECLARED = (
    Declaration(
        "foreign-file",
        what="A file is no spec but one of another tool, or holds a merge conflict.",
        why="a model file or another tool's configuration has no layers in the language of specs; to blame "
        "its first odd character would send its owner looking for a fault that is none",
        mend="do what the hint says of that format; of a merge conflict keep one side, and remove the marks",
        example=r"""
            $ printf '[net]\nbatch=1\n\n[convolutional]\nfilters=16\n' > net.cfg
            $ archcalc check ./net.cfg
            """,
    ),
    Declaration(
        "encoding",
        what="A spec is no plain UTF-8 text.",
        why="bytes that are no UTF-8, or control characters, mean something else in each editor and "
        "terminal; a name must look the same to everybody who reads it",
        mend="save the file as UTF-8, and take out the character that the message names",
        example=r"""
            $ printf 'name: caf\351\n' > net.yaml
            $ archcalc check net.yaml
            """,
    ),
    Declaration(
        "syntax",
        what="A spec is no valid YAML, or a config file no valid TOML.",
        why="nothing behind the fault can be read with certainty: a bracket that is left open takes in the "
        "rest of the file",
        mend="look at the place and the line above it: an open bracket or quote, a tab, an indentation that "
        "fits no line, or an expression without quotes inside { }",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3
              - relu
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3}
              - relu
            """,
    ),
    Declaration(
        "yaml-feature",
        what="A part of YAML is used that specs do without: anchors, aliases, tags, merge keys, directives.",
        why="a few aliases of aliases expand to gigabytes, and tags construct objects; a stranger's spec "
        "must be safe to read",
        mend="write `variables:` for a value and `blocks:` for layers that are used again",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: &wide {filters: 64, kernel_size: 3}
              - conv: *wide
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            blocks:
              wide: {layers: [conv: {filters: 64, kernel_size: 3}]}
            layers:
              - wide
              - wide
            """,
    ),
    Declaration(
        "duplicate-key",
        what="A key is given twice, in the same words or in another spelling of it.",
        why="YAML parsers silently keep one of the two, and differ in which",
        mend="keep one of them",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, out_channels: 16, kernel_size: 3}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 16, kernel_size: 3}
            """,
    ),
    Declaration(
        "type",
        what="A value is of another type, or outside the range, than what stands there needs.",
        why="a value that does not fit is never converted by guess: `1e3`, `yes` and `3.0` mean different "
        "things to different readers",
        mend="write what the message says is needed; `archcalc explain KIND` lists the settings of a kind "
        "with what each needs",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: eight, kernel_size: 3}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3}
            """,
    ),
    Declaration(
        "expression",
        what="An expression, behind `$` or in `${…}`, cannot be computed.",
        why="expressions are integer arithmetic on variables, and nothing else: no attribute, no call but "
        "`min` and `max`, no division that leaves the integers",
        mend="use `+ - * // %`, comparisons, `min`, `max` and parentheses, on variables that are defined "
        "above",
        example="""
            input: {channels: 3, height: 32, width: 32}
            variables: {width: 16}
            layers:
              - conv: {filters: "${width / 2}", kernel_size: 3}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            variables: {width: 16}
            layers:
              - conv: {filters: "${width // 2}", kernel_size: 3}
            """,
    ),
    Declaration(
        "too-large",
        what="A spec, or what it describes, exceeds a limit of size.",
        why="each limit is far above any network of practice; it bounds the time and memory that a "
        "stranger's spec can take",
        mend="look for a number with too many digits, or for a `repeat` of a `repeat`; docs/spec.md lists "
        "the limits",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - repeat: {times: 100000, layers: [lrn]}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - repeat: {times: 100, layers: [lrn]}
            """,
    ),
    Declaration(
        "too-deep",
        what="Values, blocks or bases are nested deeper than the limit.",
        why="the depth is bounded, so that no spec can exhaust the stack of who reads it",
        mend="use fewer levels: `repeat` for copies, and one block in place of a chain of blocks",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[8]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3}
            """,
    ),
)
