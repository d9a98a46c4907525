"""The OAI-PMH 2.0 provider: what the exchange gives on, and what its demonstration partners give."""
