"""torch's private paths that programs import all the same; what they name lives one folder up."""
