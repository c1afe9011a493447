"""What these tests share: the module that draws networks, and the script that runs them at length."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
