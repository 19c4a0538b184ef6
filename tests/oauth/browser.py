"""A real Chromium, with JavaScript switched off, walks through sign-in, consent, redirect and taking back."""

import http.server
import os
import sys
import threading
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from playwright.sync_api import expect, sync_playwright

from demonstration import MEMBER, URL, register

executable, folder = sys.argv[1:3]
VERIFIER = "v" * 50
arrived = []


class Shop(http.server.BaseHTTPRequestHandler):
    """The app's own address, on another port: another origin than the service's."""

    def do_GET(self):
        if self.path.startswith("/cb"):
            arrived.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<h1>Back at the shop</h1>")

    def log_message(self, *_):
        pass


shop = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
threading.Thread(target=shop.serve_forever, daemon=True).start()
redirect_uri = f"http://127.0.0.1:{shop.server_port}/cb"
app = register(name="Mill Bakery's shop")
challenge = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
question = f"{URL}/oauth/authorize?" + urlencode(
    {
        "client_id": app["client_id"],
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "accounts:read payments:read payments:write",
        "state": "s",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "ceiling_per_payment": "20",
    }
)


def look(page, name):
    page.screenshot(path=os.path.join(folder, f"{name}.png"), full_page=True)
    wide = page.locator("html").bounding_box()["width"]
    assert wide <= page.viewport_size["width"], f"{name} is wider than the screen"


def answers():
    return {name: values[0] for name, values in parse_qs(urlsplit(arrived[-1]).query).items()}


with sync_playwright() as playwright:
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    chromium = playwright.chromium.launch(executable_path=executable, args=options)
    for colours in ["light", "dark"]:
        context = chromium.new_context(
            java_script_enabled=False, color_scheme=colours, viewport={"width": 390, "height": 844}
        )
        page = context.new_page()
        blocked = []
        page.on("console", lambda message: blocked.append(message.text))
        page.goto(question)
        look(page, f"sign-in-{colours}")
        page.get_by_label("E-mail address").fill(MEMBER["email"])
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("do not belong together")
        look(page, f"wrong-sign-in-{colours}")
        page.get_by_label("E-mail address").fill(MEMBER["email"])
        page.get_by_label("Password").fill(MEMBER["password"])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading")).to_have_text("Mill Bakery's shop asks to act for you")
        expect(page.get_by_label("At most, in one payment")).to_have_value("20")
        page.get_by_label("At most, in one day").fill("50")
        look(page, f"consent-{colours}")
        page.get_by_role("button", name="Do not allow").click()
        expect(page.get_by_role("heading")).to_have_text("Back at the shop")
        assert answers()["error"] == "access_denied" and answers()["iss"] == URL, answers()
        # The sign-in lasts: this time only the decision is asked.
        page.goto(question)
        page.get_by_label("At most, in one day").fill("50")
        page.get_by_role("button", name="Allow", exact=True).click()
        expect(page.get_by_role("heading")).to_have_text("Back at the shop")
        assert (answers()["state"], answers()["iss"]) == ("s", URL), answers()
        form = {
            "grant_type": "authorization_code",
            "code": answers()["code"],
            "redirect_uri": redirect_uri,
            "code_verifier": VERIFIER,
        }
        proof = (app["client_id"], app["client_secret"])
        tokens = requests.post(f"{URL}/oauth/token", data=form, auth=proof).json()
        assert (tokens["ceiling_per_payment"], tokens["ceiling_per_day"]) == ("20", "50"), tokens
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert requests.get(f"{URL}/api/v1/me", headers=bearer).status_code == 200
        page.goto(f"{URL}/oauth/grants")
        look(page, f"grants-{colours}")
        page.get_by_role("button", name="Take back").first.click()
        expect(page.locator("main")).to_contain_text("You have allowed no app")
        assert requests.get(f"{URL}/api/v1/me", headers=bearer).status_code == 401
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Password")).to_be_visible()
        page.goto(question.replace("client_id=", "client_id=x"))
        expect(page.get_by_role("heading")).to_have_text("This link cannot be followed")
        look(page, f"unsafe-{colours}")
        refused = [text for text in blocked if "Content Security Policy" in text or "Refused" in text]
        assert not refused, refused
        context.close()
    # No other site can put the page into a frame.
    context = chromium.new_context()
    page = context.new_page()
    page.set_content(f'<iframe src="{question}"></iframe>')
    page.wait_for_timeout(500)
    assert all("password" not in frame.content() for frame in page.frames), "the page was framed"
    context.close()
    chromium.close()

print("Chromium without JavaScript: sign-in, consent, redirect, taking back")
