"""The shop plugin on PHP's own web server with the running service: orders, webhooks that the service really sends, refunds, the sandbox."""

import json
import os
import subprocess
import tempfile
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

from counterfoil_client import to_minor
from demonstration import COMMUNITY, MEMBER, MERCHANT, URL, account_of, sign_in
from merchant import approve, make_endpoint, make_key, until
from site_program import FOLDER, HERE, free_port

member, owner = sign_in(MEMBER), sign_in(MERCHANT)


class PhpShop:
    def __init__(self, capture, account=MERCHANT["account"], testing="no", **others):
        self.folder = tempfile.TemporaryDirectory(prefix="counterfoil-woocommerce.", dir=FOLDER)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        endpoint = make_endpoint(owner, f"{self.url}/?wc-api=counterfoil", account, ["checkout.*", "payment.refunded"])
        self.key = make_key(owner, account)["key"]
        self.secret = endpoint["secret"]
        self.prefix = others.pop("prefix", f"woo-{uuid.uuid4()}")
        settings = {"enabled": "yes", "url": URL, "currency": COMMUNITY, "scale": "2", "prefix": self.prefix, "capture": capture}
        mode = "test_" if testing == "yes" else ""
        settings |= {"testing": testing, f"{mode}key": self.key, f"{mode}secret": self.secret} | others
        self.settings = settings
        self.start()

    def start(self):
        environment = {**os.environ, "SHOP_FOLDER": self.folder.name, "SHOP_SETTINGS": json.dumps(self.settings), "PHP_CLI_SERVER_WORKERS": "4"}
        command = ["php", "-S", f"127.0.0.1:{self.port}", os.path.join(HERE, "woocommerce_shop.php")]
        self.program = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        until("PHP's web server", self.serves)

    def stop(self):
        os.killpg(self.program.pid, 15)
        self.program.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        log = self.log()
        assert self.key not in log and self.secret not in log, "a secret is in the log"
        self.folder.cleanup()

    def log(self):
        file = os.path.join(self.folder.name, "log")
        return open(file, encoding="utf-8").read() if os.path.exists(file) else ""

    def serves(self):
        try:
            return self.ask("GET", "/")[1]["available"]
        except OSError:
            return False

    def ask(self, method, path, body=None, headers=None):
        request = urllib.request.Request(self.url + path, method=method, headers=headers or {}, data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                text = response.read()
                return response.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text else None

    def order(self, total):
        _, made = self.ask("POST", "/orders", {"total": total})
        assert made["result"] == "success" and made["redirect"].startswith(f"{URL}/c/"), (made, self.log())
        return made["number"], made["redirect"]

    def at(self, number):
        return self.ask("GET", f"/orders/{number}")[1]

    def hears(self, what, check):
        """By a webhook that came and work in the background that it brought about, not by looking."""

        def is_there():
            self.ask("POST", "/actions")
            return check()

        until(what, is_there)

    def becomes(self, number, state):
        self.hears(f"order {number} is {state}", lambda: self.at(number)["status"] == state)


def balance():
    return to_minor(account_of(owner, MERCHANT)["balance"], 2)


def checkout_of(shop, number):
    return shop.at(number)["meta"]["_counterfoil_checkout"]


with PhpShop("automatic") as shop:
    assert shop.ask("GET", "/")[1] == {"available": True, "supports": ["products", "refunds"]}
    blocks = shop.ask("GET", "/blocks")[1]
    assert blocks["active"] and blocks["supports"] == ["products", "refunds"] and blocks["script"].endswith("/assets/checkout.js") and "test" not in blocks["description"], blocks
    before = balance()
    number, page = shop.order("12.5")
    # The button once more: the same page.
    assert shop.ask("POST", f"/orders/{number}/pay")[1]["redirect"] == page
    approve(member, MEMBER["account"], checkout_of(shop, number))
    shop.becomes(number, "processing")
    assert balance() == before + 1250
    # The customer comes back twice, and presses the button of an order that is paid.
    for _ in range(2):
        assert shop.ask("GET", f"/thanks/{number}")[1]["paid"] == 1
    # Paid, and told by several at once: WooCommerce hears of it once.
    racing, _ = shop.order("0.50")
    approve(member, MEMBER["account"], checkout_of(shop, racing))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: shop.ask("GET", f"/thanks/{racing}"), range(4)))
    assert shop.log().count(f"-{racing}: pending, now processing") == 1, shop.log()
    # The shopkeeper cancels what is paid: that stands, although the customer looks again.
    shop.ask("POST", f"/orders/{racing}/status", {"status": "cancelled"})
    assert shop.ask("GET", f"/thanks/{racing}")[1]["status"] == "cancelled"
    assert shop.ask("POST", f"/orders/{racing}/refunds", {"amount": "0.50"})[0] == 201
    assert shop.ask("POST", f"/orders/{number}/pay")[1]["redirect"] == f"{shop.url}/thanks/{number}"

    # Back in parts, and no more than there was.
    assert shop.ask("POST", f"/orders/{number}/refunds", {"amount": "2.50", "reason": "Burnt"})[0] == 201
    assert shop.ask("POST", f"/orders/{number}/refunds", {"amount": "10.01"})[0] == 422
    assert shop.ask("POST", f"/orders/{number}/refunds", {"amount": "10"})[0] == 201
    assert balance() == before and shop.at(number)["refunded"] == "12.50"

    # Declined by the customer: failed by the webhook, and paid the second time. Paid by nobody, and looked at by the hour.
    number, _ = shop.order("3.00")
    member.decline_checkout(checkout_of(shop, number), idempotency_key=f"decline-{number}-{uuid.uuid4()}")
    shop.becomes(number, "failed")
    again = shop.ask("POST", f"/orders/{number}/pay")[1]
    assert again["result"] == "success" and shop.at(number)["status"] == "pending", again
    approve(member, MEMBER["account"], checkout_of(shop, number))
    shop.becomes(number, "processing")
    assert shop.ask("POST", f"/orders/{number}/refunds", {"amount": "3.00"})[0] == 201
    number, _ = shop.order("4.00")
    assert shop.ask("POST", "/looks")[0] == 200 and shop.ask("POST", "/actions")[1] > 0 and shop.at(number)["status"] == "pending"
    # Cancelled by the shopkeeper: nobody can pay it any more.
    shop.ask("POST", f"/orders/{number}/status", {"status": "cancelled"})
    assert owner.get_checkout(checkout_of(shop, number))["state"] == "cancelled"

    # Paid in cash, and by another method: nobody can pay it here any more.
    for method in ("counterfoil", "bacs"):
        number, _ = shop.order("2.00")
        shop.ask("POST", f"/orders/{number}/method", {"method": method})
        shop.ask("POST", f"/orders/{number}/status", {"status": "processing"})
        assert owner.get_checkout(checkout_of(shop, number))["state"] == "cancelled"
    # Given back at the service itself: the shopkeeper reads it.
    number, _ = shop.order("2.00")
    approve(member, MEMBER["account"], checkout_of(shop, number))
    shop.becomes(number, "processing")
    owner.create_refund(shop.at(number)["transaction"], {"amount": "2.00"}, idempotency_key=f"woo-{uuid.uuid4()}")
    shop.hears("a note", lambda: any("2.00 were given back at the service" in note for note in shop.at(number)["notes"]))

    # A copy of the shop sells under the same numbers: nothing that was paid here is paid there.
    with PhpShop("automatic", prefix=shop.prefix) as copy:
        made = copy.ask("POST", "/orders", {"total": "12.5"})[1]
        assert made["number"] == 1 and made["result"] == "failure" and copy.at(1)["status"] == "pending", (made, copy.log())

    # What is deleted with the plugin.
    deleted = shop.ask("DELETE", "/")[1]
    assert {"woocommerce_counterfoil_settings", "counterfoil_looked", "counterfoil_look_again", "counterfoil_refresh"} == set(deleted), deleted

    # What is not signed changes nothing and is refused.
    headers = {"webhook-id": "msg_1", "webhook-timestamp": "1790000000", "webhook-signature": "v1,AAAA"}
    assert shop.ask("POST", "/?wc-api=counterfoil", {"type": "checkout.completed"}, headers)[0] == 401
    assert balance() == before

with PhpShop("manual") as shop:
    before = balance()
    number, _ = shop.order("5.00")
    approve(member, MEMBER["account"], checkout_of(shop, number))
    shop.becomes(number, "on-hold")
    assert balance() == before
    shop.ask("POST", f"/orders/{number}/status", {"status": "processing"})
    assert balance() == before + 500 and shop.at(number)["status"] == "processing", shop.at(number)
    number, _ = shop.order("6.00")
    approve(member, MEMBER["account"], checkout_of(shop, number))
    shop.becomes(number, "on-hold")
    shop.ask("POST", f"/orders/{number}/status", {"status": "cancelled"})
    assert owner.get_checkout(checkout_of(shop, number))["state"] == "cancelled"
    assert balance() == before + 500

# The sandbox: nothing of it is in the real account. With a key that is not the sandbox's nobody is sent to pay, nor with another community's.
twin = owner.create_sandbox(COMMUNITY)
with PhpShop("automatic", twin["account"], "yes") as shop:
    before = balance()
    assert shop.ask("POST", "/settings")[1] == [] and "test" in shop.ask("GET", "/blocks")[1]["description"]
    number, _ = shop.order("75.00")
    approve(owner, twin["buyer"], checkout_of(shop, number))
    shop.becomes(number, "processing")
    assert balance() == before
    # Now it sells in earnest. What was begun in the sandbox is given back there.
    shop.stop()
    shop.settings |= {"testing": "no", "key": make_key(owner, MERCHANT["account"])["key"]}
    shop.start()
    assert shop.ask("POST", f"/orders/{number}/refunds", {"amount": "75.00"})[0] == 201
    assert balance() == before and owner.get_checkout(checkout_of(shop, number))["refunded"] == "75.00"
for wrong in ({"account": twin["account"]}, {"testing": "yes"}, {"currency": "LAKE"}):
    with PhpShop("automatic", **wrong) as shop:
        assert len(shop.ask("POST", "/settings")[1]) == 1
        made = shop.ask("POST", "/orders", {"total": "1.00"})[1]
        assert made["result"] == "failure" and made["redirect"] == "", made
print("WooCommerce: orders, webhooks, refunds, capture, void, the sandbox")
