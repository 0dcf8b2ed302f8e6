"""The module in which torch keeps the names of `distributed`."""

from lucet import distributed as _distributed

globals().update({name: thing for name, thing in vars(_distributed).items() if not name.startswith("_")})
