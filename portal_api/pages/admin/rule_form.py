"""One rule of a version as a form: its keys apart, and everything else of the text as it is."""

from __future__ import annotations

import asyncio
from textwrap import indent
from typing import Any

import msgspec
from aiohttp import web

from federation.errors import RecordChanged
from federation.pipeline import crosswalk_life
from federation.pipeline.crosswalks import text_of
from federation.storage import crosswalks
from federation.storage.feeds import StoredFeed
from federation.storage.transactions import Transaction
from mappings.engine.rule_editing import RuleFixed, flow, rule_in, with_rule_changed
from mappings.engine.yaml_nodes import plain, read_yaml
from mappings.errors import CrosswalkInvalid
from mappings.said import Said
from portal_api.auth.requests import Form, read_form, reader_of
from portal_api.errors import NotFound
from portal_api.exchange import EXCHANGE
from portal_api.pages.admin.crosswalks import ADDRESS, written
from portal_api.pages.admin.showing import moved, number_in, show
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed

#: keys that are words, and keys that are written as YAML
_WORDS, _YAML = ("each", "to", "require", "note"), ("const", "do", "when")
_REQUIRE = ("", "reject", "warn", "default")


class RuleForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form shows."""

    key: str
    number: int
    rule: str
    #: SHA-256 of the version that is edited
    seen: str
    #: what changes, and why
    message: str = ""
    #: key -> as it is typed; of `from` a line a selector, of `make` a line a member
    typed: dict[str, str]
    #: keys that the form does not show, as they are written
    rest: str
    errors: dict[str, Said] = {}
    #: somebody else saved the version after it was read
    is_late: bool = False


async def shown(request: web.Request) -> web.Response:
    """The form of one rule; raises NotFound."""
    return await _show(request, await _form(request))


async def saved(request: web.Request) -> web.Response:
    """Keeps the rule in the draft, or in a new one; what cannot be is shown again with why."""
    form, number, rule = await read_form(request), number_in(request, "number"), request.match_info["rule"]
    changes, errors = _read(form)
    if errors:
        return await _again(request, form, status=422, errors=errors)

    def made(tx: Transaction, reader: Reader, feed: StoredFeed) -> int:
        version = crosswalks.found(tx.connection, feed.key, number)
        text = with_rule_changed(text_of(version), rule, changes)
        seen, message = form.get("seen", ""), form.get("message", "")
        return crosswalk_life.save(tx, feed, number, text, reader.account, seen=seen, message=message).number

    try:
        drafted = await written(request, made)
    except RuleFixed as error:
        raise NotFound from error
    except RecordChanged:
        return await _again(request, form, status=412, is_late=True)
    return moved(f"{ADDRESS}/{request.match_info['key']}/{drafted}#text-title")


async def _again(
    request: web.Request, form: Form, *, status: int, errors: dict[str, Said] | None = None, is_late: bool = False
) -> web.Response:
    """What was typed, with why it is not saved: `errors`, or that it `is_late`, after what somebody else saved."""
    was = await _form(request)
    typed = {key: form.get(key, "") for key in was.typed}
    message = form.get("message", "")
    view = msgspec.structs.replace(was, typed=typed, message=message, errors=errors or {}, is_late=is_late)
    return await _show(request, view, status=status)


def _read(form: Form) -> tuple[dict[str, Any], dict[str, Said]]:
    """What the keys are to be, and what is wrong with them."""
    lines = [line.strip() for line in form.get("from", "").splitlines() if line.strip()]
    changes: dict[str, Any] = {"from": lines[0] if len(lines) == 1 else lines}
    changes |= {key: form.get(key, "").strip() for key in _WORDS}
    errors: dict[str, Said] = {}
    for key in _YAML:
        try:
            changes[key] = _yaml(form.get(key, ""))
        except CrosswalkInvalid as error:
            errors[key] = error.faults[0].why
    try:
        changes["make"] = _members(form.get("make", ""))
    except CrosswalkInvalid as error:
        errors["make"] = error.faults[0].why
    return changes, errors


def _yaml(text: str) -> Any:
    """What is typed as one value, however many lines it takes; raises CrosswalkInvalid."""
    found = read_yaml("value:\n" + indent(text.rstrip(), "  "), file="form").get("value")
    return plain(found) if found is not None else None


def _members(text: str) -> Any:
    """Members of an object, each on a line of its own, or all of them in braces.

    raises  CrosswalkInvalid
    """
    if text.strip().startswith("{"):
        return _yaml(text)
    return _yaml("\n".join(line.strip() for line in text.splitlines() if line.strip()))


async def _form(request: web.Request) -> RuleForm:
    reader, store = await reader_of(request), request.app[EXCHANGE].store
    key, number, rule = request.match_info["key"], number_in(request, "number"), request.match_info["rule"]

    def read_view() -> RuleForm:
        with store.reading() as connection:
            feed = found_feed(connection, reader, key)
            version = crosswalks.get(connection, feed.key, number)
        if version is None:
            raise NotFound
        try:
            keys = rule_in(text_of(version), rule)
        except (RuleFixed, CrosswalkInvalid) as error:
            raise NotFound from error
        return _of(keys, key=key, number=number, rule=rule, seen=version.sha256)

    return await asyncio.to_thread(read_view)


def _of(keys: dict[str, Any], *, key: str, number: int, rule: str, seen: str) -> RuleForm:
    sources = keys.get("from") or []
    typed = {"from": "\n".join([sources] if isinstance(sources, str) else sources)}
    typed |= {name: str(keys.get(name) or "") for name in _WORDS}
    typed |= {name: flow(keys[name]) if keys.get(name) is not None else "" for name in _YAML}
    typed["make"] = "\n".join(f"{flow(name)}: {flow(made)}" for name, made in (keys.get("make") or {}).items())
    rest = {name: value for name, value in keys.items() if name not in typed and name != "id"}
    return RuleForm(key=key, number=number, rule=rule, seen=seen, typed=typed, rest=flow(rest) if rest else "")


async def _show(request: web.Request, view: RuleForm, status: int = 200) -> web.Response:
    return await show(request, "admin/crosswalk_rule.html", status=status, view=view, require=_REQUIRE, here=ADDRESS)
