"""Edits that would mend a broken network, each tried before it is offered."""

from archcalc.checks.repair.edit import Edit as Edit
from archcalc.checks.repair.edit import Repair as Repair
from archcalc.checks.repair.search import repairs as repairs
