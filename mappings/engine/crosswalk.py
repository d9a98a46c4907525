"""From YAML nodes to the frozen records of a crosswalk; every fault of shape is collected, none stops the reading."""

from __future__ import annotations

from difflib import get_close_matches

import msgspec

from mappings.engine.kinds import write
from mappings.engine.rules import RULES, Call, Condition, Crosswalk, Place, Rule, Skip, Split, Test, Value, scalars
from mappings.engine.yaml_nodes import Node, Plain, plain, read_yaml
from mappings.errors import CrosswalkInvalid, Fault
from mappings.said import Said, said

_TOP = (
    "crosswalk", "version", "extends", "input", "prefixes", "tables", "drop", "skip", "defaults", "rules", "tests",
    "note", "parent", "split", "sections",
)  # fmt: skip
_RULE = ("id", "from", "each", "const", "when", "do", "to", "make", "require", "before", "note")
_MEMBER = ("from", "const", "when", "do", "default", "make")
_SKIP = ("when", "reason")
_PARENT = ("from", "do")
_SPLIT = ("root", "each", "path", "key")
_TEST = ("input", "expect", "outcome", "issues", "note")
_INPUT = ("format", "key", "fill_down", "columns")
_GROUPS = ("all", "any", "not")


def load(text: str, *, file: str) -> Crosswalk:
    """The crosswalk that `text` writes.

    raises  CrosswalkInvalid with every fault of shape
    """
    crosswalk, faults = read(text, file=file)
    if faults:
        raise CrosswalkInvalid(faults)
    return crosswalk


def read(text: str, *, file: str) -> tuple[Crosswalk, list[Fault]]:
    """The crosswalk as far as it can be read, and every fault of shape.

    raises  CrosswalkInvalid where `text` is no YAML
    """
    reader = _Reader(file)
    return reader.crosswalk(read_yaml(text, file=file)), reader.faults


class _Reader:
    """Reads node by node; knows the file, the rule it is in, and the faults so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.rule_id = ""
        self.faults: list[Fault] = []

    def place(self, node: Node) -> Place:
        return Place(file=self.file, line=node.line, column=node.column, rule=self.rule_id)

    def fault(self, node: Node, why: Said, instead: Said | None = None) -> None:
        self.faults.append(self.place(node).fault("yaml_invalid", why, instead))

    def mapping(self, node: Node | None, known: tuple[str, ...], what: str | Said) -> dict[str, Node]:
        """The fields of a mapping; unknown keys are faults at the key."""
        if node is None:
            return {}
        if node.fields is None:
            self.fault(node, said("%(what)s is a mapping", what=what))
            return {}
        for key in node.fields:
            if known and key not in known:
                line, column = node.places[key]
                near = get_close_matches(key, known, 1)
                place = Place(file=self.file, line=line, column=column, rule=self.rule_id)
                why = said("%(what)s has no key %(key)s", what=what, key=key)
                self.faults.append(place.fault("field_unknown", why, write(near[0]) if near else None))
        return node.fields

    def items(self, node: Node | None, what: str | Said) -> tuple[Node, ...]:
        if node is None:
            return ()
        if node.items is None:
            self.fault(node, said("%(what)s is a list", what=what))
            return ()
        return node.items

    def word(self, node: Node | None, what: str | Said) -> str:
        if node is None:
            return ""
        if not node.is_scalar:
            self.fault(node, said("%(what)s is a word", what=what))
            return ""
        return node.text

    def words(self, node: Node | None, what: str | Said) -> tuple[str, ...]:
        """A word or a list of words."""
        if node is None:
            return ()
        if node.items is None:
            return (self.word(node, what),)
        return tuple(self.word(item, what) for item in node.items)

    def names(self, node: Node | None, what: str | Said) -> dict[str, str]:
        return {key: self.word(value, what) for key, value in self.mapping(node, (), what).items()}

    # --- the parts ------------------------------------------------------------------------------------------------

    def crosswalk(self, root: Node) -> Crosswalk:
        fields = self.mapping(root, _TOP, said("a crosswalk"))
        version = fields["version"].value if "version" in fields else 1
        if not isinstance(version, int) or version < 1:
            self.fault(fields["version"], said("a version is a number from 1"))
            version = 1
        rules = self.items(fields.get("rules"), "rules")
        if len(rules) > RULES:
            self.fault(rules[RULES], said("more than %(most)s rules", most=RULES))
        given = self.mapping(fields.get("input"), _INPUT, "input")
        return Crosswalk(
            name=self.name(root, fields),
            version=version,
            extends=self.word(fields.get("extends"), "extends"),
            format=self.word(given.get("format"), "format"),
            key=tuple(self.words(item, "key") for item in self.steps(given.get("key"))),
            fill_down=self.words(given.get("fill_down"), "fill_down"),
            columns=self.word(given.get("columns"), "columns"),
            prefixes=self.names(fields.get("prefixes"), "prefixes"),
            tables=self.names(fields.get("tables"), "tables"),
            drop=self.words(fields.get("drop"), "drop"),
            skip=tuple(self.skip(node) for node in self.items(fields.get("skip"), "skip")),
            defaults=tuple(self.defaults(fields.get("defaults"))),
            rules=tuple(self.rule(node, number) for number, node in enumerate(rules[:RULES], 1)),
            split=self.split(fields.get("split")),
            parent=self.parent(fields.get("parent")),
            sections=self.names(fields.get("sections"), "sections"),
            tests=tuple(self.test(node) for node in self.items(fields.get("tests"), "tests")),
            place=self.place(root),
            places={
                key: Place(file=self.file, line=line, column=column) for key, (line, column) in root.places.items()
            },
        )

    def name(self, root: Node, fields: dict[str, Node]) -> str:
        name = self.word(fields.get("crosswalk"), "crosswalk")
        if not name:
            self.fault(root, said("a crosswalk has a name"), said("begin with `crosswalk: name`"))
        return name

    def skip(self, node: Node) -> Skip:
        fields = self.mapping(node, _SKIP, "skip")
        reason = self.word(fields.get("reason"), "reason")
        if not reason:
            self.fault(node, said("a skip says its reason"))
        return Skip(when=self.condition(fields.get("when") or node), reason=reason, place=self.place(node))

    def split(self, node: Node | None) -> Split | None:
        if node is None:
            return None
        fields = self.mapping(node, _SPLIT, "split")
        root, each = self.word(fields.get("root"), "root"), self.words(fields.get("each"), "each")
        key = tuple(self.words(item, "key") for item in self.items(fields.get("key"), "key"))
        if not (each and key):
            self.fault(node, said("split names each unit below the root, and the key of a unit"))
        path = self.word(fields.get("path"), "path")
        return Split(root=root, each=numbered_names(each), key=key, path=path, place=self.place(node))

    def parent(self, node: Node | None) -> Value | None:
        if node is None:
            return None
        fields = self.mapping(node, _PARENT, "parent")
        if "from" not in fields:
            why = said("parent names where the native identifier of the record above stands")
            self.fault(node, why, said("add %(what)s", what="`from:`"))
        return Value(
            sources=self.words(fields.get("from"), "from"),
            do=tuple(call for item in self.steps(fields.get("do")) for call in self.calls(item)),
            place=self.place(node),
        )

    def defaults(self, node: Node | None) -> list[tuple[str, str, Plain]]:
        found: list[tuple[str, str, Plain]] = []
        for target, value in self.mapping(node, (), "defaults").items():
            if value.fields is not None:
                found += [(target, leaf, inner.value) for leaf, inner in value.fields.items()]
            else:
                found.append((target, "", value.value))
        return found

    def rule(self, node: Node, number: int) -> Rule:
        self.rule_id = ""
        fields = self.mapping(node, (), said("a rule"))
        self.rule_id = self.word(fields.get("id"), "id") or f"#{number}"
        self.mapping(node, _RULE, said("a rule"))
        if "id" not in fields:
            self.fault(node, said("a rule has an id"))
        target = self.word(fields.get("to"), "to")
        if not target:
            self.fault(node, said("a rule has a target"), said("add %(what)s", what="`to: field`"))
        rule = Rule(
            id=self.rule_id,
            to=target,
            each=self.word(fields.get("each"), "each"),
            value=self.value(node, fields),
            require=self.word(fields.get("require"), "require"),
            before=self.word(fields.get("before"), "before"),
            note=self.word(fields.get("note"), "note"),
            place=self.place(node),
        )
        self.rule_id = ""
        return rule

    def value(self, node: Node, fields: dict[str, Node]) -> Value:
        if sum(key in fields for key in ("from", "each", "const")) != 1 and "make" not in fields:
            self.fault(node, said("one of from, each and const says where the value comes from"))
        return Value(
            sources=self.words(fields.get("from"), "from"),
            const=self.const(fields.get("const")),
            when=self.condition(fields["when"]) if "when" in fields else None,
            do=tuple(call for item in self.steps(fields.get("do")) for call in self.calls(item)),
            default=self.const(fields.get("default")),
            make=self.members(fields.get("make")),
            place=self.place(node),
        )

    def const(self, node: Node | None) -> Plain:
        if node is not None and not node.is_scalar:
            self.fault(node, said("a constant is one value"))
        return node.value if node is not None else None

    def members(self, node: Node | None) -> dict[str, Value] | None:
        if node is None:
            return None
        members = self.mapping(node, (), "make")
        return {key: self.value(member, self.mapping(member, _MEMBER, key)) for key, member in members.items()}

    def steps(self, node: Node | None) -> tuple[Node, ...]:
        return () if node is None else (node.items if node.items is not None else (node,))

    def calls(self, node: Node) -> list[Call]:
        """`squeeze`, `split: ";"` or `edtf: {order: mdy}`."""
        if node.fields is None:
            return [Call(name=self.word(node, said("a transform")), place=self.place(node))]
        calls = []
        for name, given in node.fields.items():
            if given.fields is not None:
                arguments = {key: scalars(value) for key, value in given.fields.items()}
            else:
                arguments = {"": scalars(given)}
            calls.append(Call(name=name, arguments=arguments, place=self.place(node)))
        return calls

    def condition(self, node: Node) -> Condition:
        fields = self.mapping(node, (), said("a condition"))
        groups = {key: self.conditions(fields[key]) for key in _GROUPS if key in fields}
        tests = tuple((key, scalars(value)) for key, value in fields.items() if key not in (*_GROUPS, "from"))
        return Condition(
            source=self.word(fields.get("from"), "from"),
            tests=tests,
            all=groups.get("all", ()),
            any=groups.get("any", ()),
            none=groups.get("not", ()),
            place=self.place(node),
        )

    def conditions(self, node: Node) -> tuple[Condition, ...]:
        return tuple(self.condition(item) for item in (node.items if node.items is not None else (node,)))

    def test(self, node: Node) -> Test:
        fields = self.mapping(node, _TEST, said("a test"))
        given = self.mapping(fields.get("input"), ("inline",), "input")
        expect = self.mapping(fields.get("expect"), (), "expect")
        return Test(
            inline=self.inline(given.get("inline")),
            expect=tuple((path, value.value) for path, value in expect.items()),
            outcome=self.word(fields.get("outcome"), "outcome"),
            issues=self.words(fields.get("issues"), "issues"),
            place=self.place(node),
        )

    def inline(self, node: Node | None) -> str:
        """Text as it stands; a mapping, which rows and JSON take, as JSON."""
        if node is None or node.fields is None:
            return self.word(node, "inline")
        return msgspec.json.encode(plain(node)).decode()


def numbered_names(words: tuple[str, ...]) -> tuple[str, ...]:
    """Names with their ranges written out: `c01..c12` is twelve names."""
    names: list[str] = []
    for word in words:
        first, dots, last = word.partition("..")
        stem, digits = first.rstrip("0123456789"), len(first) - len(first.rstrip("0123456789"))
        end = last.removeprefix(stem)
        if dots and digits and end.isdigit() and int(end) - int(first[-digits:]) < RULES:
            names += [f"{stem}{number:0{digits}}" for number in range(int(first[-digits:]), int(end) + 1)]
        else:
            names.append(word)
    return tuple(names)
