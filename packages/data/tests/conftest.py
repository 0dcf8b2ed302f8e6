"""Loads the datasets that the tests share, and with them the stream override for cores that have none."""

import noisy  # noqa: F401
