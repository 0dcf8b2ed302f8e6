"""What ops do with batches: one entry for each op, most of them one of a few kinds.

A rule gets the level of vmap, the op, and its arguments. A batched tensor's value has the batch dimension in front; ops of elements
broadcast over it, ops with dimensions count one further, matrix products and convolutions take it as theirs, and what is left is
written in other ops. A rule that cannot serve some argument raises Unruled, and the op runs once for every sample.
"""

from lucet._registry import ALIASES, OPS
from lucet.func._rules import network, several, shape
from lucet.func._rules.draws import RANDOM
from lucet.func._rules.kinds import RULES, Unruled
from lucet.func._rules.shape import ASKS, DYNAMIC

__all__ = ["ASKS", "DYNAMIC", "RANDOM", "RULES", "Unruled"]

for _name in list(RULES):
    if _name in OPS and OPS[_name].inplace is not None:
        RULES.setdefault(_name + "_", RULES[_name])
for _new_name, _old in ALIASES.items():
    if _old in RULES:
        RULES.setdefault(_new_name, RULES[_old])
