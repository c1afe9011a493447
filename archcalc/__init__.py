"""archcalc: exact sizes of convolutional networks from a short spec.

The public functions are imported when first used, so that `archcalc --help` pays for none of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis as Analysis
    from archcalc.api.commands import check as check
    from archcalc.api.commands import check_lock as check_lock
    from archcalc.api.commands import compare_fc as compare_fc
    from archcalc.api.commands import diff as diff
    from archcalc.api.commands import explain as explain
    from archcalc.api.commands import fit as fit
    from archcalc.api.commands import lock as lock
    from archcalc.api.commands import memory as memory
    from archcalc.api.commands import reconcile as reconcile
    from archcalc.api.commands import schema as schema
    from archcalc.api.commands import show as show
    from archcalc.api.commands import summarize as summarize
    from archcalc.api.commands import zoo as zoo
    from archcalc.api.networks import AnalyzedNetwork as AnalyzedNetwork
    from archcalc.api.networks import analyze as analyze
    from archcalc.api.networks import load as load
    from archcalc.api.networks import loads as loads
    from archcalc.api.rendering import render as render
    from archcalc.api.report import CheckReport as CheckReport
    from archcalc.api.report import Report as Report
    from archcalc.errors import ReadError as ReadError
    from archcalc.errors import RequestError as RequestError
    from archcalc.errors import SpecError as SpecError
    from archcalc.forward.abstract.fields import receptive_fields as receptive_fields
    from archcalc.forward.verify import verify as verify
    from archcalc.network import Network as Network

__version__ = "0.1.0"

_PLACES = {
    "archcalc.analysis.facts": ("Analysis",),
    "archcalc.api.commands": (
        *("check", "check_lock", "compare_fc", "diff", "explain", "fit", "lock", "memory", "reconcile"),
        *("schema", "show", "summarize", "zoo"),
    ),
    "archcalc.api.networks": ("AnalyzedNetwork", "analyze", "load", "loads"),
    "archcalc.api.rendering": ("render",),
    "archcalc.api.report": ("CheckReport", "Report"),
    "archcalc.errors": ("ReadError", "RequestError", "SpecError"),
    "archcalc.forward.abstract.fields": ("receptive_fields",),
    "archcalc.forward.verify": ("verify",),
    "archcalc.network": ("Network",),
}
_PUBLIC = {name: module for module, names in _PLACES.items() for name in names}

__all__ = [*_PUBLIC, "__version__"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'archcalc' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
