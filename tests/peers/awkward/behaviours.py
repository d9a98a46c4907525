"""The ways in which repositories are wrong, by their numbers in the design's list."""

from __future__ import annotations

from tests.peers.awkward.answers import ANSWERS
from tests.peers.awkward.ends import ENDS
from tests.peers.awkward.moving import MOVING
from tests.peers.awkward.own import OWN
from tests.peers.awkward.reported import REPORTED
from tests.peers.awkward.texts import TEXTS
from tests.peers.awkward.tokens import TOKENS

BEHAVIOURS = (*TEXTS, *ANSWERS, *TOKENS, *ENDS, *MOVING, *OWN, *REPORTED)
