"""How many threads BLAS may use: told by environment variables, which it reads when NumPy is imported.

More threads than idle processors make a run many times slower, so that the default is one.
"""

from __future__ import annotations

import os
import sys

VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""What OpenBLAS, OpenMP, MKL, BLIS and Apple's Accelerate read."""


def set_threads(count: int | None = None) -> bool:
    """Let BLAS use `count` threads; without a count one, unless the user's environment says otherwise.

    A count wins over the environment. False where NumPy is imported already: it is too late then, and
    nothing is changed.
    """
    if "numpy" in sys.modules:
        return False
    if count is not None or not any(os.environ.get(name) for name in VARIABLES):
        os.environ.update(dict.fromkeys(VARIABLES, str(count or 1)))
    return True
