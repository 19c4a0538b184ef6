"""What the checks in Python share: the site, a member who decides, and apps that were registered."""

import html
import json
import os
import re

import requests

SITE = json.loads(os.environ["COUNTERFOIL_TEST_SITE"])
URL = SITE["url"]
ADMIN, SHOP, MEMBER = SITE["logins"][:3]
REDIRECT_URI = "http://127.0.0.1:49999/cb"


def session_of(login):
    """A first-party session with its token."""
    session = requests.Session()
    body = {"email": login["email"], "password": login["password"]}
    answer = session.post(f"{URL}/api/v1/sessions", json=body)
    answer.raise_for_status()
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return session


def register(**facts):
    """An app of the shop's."""
    body = {
        "name": "Rye & <Oats>",
        "redirect_uris": ["http://127.0.0.1/cb"],
        "grant_types": ["authorization_code"],
        "scopes": ["accounts:read", "payments:read", "payments:write"],
        "confidential": True,
    }
    answer = session_of(SHOP).post(f"{URL}/api/v1/oauth-clients", json=body | facts)
    assert answer.status_code == 201, answer.text
    return answer.json()


def decide(address, decision="allow", login=MEMBER, **fields):
    """A member signs in and decides, with forms only. Gives the address that the browser is led to."""
    browser = requests.Session()

    def press(button, **more):
        page = browser.get(address)
        page.raise_for_status()
        token = re.search(r'name="form_token" value="([^"]*)"', page.text)[1]
        form = {"form_token": html.unescape(token), "do": button} | more
        answer = browser.post(address, data=form, allow_redirects=False)
        assert answer.status_code == 303, (answer.status_code, answer.text)
        return answer.headers["Location"]

    press("sign_in", email=login["email"], password=login["password"])
    return press(decision, **fields)
