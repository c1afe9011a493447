"""Codes of names: what layers are called, and what reads what."""

from __future__ import annotations

from archcalc.codes.declaration import Declaration

DECLARED = (
    Declaration(
        "name",
        what="A layer, a block or a variable has a name that cannot be one.",
        why="names become paths (`stage1/unit2/conv1`), columns of tables and words of a shell; a `/`, a "
        "space or 200 characters would break one of these",
        mend="use letters, digits, `_`, `-` and `.`, with a letter first; for a variable letters, digits "
        "and `_`",
        example="""
            input: {channels: 3, height: 32, width: 32}
            blocks:
              conv: {layers: [relu]}
            layers:
              - conv
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            blocks:
              unit: {layers: [relu]}
            layers:
              - unit
            """,
    ),
    Declaration(
        "duplicate-name",
        what="Two layers, blocks or variables have the same name.",
        why="`from`, `outputs` and every report find a layer by its name",
        mend="give one of them another name; in a `repeat`, put the `index` into the name: `conv$i`",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - lrn: {name: norm}
              - relu: {name: norm}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - lrn: {name: norm}
              - relu: {name: act}
            """,
    ),
    Declaration(
        "unknown-name",
        what="A name is read that no layer has.",
        why="what a layer reads decides its figures, and cannot be guessed",
        mend="take the spelling that the hint suggests; a layer inside a block is read by its path, "
        "`block1/conv1`, and only from outside of it",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {name: stem, filters: 3, kernel_size: 1}
              - relu
              - add: {from: [relu1, stm]}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {name: stem, filters: 3, kernel_size: 1}
              - relu
              - add: {from: [relu1, stem]}
            """,
    ),
    Declaration(
        "order",
        what="A layer reads another one that stands below it.",
        why="layers run in the order in which they are written, which is also the order in which memory is "
        "counted",
        mend="move the layer that is read above its reader",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu
              - add: {from: [relu1, late]}
              - tanh: {name: late, from: input}
              - add: {from: [add1, late]}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - tanh: {name: late, from: input}
              - relu: {from: input}
              - add: {from: [relu1, late]}
              - add: {from: [add1, late]}
            """,
    ),
    Declaration(
        "cycle",
        what="A layer reads its own output, directly or through others; or a spec is based on itself.",
        why="a feed-forward network has no first layer to begin with in a cycle",
        mend="read an earlier layer; write out the steps of a recurrence with `repeat`",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu: {name: a, from: a}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu: {name: a, from: input}
            """,
    ),
    Declaration(
        "unread-output",
        what="No layer reads the output of a layer, and it does not leave the network.",
        why="work would be counted that changes nothing; most often a `from` names the wrong layer",
        mend="read it, list it under `outputs`, or leave the layer out",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - lrn: {name: a}
              - tanh: {from: input}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - lrn: {name: a}
              - tanh: {from: a}
            """,
    ),
    Declaration(
        "unused",
        what="A variable, a block, a setting of a block or a column is defined, and nothing uses it.",
        why="a misspelt name would change nothing, and the network would be another than its author thinks",
        mend="write `$name` where the value is meant, take the name that the base has, or remove it",
        detail="Only what stands in `$name` and `${…}` is a use, and only where something that is in use "
        "says it. Conditions are not worked out. What a base or a library defines is reported of "
        "that file alone; a block that another file calls, or `$kind`, may leave settings unused.",
        example="""
            input: {channels: 3, height: 32, width: 32}
            variables: {width: 8, wdith: 16}
            layers:
              - conv: {filters: $width, kernel_size: 1}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            variables: {width: 16}
            layers:
              - conv: {filters: $width, kernel_size: 1}
            """,
    ),
    Declaration(
        "outputs",
        what="An output is auxiliary, and needed at inference too.",
        why="auxiliary outputs are those that only training computes; one that leaves the network, or that "
        "another output needs, always runs",
        mend="take the name out of `outputs`, or out of `auxiliary`",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - lrn: {name: a}
              - tanh: {name: b}
            outputs: [b]
            auxiliary: [b]
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - lrn: {name: a}
              - tanh: {name: b}
            outputs: [b]
            """,
    ),
    Declaration(
        "inputs",
        what="A layer reads more tensors, or fewer, than its kind takes.",
        why="most kinds read one tensor; merges (`add`, `multiply`, `concat`) read two or more",
        mend="name all that a merge reads in `from: [a, b]`; merge several tensors before another layer "
        "reads them",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu
              - add
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu
              - add: {from: [input, relu1]}
            """,
    ),
)
