"""Demonstration partners: openly licensed catalogues, served as OAI-PMH repositories on this machine."""
