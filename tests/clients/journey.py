"""A customer's whole way with a real browser: order, approve on the hosted page, come back; the shop learns of it by a verified webhook, gives
back, and reconciles. Beside it a second shop, which must hear nothing of it.

    python journey.py CHROMIUM FOLDER
"""

import os
import sys
import uuid

from counterfoil_client import to_minor
from demonstration import MEMBER, MERCHANT, SITE, URL, account_of, sign_in
from merchant import approve, shop_of, until
from playwright.sync_api import expect, sync_playwright

executable, folder = sys.argv[1:3]
# The words on the page.
APPROVE = "Pay now"
member, owner = sign_in(MEMBER), sign_in(MERCHANT)
other = next(login for login in SITE["logins"] if login not in (MEMBER, MERCHANT) and "admin" not in login["roles"])
other_owner = sign_in(other)


def balances():
    return [to_minor(account_of(api, login)["balance"], 2) for api, login in ((member, MEMBER), (owner, MERCHANT))]


def moved(before):
    return [now - then for now, then in zip(balances(), before, strict=True)]


def events_of(shop, kind):
    return [event for event in shop.state()["events"] if event["type"] == kind]


def buy_in_browser(shop):
    """Presses the shop's button, signs in at the service, looks, approves, and is back at the shop. Then once more, paying from a wallet: the
    page notices by itself."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=executable, args=options)
        page = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB").new_page()
        refused = []
        page.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(shop.url)
        page.get_by_role("button", name="Buy").click()
        page.wait_for_url(f"{URL}/**")
        page.screenshot(path=os.path.join(folder, "checkout-1.png"), full_page=True)
        expect(page.locator("body")).to_contain_text("12.50")
        page.get_by_label("E-mail address").fill(MEMBER["email"])
        page.get_by_label("Password").fill(MEMBER["password"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
        page.screenshot(path=os.path.join(folder, "checkout-2.png"), full_page=True)
        expect(page.locator("body")).to_contain_text("12.50")
        page.get_by_role("button", name=APPROVE).click()
        page.wait_for_url(f"{shop.url}/back/**", timeout=15_000)
        expect(page.locator("#state")).to_have_text("paid")
        page.screenshot(path=os.path.join(folder, "checkout-3.png"), full_page=True)
        page = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
        page.goto(shop.url)
        page.get_by_role("button", name="Buy").click()
        page.wait_for_url(f"{URL}/c/**")
        [waiting] = [order for order in shop.state()["orders"] if order["state"] == "pending"]
        approve(member, MEMBER["account"], waiting["checkout"])
        page.wait_for_url(f"{shop.url}/back/**", timeout=20_000)
        expect(page.locator("#state")).to_have_text("paid")
        assert not refused, refused
        chromium.close()


with shop_of(owner, URL, MERCHANT["account"]) as (shop, _), shop_of(other_owner, URL, other["account"]) as (bystander, _):
    before = balances()
    buy_in_browser(shop)
    orders = shop.state()["orders"]
    assert [(order["state"], order["times_paid"], order["captured"]) for order in orders] == 2 * [("paid", 1, "12.50")], orders
    assert moved(before) == [-2500, 2500], moved(before)
    until("both webhooks", lambda: len(events_of(shop, "checkout.completed")) == 2)
    assert {event["reference"] for event in events_of(shop, "checkout.completed")} == {order["reference"] for order in orders}
    order = orders[0]

    # Given back in two parts; the third is more than is left.
    for amount, state in [("2.50", "done"), ("10.00", "done"), ("0.01", "refused")]:
        status, refund = shop.ask("POST", f"/orders/{order['reference']}/refunds", {"amount": amount})
        assert (status, refund["state"]) == (201, state), refund
    assert moved(before) == [-1250, 1250], moved(before)

    # Set aside and collected; set aside and given free.
    for number, (step, state, sums) in enumerate([("capture", "paid", [-300, 300]), ("void", "cancelled", [0, 0])]):
        before = balances()
        reference = f"hold-{number}-{uuid.uuid4()}"
        _, held = shop.order(reference, "3.00", "manual")
        approve(member, MEMBER["account"], held["checkout"])
        until("the order on hold", lambda name=reference: shop.ask("GET", f"/orders/{name}")[1]["state"] == "on_hold")
        assert moved(before) == [0, 0]
        status, done = shop.ask("POST", f"/orders/{reference}/{step}")
        assert (status, done["state"]) == (200, state), done
        assert moved(before) == sums, moved(before)

    result = shop.reconcile()
    assert result == {"differences": [], "orders": 4, "captured": "28.00", "refunded": "12.50"}, result
    assert shop.state()["counts"] == {}, shop.state()["counts"]
    assert bystander.state()["events"] == [] and bystander.state()["counts"] == {}, bystander.state()
print("shop: order, Chromium, webhook, refunds, capture, void, reconciliation")
