"""The doors: HTTP, OAI-PMH provider, command line, worker; configuration and wiring."""
