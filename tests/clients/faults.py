"""Two shops and their customers, while the network is cut, the service and the shops are killed and started again, and the shops answer webhooks
slowly, twice, wrongly, elsewhere or not at all. Afterwards nothing is lost, doubled or sent to the wrong place.

    python faults.py sqlite|postgres [ORDERS] [SEED]

There are so many orders at least, and more until everything has gone wrong a few times. The seed repeats what goes wrong, though not when.
"""

import itertools
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from counterfoil_client import ConnectionFailed, Counterfoil, CounterfoilError, ProblemError, to_minor
from merchant import ShopProgram, make_endpoint, make_key, until, with_token
from proxy import Network
from site_program import LOOPBACK_WEBHOOKS, Site, end_when_told, free_port

engine = sys.argv[1]
ORDERS = int(sys.argv[2]) if len(sys.argv) > 2 else 40
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(10**9)
CUSTOMERS = 4
# The event without which a shop would not know that it was paid.
PAID = "checkout.completed"
# Seconds, within which what is planned is waited for: the first attempt after a failure comes after five.
SOON = 60
# How often each thing goes wrong at least.
EACH = 2
MANNERS = [{"hook": hook} for hook in ("normal", "slow", "wrong", "redirect", "silent", "cut")] + [{"twice": True}, {"twice": False}]
print(f"faults: {engine}, {ORDERS} orders, seed {SEED}", flush=True)


def patiently(call):
    """As somebody does it who wants it done: again and again, with the same key."""
    end = time.monotonic() + 60
    while True:
        try:
            return call()
        except (ConnectionFailed, AssertionError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        except ProblemError as problem:
            if problem.status < 500 or time.monotonic() > end:
                raise
            time.sleep(0.2)


class Token:
    """An access token that is always fresh: they live five minutes, and this may take longer."""

    def __init__(self, url, login):
        self.url, self.login = url, login
        self.token, self.until = None, 0.0

    def __call__(self):
        if time.monotonic() > self.until:
            tokens = Counterfoil(self.url).create_session({"email": self.login["email"], "password": self.login["password"]})
            self.token, self.until = tokens["access_token"], time.monotonic() + tokens["expires_in"] / 2
        return self.token


def signed_in(url, login):
    return Counterfoil(url, Token(url, login))


def expect_ok(shop, method, path, body=None):
    """A shop that is down or has bad luck is asked again."""
    status, value = shop.ask(method, path, body)
    assert status < 500, (path, status, value)
    return value


class Chaos:
    """Something goes wrong every moment, as long as it is let."""

    def __init__(self, site, network, shops):
        self.site, self.network, self.shops = site, network, shops
        self.chance = random.Random(SEED)
        self.done = []
        self.left = 1
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def run(self):
        kinds = [self.kill_service, self.cut, self.lose, self.kill_shop, self.change_manners, self.change_manners]
        turns = kinds * EACH
        self.chance.shuffle(turns)
        self.left = len(turns)
        while not self.over.is_set():
            turn = turns.pop() if turns else self.chance.choice(kinds)
            turn()
            self.left -= 1
            self.done.append(turn.__name__)
            self.over.wait(self.chance.uniform(0.2, 1.2))

    def kill_service(self):
        self.site.kill()
        self.site.start()

    def cut(self):
        self.network.cut()
        time.sleep(self.chance.uniform(0.1, 1.0))
        self.network.mend()

    def lose(self):
        self.network.lose_answers(self.chance.randint(1, 4))

    def kill_shop(self):
        shop = self.chance.choice(self.shops)
        shop.kill()
        shop.start()

    def change_manners(self):
        try:
            self.chance.choice(self.shops).manners(**self.chance.choice(MANNERS))
        except OSError:
            pass


def customer(number, chance, shops, payer, account):
    """One order's life; what it should have come to."""
    shop = chance.choice(shops)
    kind = chance.choice(["pay", "pay", "pay", "decline", "capture", "void"])
    amount = f"0.{chance.randint(20, 99)}"
    reference = f"order-{SEED}-{number}"
    order = patiently(lambda: expect_ok(shop, "POST", "/orders", {"reference": reference, "amount": amount, "capture": "manual" if kind in ("capture", "void") else "automatic"}))
    if kind == "decline":
        patiently(lambda: payer.decline_checkout(order["checkout"], idempotency_key=f"{reference}-decline"))
        return shop, reference, "cancelled"
    patiently(lambda: payer.approve_checkout(order["checkout"], {"payer": account}, idempotency_key=f"{reference}-approve"))
    if kind in ("capture", "void"):
        patiently(lambda: expect_ok(shop, "POST", f"/orders/{reference}/{kind}"))
    if kind == "void":
        return shop, reference, "cancelled"
    if chance.random() < 0.5:
        # Asked for once: the shop itself sees to it that it happens, once. A shop that died of it never wrote it down, or did.
        patiently(lambda: expect_ok(shop, "POST", f"/orders/{reference}/refresh"))
        try:
            shop.ask("POST", f"/orders/{reference}/refunds", {"amount": "0.15"})
        except OSError:
            pass
    return shop, reference, "paid"


def deliveries(owner, endpoint):
    return list(owner.each_webhook_deliveries(endpoint["id"], limit=100))


def untold(shop, owner, endpoint):
    """What is not as it should be between the service's log of messages and what the shop has seen, and how many messages still come. One
    that failed twice at a shop in trouble is tried again minutes later, and is not waited for: that it is planned is enough."""
    log, state = deliveries(owner, endpoint), shop.state()
    soon = (datetime.now(UTC) + timedelta(seconds=SOON)).isoformat()
    arrived = {event["id"] for event in state["events"]}
    told = {(event["reference"], event["type"]) for event in state["events"]}
    coming = [line for line in log if line["state"] == "waiting"]
    promised = {(line["subject_id"], line["type"]) for line in coming}
    wrong = [f"{line['message_id']} is {line['state']}" for line in log if line["state"] == "failed"]
    wrong += [f"{line['message_id']} is planned for {line['next_attempt_at']}" for line in coming if line["next_attempt_at"] < soon]
    wrong += [f"{line['message_id']} has not arrived" for line in log if line["state"] == "delivered" and line["message_id"] not in arrived]
    wrong += [f"{message} is no message of the service" for message in arrived - {line["message_id"] for line in log}]
    wrong += [
        f"{order['reference']} is told to nobody"
        for order in state["orders"]
        if order["state"] == "paid" and (order["reference"], PAID) not in told and (order["checkout"], PAID) not in promised
    ]
    return wrong, len(coming)


def balances(url, logins):
    return {login["account"]: to_minor(patiently(lambda login=login: signed_in(url, login).get_account(login["account"]))["balance"], 2) for login in logins}


def check(site, shops, owners, endpoints, outcomes, before, logins, since):
    for shop in shops:
        shop.manners(hook="normal", twice=False)
    expected = {}
    for shop, reference, state in outcomes:
        until(f"{reference} is {state}", lambda shop=shop, reference=reference, state=state: shop.ask("GET", f"/orders/{reference}")[1]["state"] == state, 60)
        expected.setdefault(shop.url, {})[reference] = state
    for shop, owner, endpoint in zip(shops, owners, endpoints, strict=True):
        until("no refund is open", lambda shop=shop: all(refund["state"] != "sent" for refund in shop.state()["refunds"]), 60)
        owner.replay_webhooks(endpoint["id"], {"since": since})
        try:
            until("everything is told", lambda shop=shop, owner=owner, endpoint=endpoint: not untold(shop, owner, endpoint)[0], 90)
        except AssertionError as failure:
            raise AssertionError(f"{failure}: {untold(shop, owner, endpoint)}") from failure
        coming = untold(shop, owner, endpoint)[1]
        result = shop.reconcile()
        assert result["differences"] == [], result
        state = shop.state()
        assert {order["reference"]: order["state"] for order in state["orders"]} == expected.get(shop.url, {}), state["orders"]
        assert all(order["times_paid"] == (order["state"] == "paid") for order in state["orders"]), state["orders"]
        # Nothing of anybody else's, nothing unsigned, nothing that followed a redirect, nothing that was done twice.
        assert state["counts"] == {}, state["counts"]
        mine = expected.get(shop.url, {})
        assert all(event["reference"] in mine for event in state["events"] if event["type"].startswith("checkout.")), state["events"]

        theirs = [checkout for checkout in owner.each_checkouts(account=shop.settings["account"], limit=100) if checkout["order_reference"] in mine]
        assert len(theirs) == len(mine), (len(theirs), len(mine))
        sums = sum(to_minor(checkout["captured"], 2) - to_minor(checkout["refunded"], 2) for checkout in theirs)
        after = balances(site.url, [login for login in logins if login["account"] == shop.settings["account"]])
        assert after[shop.settings["account"]] == before[shop.settings["account"]] + sums, (after, before, sums)
        events = state["events"]
        print(f"faults: {len(mine)} orders, {len(events)} events told {sum(event['times'] for event in events)} times, {coming} still coming, {result['captured']} paid, {result['refunded']} back")
    after = balances(site.url, logins)
    assert sum(after.values()) == sum(before.values()), (after, before)


def main():
    with Site(engine, members=8, **LOOPBACK_WEBHOOKS) as site:
        logins = [login for login in site.announcement["logins"] if "admin" not in login["roles"]]
        merchants, payers = logins[:2], logins[2 : 2 + CUSTOMERS]
        network = Network(("127.0.0.1", site.port))
        owners = [signed_in(site.url, login) for login in merchants]
        customers = [with_token(network.url, signed_in(site.url, login)) for login in payers]
        since = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        shops, endpoints = [], []
        try:
            for owner, login in zip(owners, merchants, strict=True):
                port = free_port()
                endpoints.append(make_endpoint(owner, f"http://127.0.0.1:{port}/hook", login["account"]))
                shops.append(ShopProgram(network.url, make_key(owner, login["account"])["key"], login["account"], endpoints[-1]["secret"], port, look_every=1))
                shops[-1].start()
            before = balances(site.url, logins)
            with Chaos(site, network, shops) as chaos, ThreadPoolExecutor(CUSTOMERS) as pool:

                numbers = itertools.count()

                def custom(place):
                    """A customer, who orders and orders."""
                    lives = []
                    while (number := next(numbers)) < ORDERS or chaos.left > 0:
                        lives.append(customer(number, random.Random(SEED + number), shops, customers[place], payers[place]["account"]))
                    return lives

                outcomes = list(itertools.chain(*pool.map(custom, range(CUSTOMERS))))
            print("faults:", ", ".join(f"{chaos.done.count(name)} × {name}" for name in sorted(set(chaos.done))))
            check(site, shops, owners, endpoints, outcomes, before, logins, since)
        finally:
            for shop in shops:
                shop.kill()
                shop.folder.cleanup()
            network.close()
        site.verify()


try:
    end_when_told()
    main()
except (AssertionError, CounterfoilError) as failure:
    sys.exit(f"faults, seed {SEED}: {type(failure).__name__}: {failure}")
