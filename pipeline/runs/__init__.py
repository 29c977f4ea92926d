"""The journal and the only code that writes to an account."""
