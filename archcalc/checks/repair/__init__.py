"""Repairs that would mend a broken network, each tried before it is offered."""

from archcalc.checks.repair.search import offered_repairs as offered_repairs
from archcalc.checks.repair.search import repairs as repairs
from archcalc.checks.repair.search import tried_repairs as tried_repairs
