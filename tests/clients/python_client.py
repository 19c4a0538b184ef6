"""The Python client against the running service."""

import uuid

from counterfoil_client import Counterfoil, problems, to_minor
from demonstration import COMMUNITY, MEMBER, MERCHANT, URL, account_of, sign_in
from proxy import Network

api = sign_in(MEMBER)
community = api.get_community(COMMUNITY)
scale = community["scale"]


def key(name):
    return f"{name}-{uuid.uuid4()}"


def pay(amount, name, client=api, idempotency_key=None):
    payment = {"payer": MEMBER["account"], "payee": MERCHANT["account"], "amount": amount, "description": name, "allow_duplicate": True}
    return client.create_payment(payment, idempotency_key=idempotency_key or key(name))


def balance():
    return to_minor(account_of(api, MEMBER)["balance"], scale)


def refused(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


# A payment, and the same once more.
seen = []
watching = Counterfoil(URL, api._token, on_answer=seen.append)
before, once = balance(), key("bread")
first = pay("1.25", "Bread", watching, once)
again = pay("1.25", "Bread", watching, once)
assert first == again and first["state"] == "completed" and first["amount"] == "1.25", (first, again)
assert seen[0].headers.get("idempotency-replayed") is None and seen[1].headers["idempotency-replayed"] == "true", seen
assert balance() == before - 125
assert api.get_payment(first["id"])["id"] == first["id"]

# The answer is lost twice on its way: the client finds out by the key, and paid once. The second time over a connection that was kept.
host, port = URL.removeprefix("http://").split(":")
network = Network((host, int(port)))
shaky = Counterfoil(network.url, api._token, sleep=lambda _: None)
before = balance()
for _ in range(2):
    network.lose_answers(2)
    payment = pay("2.00", "Rye loaves", shaky)
    assert payment["state"] == "completed" and network.lost_answers == 0
assert balance() == before - 400
network.close()

# What is refused is an error of its own kind, with what the service tells of it.
error = refused(problems.InsufficientCredit, lambda: pay("999999.00", "Mill"))
assert error.problem["available"] == account_of(api, MEMBER)["available"] and error.status == 409, error.problem
error = refused(problems.IdempotencyKeyReused, lambda: pay("3.00", "Bread", idempotency_key=once))
assert error.status == 422
error = refused(problems.ValidationFailed, lambda: pay("1.234", "Bread"))
assert [fault["pointer"] for fault in error.problem["errors"]] == ["/amount"], error.problem
refused(problems.NotFound, lambda: api.get_payment(str(uuid.uuid4())))
refused(problems.Unauthenticated, lambda: Counterfoil(URL, "cfk_no_such_key").get_me())
refused(problems.SameAccount, lambda: api.create_payment({"payer": MEMBER["account"], "payee": MEMBER["account"], "amount": "1.00", "description": "x"}, idempotency_key=key("x")))

# All pages, nothing twice, nothing left out.
for number in range(5):
    pay("0.01", f"Page {number}")
numbers = [payment["id"] for payment in api.each_payments(limit=2)]
assert len(numbers) == len(set(numbers)) and {first["id"], payment["id"]} <= set(numbers), numbers
assert numbers == [payment["id"] for payment in api.each_payments(limit=100)]
assert len(list(api.each_entries(MEMBER["account"], limit=3))) > 6
refused(problems.ValidationFailed, lambda: api.list_payments(cursor="no cursor"))

# What has not changed is not sent again.
seen.clear()
watching.get_account(MEMBER["account"])
assert watching.get_account(MEMBER["account"], if_none_match=seen[0].headers["etag"]) is None

# Set aside, and taken in part by the payee, who gives some of it back.
merchant = sign_in(MERCHANT)
held = api.create_payment(
    {"payer": MEMBER["account"], "payee": MERCHANT["account"], "amount": "4.00", "description": "Order 1", "capture": "manual", "allow_duplicate": True},
    idempotency_key=key("hold"),
)
assert held["state"] == "authorised"
taken = merchant.capture_payment(held["id"], {"amount": "3.00"}, idempotency_key=key("capture"))
assert taken["state"] == "completed", taken
merchant.create_refund(held["id"], {"amount": "1.00", "reason": "One loaf too few"}, idempotency_key=key("refund"))
refused(problems.Conflict, lambda: merchant.create_refund(held["id"], {"amount": "2.01"}, idempotency_key=key("refund")))

# Other things than JSON.
statement = api.get_statement_as(MEMBER["account"], accept="text/csv", from_="2020-01-01", to="2030-01-01")
assert statement.startswith((b"id,date", b"\xef\xbb\xbfid,date")), statement[:40]

# Nothing is left in the other's hands.
api.delete_session()
refused(problems.Unauthenticated, api.get_me)
print("Python: payments, lost answers, problems, pages, documents")
