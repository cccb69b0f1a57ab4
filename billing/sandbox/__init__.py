"""Halyard Cloud, the fictional company of the sandbox: its data, and the loader that lives its year."""
