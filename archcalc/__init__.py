"""archcalc: exact sizes of convolutional networks from a short spec.

The public functions are imported when first used, so that `archcalc --help` pays for none of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis as Analysis
    from archcalc.analysis.facts import analyze as analyze
    from archcalc.errors import RequestError as RequestError
    from archcalc.errors import SpecError as SpecError
    from archcalc.forward.abstract.fields import receptive_fields as receptive_fields
    from archcalc.forward.verify import verify as verify
    from archcalc.network import Network as Network
    from archcalc.report import render as render
    from archcalc.spec.load import load as load
    from archcalc.spec.load import loads as loads

__version__ = "0.1.0"

_PUBLIC = {
    "Analysis": "archcalc.analysis.facts",
    "Network": "archcalc.network",
    "RequestError": "archcalc.errors",
    "SpecError": "archcalc.errors",
    "analyze": "archcalc.analysis.facts",
    "load": "archcalc.spec.load",
    "loads": "archcalc.spec.load",
    "receptive_fields": "archcalc.forward.abstract.fields",
    "render": "archcalc.report",
    "verify": "archcalc.forward.verify",
}

__all__ = [*_PUBLIC, "__version__"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'archcalc' has no attribute {name!r}")
