"""Codes of files: bases, libraries, config files, what cannot be read, and what archcalc fails on."""

from __future__ import annotations

from archcalc.codes.declaration import Declaration

DECLARED = (
    Declaration(
        "unreadable",
        what="A spec cannot be found or read.",
        why="a gate that passes where it read nothing would be green for a misspelt path",
        mend="check the path and its rights; `archcalc zoo` lists the built-in networks",
        example="""
            $ archcalc check nowhere.yaml
            """,
    ),
    Declaration(
        "unknown-base",
        what="`base` names no spec, seen from the folder of this one, and no built-in network.",
        why="a base is taken from the folder of the config file or the repository, from below it, or from "
        "those that are built in, never from elsewhere",
        mend="take the name that the hint suggests, or write the path of the base from the spec's folder",
        example="""
            base: alexnetz
            """,
        mended="""
            base: alexnet
            """,
    ),
    Declaration(
        "unknown-library",
        what="`include` names no library, seen from the spec's folder, or among those that are built in.",
        why="a library is taken from the folder of the config file or the repository, or from below it, and "
        "links are not followed, so that a stranger's spec reads nothing else",
        mend="write the path from the spec's folder without its suffix, such as `blocks/common`",
        example="""
            include: blocks/residul
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu
            """,
        mended="""
            include: blocks/mobile
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu
            """,
    ),
    Declaration(
        "config",
        what="A config file has a key that is not known, or a value that its key does not take.",
        why="a misspelt key that were passed over would silently switch off what it asks for",
        mend="take the spelling that the hint suggests; docs/ci.md shows all keys",
        example="""
            $ echo 'stricht = true' > archcalc.toml
            $ archcalc check lenet5 --config archcalc.toml
            """,
    ),
    Declaration(
        "internal-error",
        what="A bug in archcalc kept it from checking a spec; the others are checked as ever.",
        why="whether the spec is right is not known, and a gate that passes what it could not check would be "
        "no gate: the exit code is 3",
        mend="report it with the spec and what ARCHCALC_TRACEBACK=1 shows; until it is mended, leave the "
        "spec out of the paths that are checked",
        example="""
            $ ARCHCALC_TRACEBACK=1 archcalc check models/net.yaml
            """,
    ),
)
