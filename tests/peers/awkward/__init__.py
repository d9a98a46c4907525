"""OAI-PMH repositories that are wrong, each in one way; `python -m tests.peers.awkward NAME` serves one."""
