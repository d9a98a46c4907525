"""The tables of linkage (design, linkage 1). Rows with a `slot` are derived; judgements are people's."""

from __future__ import annotations

import sqlalchemy as sa

from federation.storage.columns import Instant
from federation.storage.metadata import metadata

#: the live slot; another one serves rebuilds and trials
LIVE = 0

link_record = sa.Table(
    "link_record",
    metadata,
    sa.Column("rid", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("record_id", sa.Text, nullable=False, unique=True),
    sa.Column("feed", sa.Text, nullable=False),
    sa.Column("institution", sa.Text, nullable=False),
    #: `public`, or `institution:<slug>`
    sa.Column("audience", sa.Text, nullable=False),
    #: `seq` of the first raw version
    sa.Column("first_seen", sa.BigInteger, nullable=False),
    sa.Column("alive", sa.Boolean, nullable=False),
    #: rid of the member that took over the name of a deleted pivot's cluster
    sa.Column("heir", sa.Integer, nullable=True),
    #: when it was deleted
    sa.Column("ended_at", Instant, nullable=True),
)

link_state = sa.Table(
    "link_state",
    metadata,
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("rid", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    #: msgpack of `Features`; empty where the record is gone
    sa.Column("features", sa.LargeBinary, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    #: counts the versions of the features; edges name the ones that they compared
    sa.Column("rev", sa.Integer, nullable=False),
    #: rid of the pivot of the record's cluster; NULL before it was linked, and once it is gone
    sa.Column("cid", sa.Integer, nullable=True),
    #: moved by keying, and by whatever else asks for the record to be linked again
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Index("link_state_seq", "slot", "seq"),
    sa.Index("link_state_cid", "slot", "cid"),
)

link_key = sa.Table(
    "link_key",
    metadata,
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("k", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("rid", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("fine", sa.BigInteger, nullable=False),
    sa.Index("link_key_rid", "slot", "rid"),
)

#: what is known of a key that not every holder meets under, or whose identifier names no one thing
link_key_state = sa.Table(
    "link_key_state",
    metadata,
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("k", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hot", sa.Boolean, nullable=False),
    sa.Column("generic", sa.Boolean, nullable=False),
)

link_edge = sa.Table(
    "link_edge",
    metadata,
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("a", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("b", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("bits", sa.Float, nullable=False),
    #: JSON of the reasons
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("rev_a", sa.Integer, nullable=False),
    sa.Column("rev_b", sa.Integer, nullable=False),
    sa.Index("link_edge_b", "slot", "b"),
)

link_slot = sa.Table(
    "link_slot",
    metadata,
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    #: `name@version` of the rule set, and the version of the features
    sa.Column("ruleset", sa.Text, nullable=False),
    sa.Column("features", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
)

cluster_change = sa.Table(
    "cluster_change",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    #: rid of the pivot
    sa.Column("cid", sa.Integer, nullable=False),
    #: content, joined, split, gone
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("members_before", sa.Integer, nullable=False),
    sa.Column("before_sha256", sa.Text, nullable=False),
    sa.Column("members_after", sa.Integer, nullable=False),
    sa.Column("after_sha256", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("cluster_change_cid", "cid", "seq"),
)

#: a component too large to be joined by likeness
link_issue = sa.Table(
    "link_issue",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("rid", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

#: what people know of a feed
feed_link = sa.Table(
    "feed_link",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    #: the feed describes nothing twice: no two of its records are one thing
    sa.Column("duplicate_free", sa.Boolean, nullable=False),
)

judgement = sa.Table(
    "judgement",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    #: same, different
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("revoked_by", sa.Text, nullable=True),
    sa.Column("revoked_at", Instant, nullable=True),
)

judgement_member = sa.Table(
    "judgement_member",
    metadata,
    sa.Column("judgement", sa.Text, sa.ForeignKey("judgement.id"), primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    #: members of one side are one; sides of a `different` are apart
    sa.Column("side", sa.Integer, nullable=False),
    sa.Index("judgement_member_record", "record_id"),
)
