"""Codes of what must hold: expectations, locks, growth, and the forward pass."""

from __future__ import annotations

from archcalc.codes.declaration import Declaration

DECLARED = (
    Declaration(
        "expectation",
        what="A network is not what is expected of it.",
        why="an expectation under `expect`, in a config file or behind `--expect` holds a published or "
        "agreed figure, and fails the check where a change moved it",
        mend="undo the change, or, where it is meant, write the new figure into the expectation",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3}
            expect: {parameters: 225}
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - conv: {filters: 8, kernel_size: 3}
            expect: {parameters: 224}
            """,
    ),
    Declaration(
        "unknown-code",
        what="A spec silences a code that no advice has.",
        why="a misspelt code would silence nothing, and nobody would notice",
        mend="take the spelling that the hint suggests; `archcalc explain --codes` lists them. Errors cannot "
        "be silenced",
        example="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu
            silence: [heavy-fcs]
            """,
        mended="""
            input: {channels: 3, height: 32, width: 32}
            layers:
              - relu
            silence: [heavy-fc]
            """,
    ),
    Declaration(
        "growth",
        what="A total grew, or shrank, by more than `diff --fail-on` allows.",
        why="a budget is rarely broken at once: it is the small steps of many changes that break it",
        mend="make the network smaller again, or raise the limit on purpose",
        example="""
            $ archcalc diff vgg11 vgg13 --fail-on 'macs > +5%'
            """,
    ),
    Declaration(
        "verify",
        what="The forward pass cannot be run, or disagrees with the analysis.",
        why="`check --verify` computes every layer in NumPy, independently of the rules; what it cannot run "
        "is not verified, and a difference is a mistake in archcalc",
        mend="where memory does not suffice, check without `--verify`; please report a difference",
        example="""
            $ printf 'input: {features: 2147483647}\\nlayers: [fc: {units: 2147483647}]\\n' > huge.yaml
            $ archcalc check huge.yaml --verify
            """,
    ),
    Declaration(
        "lock",
        what="A network is not as its lock records it, or has no lock.",
        why="the lock beside a spec records every layer's output and counts, so that a change that moves "
        "another layer is seen in review",
        mend="undo the change, or, where it is meant, run `archcalc lock SPEC` and commit the lock",
        example="""
            $ archcalc lock vgg11 -o net.lock
            $ archcalc lock vgg13 --check -o net.lock
            """,
    ),
    Declaration(
        "lock-syntax",
        what="A lock is damaged: it is not as `archcalc lock` writes it.",
        why="a lock is written by one program and read by the same; what was edited by hand, or merged with "
        "conflict marks in it, holds nothing that can be relied on",
        mend="run `archcalc lock SPEC` to write it anew, and read the difference",
        example="""
            $ echo '<<<<<<< HEAD' > lenet5.lock
            $ archcalc lock lenet5 --check -o lenet5.lock
            """,
    ),
)
