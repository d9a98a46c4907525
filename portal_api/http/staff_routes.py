"""The addresses of accounts and of the admin area; rows of the one table."""

from __future__ import annotations

from portal_api.api import administration
from portal_api.http.doors import Door, door
from portal_api.pages.account import own, setup, sign_in
from portal_api.pages.admin import crosswalks, feeds, files, institutions, jobs, new_feed, overview, quarantined, runs

STAFF_ROUTES: tuple[Door, ...] = (
    door("GET", "/setup", setup.setup_page, "public"),
    door("POST", "/setup", setup.setup, "public"),
    door("GET", "/sign-in", sign_in.sign_in_page, "public"),
    door("POST", "/sign-in", sign_in.sign_in, "public"),
    door("POST", "/sign-out", sign_in.sign_out, "account"),
    door("GET", "/account", own.account_page, "account"),
    door("POST", "/account/password", own.new_password, "account"),
    door("POST", "/account/end-sessions", own.end_sessions, "account"),
    door("POST", "/account/acting-for", sign_in.act_for, "account"),
    door("GET", "/admin", overview.overview, "staff"),
    door("GET", "/admin/institutions", institutions.listed, "exchange_admin"),
    door("GET", "/admin/institutions/new", institutions.new_page, "exchange_admin"),
    door("POST", "/admin/institutions/new", institutions.add, "exchange_admin"),
    door("GET", "/admin/institutions/{slug}", institutions.change_page, "exchange_admin"),
    door("POST", "/admin/institutions/{slug}", institutions.change, "exchange_admin"),
    door("GET", "/admin/feeds", feeds.listed, "harvest_admin"),
    door("GET", "/admin/feeds/new", new_feed.new_page, "harvest_admin"),
    door("POST", "/admin/feeds/new", new_feed.new, "harvest_admin"),
    door("GET", "/admin/feeds/{key}", feeds.one, "harvest_admin"),
    door("GET", "/admin/feeds/{key}/retire", feeds.retire_page, "harvest_admin"),
    door("GET", "/admin/feeds/{key}/files", files.listed, "harvest_admin"),
    door("POST", "/admin/feeds/{key}/files", files.brought, "harvest_admin"),
    door("GET", "/admin/uploads/{id}", files.one, "harvest_admin"),
    door("POST", "/admin/uploads/{id}/{act}", files.decided, "harvest_admin"),
    door("POST", "/admin/feeds/{key}/{act}", feeds.acted, "harvest_admin"),
    door("GET", "/admin/feeds/{key}/records", feeds.records, "harvest_admin"),
    door("GET", "/admin/crosswalks", crosswalks.listed, "staff"),
    door("GET", "/admin/crosswalks/{key}", crosswalks.of_feed, "staff"),
    door("POST", "/admin/crosswalks/{key}/new", crosswalks.begin, "harvest_admin"),
    door("GET", "/admin/crosswalks/{key}/{number}", crosswalks.version, "staff"),
    door("POST", "/admin/crosswalks/{key}/{number}", crosswalks.save, "harvest_admin"),
    door("POST", "/admin/crosswalks/{key}/{number}/{act}", crosswalks.acted, "staff"),
    door("GET", "/admin/runs/{id}", runs.one, "harvest_admin"),
    door("POST", "/admin/runs/{id}/{act}", runs.decided, "harvest_admin"),
    door("GET", "/admin/quarantine/{number}/raw", quarantined.as_it_came, "harvest_admin"),
    door("POST", "/admin/quarantine/{number}/{act}", quarantined.acted, "harvest_admin"),
    door("GET", "/admin/jobs", jobs.listed, "exchange_admin"),
    door("POST", "/admin/jobs/{id}/{act}", jobs.acted, "exchange_admin"),
    door("GET", "/api/v1/feeds", administration.feeds, "harvest_admin"),
    door("GET", "/api/v1/feeds/{key}", administration.feed, "harvest_admin"),
    door("GET", "/api/v1/feeds/{key}/runs/{number}", administration.numbered_run, "harvest_admin"),
    door("GET", "/api/v1/runs/{id}", administration.run, "harvest_admin"),
    door("GET", "/api/v1/jobs", administration.jobs, "exchange_admin"),
    door("GET", "/api/v1/issues", administration.issues, "harvest_admin"),
)
