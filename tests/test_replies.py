"""What a reply means: every line of the table, for a read, an update and a create."""

from __future__ import annotations

import pytest

from pipeline.api.replies import Reply, Verdict, judge, pause_seconds, server_words

CREATED = {"Status": 200, "Value": {"Id": 1415383201}, "WasSuccessful": True, "Errors": None}
REFUSED = {
    "Message": "Name: is a required field",
    "Value": None,
    "Errors": [{"AttemptedValue": None, "Message": "is a required field", "PropertyName": "Name"}],
    "WasSuccessful": False,
}
WAIT = "You must wait before accessing this url again."

DONE, REJECTED, THROTTLED = Verdict.DONE, Verdict.REJECTED, Verdict.THROTTLED
AGAIN, IN_DOUBT, STOP = Verdict.AGAIN, Verdict.IN_DOUBT, Verdict.STOP

TABLE = [
    # the reply, what it means to GET and PUT, what it means to POST
    (Reply(200, body=CREATED), DONE, DONE),
    (Reply(200, body={"Status": 200, "WasSuccessful": True}), DONE, IN_DOUBT),
    (Reply(200, body=REFUSED), REJECTED, REJECTED),
    (Reply(200, text="<html>", readable=False), AGAIN, IN_DOUBT),
    (Reply(400, body=REFUSED), REJECTED, REJECTED),
    (Reply(400, text="<html>", readable=False), REJECTED, REJECTED),
    (Reply(404, body="Not found"), REJECTED, REJECTED),
    (Reply(422), REJECTED, REJECTED),
    (Reply(409, text="The record was changed meanwhile."), REJECTED, REJECTED),
    (Reply(409, headers={"Retry-After": "1"}), THROTTLED, THROTTLED),
    (Reply(409, text=WAIT), THROTTLED, THROTTLED),
    (Reply(429), THROTTLED, THROTTLED),
    (Reply(429, text="Wait 0.8 seconds"), THROTTLED, THROTTLED),
    (Reply(503, headers={"retry-after": "5"}), THROTTLED, THROTTLED),
    (Reply(503, text="<html>", readable=False), AGAIN, IN_DOUBT),
    (Reply(500, body={"Message": "An error has occurred."}), AGAIN, IN_DOUBT),
    (Reply(failure="unconnected"), AGAIN, AGAIN),
    (Reply(failure="lost"), AGAIN, IN_DOUBT),
    (Reply(401), Verdict.RENEW, Verdict.RENEW),
    (Reply(403), Verdict.FORBIDDEN, Verdict.FORBIDDEN),
    (Reply(405), STOP, STOP),
    (Reply(302), STOP, STOP),
]


@pytest.mark.parametrize(("reply", "others", "post"), TABLE)
def test_the_table(reply, others, post):
    """Each reply has one meaning; only a POST whose fate is unknown is in doubt."""
    assert judge("GET", reply) is others
    assert judge("PUT", reply) is others
    assert judge("POST", reply) is post


@pytest.mark.parametrize(
    ("reply", "attempt", "seconds"),
    [
        (Reply(409, headers={"Retry-After": "7"}, text="Wait 2 seconds"), 0, 7.0),
        (Reply(429, text="Wait 0.8 seconds"), 0, 1.05),
        (Reply(429), 0, 1.0),
        (Reply(429), 3, 8.0),
        (Reply(429), 30, 64.0),
        (Reply(429, headers={"Retry-After": "1e400"}), 0, 86_400.0),
        (Reply(429, headers={"Retry-After": "nan"}), 1, 2.0),
        (Reply(409, headers={"Retry-After": "Sat, 21 Nov 2026 10:00:00 GMT"}), 1, 2.0),
    ],
)
def test_the_pause(reply, attempt, seconds):
    """The header wins over the text, both over our own doubling figure, which has an end."""
    assert pause_seconds(reply, attempt) == pytest.approx(seconds)


def test_the_servers_words_name_the_fields():
    """All errors of a reply are told, by field; without any, its message; never a whole page."""
    two = {"Errors": [*REFUSED["Errors"], {"PropertyName": "Teams", "Message": "is not valid"}]}

    assert server_words(Reply(400, body=two)) == "Name: is a required field; Teams: is not valid"
    assert server_words(Reply(500, body={"Message": "An error\nhas occurred."})) == (
        "An error has occurred."
    )
    assert server_words(Reply(404, body="Not found")) == "Not found"
    assert len(server_words(Reply(503, text="x" * 5000))) == 300
