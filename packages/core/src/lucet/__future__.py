"""Switches for the ways in which `Module.to` may change parameters: lucet has one, and says so when another is asked for."""


def get_overwrite_module_params_on_conversion() -> bool:
    """False: a conversion gives a parameter new data, and keeps the parameter."""
    return False


def set_overwrite_module_params_on_conversion(value: bool) -> None:
    """False is what holds; True raises NotImplementedError."""
    _refuse(value, "new parameters in place of old ones")


def get_swap_module_params_on_conversion() -> bool:
    """False: nothing is swapped."""
    return False


def set_swap_module_params_on_conversion(value: bool) -> None:
    """False is what holds; True raises NotImplementedError."""
    _refuse(value, "swapped parameters")


def _refuse(value: bool, what: str) -> None:
    if value:
        raise NotImplementedError(f"Module conversions give parameters new data: {what} are not offered")
