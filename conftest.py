"""What every test run shares."""

import gc


def pytest_collection_finish():
    """Thousands of collected tests are left out of later garbage collections: those of tests that count what lives cost milliseconds."""
    gc.collect()
    gc.freeze()
