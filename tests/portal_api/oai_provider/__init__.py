"""The OAI-PMH provider."""
