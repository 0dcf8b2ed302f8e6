"""KleidiAI is not used."""


def is_available() -> bool:
    """False: products are lucet's own."""
    return False
