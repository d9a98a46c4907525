"""The Merkle tree of RFC 6962, section 2.1: leaf and node hashes, and a frontier that grows a leaf at a time.

A frontier holds the roots of the complete subtrees that a tree of its size falls into, largest first; it is all that is
needed to add a leaf and to know the root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

HASH_BYTES = 32

#: root of the tree without leaves
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """A tree that is only ever added to."""

    def __init__(self, size: int = 0, subtrees: Iterable[bytes] = ()) -> None:
        self.size = size
        self.subtrees = list(subtrees)
        if len(self.subtrees) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} subtrees, not {len(self.subtrees)}")

    def add(self, leaf: bytes) -> None:
        """Adds a leaf by its hash."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.subtrees.pop(), node)
            size >>= 1
        self.subtrees.append(node)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root over everything added so far."""
        if not self.subtrees:
            return EMPTY_ROOT
        *left, node = self.subtrees
        for subtree in reversed(left):
            node = node_hash(subtree, node)
        return node

    def packed(self) -> bytes:
        """The subtrees' hashes, one after the other."""
        return b"".join(self.subtrees)

    @classmethod
    def unpacked(cls, size: int, packed: bytes) -> Frontier:
        """The frontier that `packed` was made of."""
        return cls(size, [packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)])


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    tree = Frontier()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root
