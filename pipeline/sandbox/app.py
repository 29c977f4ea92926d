"""The service's addresses: who may ask for what, and how an answer becomes JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, Response, g, request

from pipeline.entities import ENTITIES
from pipeline.sandbox.choices import Choices
from pipeline.sandbox.envelopes import NOT_FOUND, Answer
from pipeline.sandbox.gate import TOKEN_PATH, Gate
from pipeline.sandbox.http import CLIENT_ID
from pipeline.sandbox.records import Records
from pipeline.sandbox.tables import BY_PATH, TABLES, Record, Table
from pipeline.sandbox.tokens import Logins, User
from pipeline.schema import Entity

UNAUTHORIZED = 401  # a dead token and a missing role alike, with no body: vendor docs
FORM = "application/x-www-form-urlencoded"


def as_json(status: int, body: Any) -> Response:
    """Make a response of JSON text, not escaped: the service writes UTF-8."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    encoded = text.encode("utf-8", errors="replace")
    return Response(encoded, status, content_type="application/json; charset=utf-8")


def _not_a_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _read_body() -> Record | None:
    """Return the JSON object that was sent, None when it is something else."""
    try:
        body = json.loads(request.get_data(), parse_constant=_not_a_number)
    except ValueError:
        return None
    return body if request.is_json and isinstance(body, dict) else None


def _unreadable() -> Answer:
    words = "The body is not a JSON object, or its Content-Type is not application/json."
    return 400, {"Message": words, "Value": None, "Errors": [], "WasSuccessful": False}


@dataclass(frozen=True)
class Service:
    """Answers requests from the records, for those who may ask."""

    records: Records
    logins: Logins
    choices: Choices

    def token(self) -> Response:
        """Answer a token request, which has to come as a form."""
        if request.mimetype != FORM:
            return as_json(400, {"error": "unsupported_grant_type"})
        client_id = request.environ.get(CLIENT_ID)
        seconds = self.choices.token_seconds
        return as_json(*self.logins.grant(request.form, client_id, seconds))

    def me(self) -> Response:
        """Answer who is asking."""
        user = self._user()
        if user is None:
            return Response(status=UNAUTHORIZED)
        businesses = [each["Id"] for each in self.records.everything(TABLES["Business"])]
        return as_json(
            200,
            {
                "Id": 1410000001,
                "Email": user.username,
                "Active": True,
                "IsAdmin": user.roles is None,
                "APIAccess": True,
                "DefaultBusinessId": businesses[0] if businesses else None,
                "Businesses": businesses,
            },
        )

    def many(self, place: str) -> Response:
        """Answer a search, or a read by ids when `id` holds a list of them."""
        table = BY_PATH.get(place.removesuffix("/"))  # the read by ids is documented with one
        if table is None:
            return as_json(*NOT_FOUND)
        ids = _ids(request.args.get("id", ""))
        if ids is not None:
            return self._answer(table, "Read", lambda _: self.records.batch(table, ids))
        query = request.args.to_dict()
        return self._answer(table, "List", lambda _: self.records.listing(table, query))

    def one(self, place: str, number: int) -> Response:
        """Answer a read of one record."""
        table = BY_PATH.get(place)
        if table is None:
            return as_json(*NOT_FOUND)
        return self._answer(table, "Read", lambda _: self.records.one(table, number))

    def create(self, entity: Entity) -> Response:
        """Answer a create."""
        body = _read_body()
        lag = g.faults["lag"].seconds if "lag" in g.faults else 0.0
        return self._write(
            entity,
            "Create",
            lambda user: (
                _unreadable()
                if body is None
                else self.records.create(entity, body, user.username, lag_seconds=lag)
            ),
        )

    def update(self, entity: Entity) -> Response:
        """Answer an update."""
        body = _read_body()
        return self._write(
            entity,
            "Edit",
            lambda user: (
                _unreadable() if body is None else self.records.update(entity, body, user.username)
            ),
        )

    def delete(self, entity: Entity, number: int) -> Response:
        """Answer a delete."""
        return self._write(entity, "Delete", lambda _: self.records.delete(entity, number))

    def _write(self, entity: Entity, verb: str, answer: Callable[[User], Answer]) -> Response:
        return self._answer(TABLES[entity.name], verb, answer)

    def _answer(self, table: Table, verb: str, answer: Callable[[User], Answer]) -> Response:
        user = self._user()
        if user is None or not user.may(f"{table.role}-{verb}"):
            return Response(status=UNAUTHORIZED)
        return as_json(*answer(user))

    def _user(self) -> User | None:
        given = request.authorization
        if given is None:
            return None
        if given.type == "bearer":
            return self.logins.by_token(given.token or "")
        return self.logins.by_password(given.username or "", given.password or "")


def _ids(text: str) -> list[int] | None:
    """Read `[1,2,3]`; None for anything else, which is no read by ids."""
    try:
        ids = json.loads(text)
    except ValueError:
        return None
    return [each for each in ids if isinstance(each, int)] if isinstance(ids, list) else None


def build_app(service: Service, gate: Gate) -> Flask:
    """Make the WSGI application."""
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    routes: list[tuple[str, str, Callable[..., Response]]] = [
        (TOKEN_PATH, "POST", service.token),
        ("/api/auth/me", "GET", service.me),
        ("/en/user/me", "GET", service.me),
        ("/api/<path:place>/<int:number>", "GET", service.one),
        ("/api/<path:place>", "GET", service.many),
    ]
    for entity in ENTITIES.values():
        address = f"/api/{entity.path}"
        routes += (
            (address, "POST", partial(service.create, entity)),
            (address, "PUT", partial(service.update, entity)),
            (f"{address}/<int:number>", "DELETE", partial(service.delete, entity)),
        )
    for rule, method, view in routes:
        app.add_url_rule(rule, f"{method} {rule}", view, methods=[method])
    app.register_error_handler(404, lambda _: as_json(*NOT_FOUND))
    app.register_error_handler(
        405,
        lambda _: as_json(405, {"Message": "The requested resource does not support the verb."}),
    )
    app.before_request(gate.open)
    app.after_request(gate.close)
    return app
