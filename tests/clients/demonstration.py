"""The demonstration that a check runs against, and who is in it."""

import json
import os

from counterfoil_client import Counterfoil

SITE = json.loads(os.environ["COUNTERFOIL_TEST_SITE"])
URL = SITE["url"]
COMMUNITY = SITE["community"]


def login(account, site=SITE):
    return next(login for login in site["logins"] if login["account"].endswith(account))


ADMIN = login("0001")
MERCHANT = login("0002")
MEMBER = login("0003")


def sign_in(person, url=URL):
    """The service as this person sees it."""
    tokens = Counterfoil(url).create_session({"email": person["email"], "password": person["password"]})
    return Counterfoil(url, tokens["access_token"])


def account_of(api, person):
    account = api.get_account(person["account"])
    assert account is not None
    return account
