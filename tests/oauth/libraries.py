"""Authlib and PyJWT, from PyPI, walk through every flow."""

import time
from urllib.parse import urlsplit

import jwt
import requests
from authlib.common.security import generate_token
from authlib.common.urls import url_decode
from authlib.integrations.requests_client import OAuth2Session
from demonstration import MEMBER, REDIRECT_URI, SHOP, URL, decide, register

metadata = requests.get(f"{URL}/.well-known/oauth-authorization-server").json()
assert metadata["issuer"] == URL


def claims_of(token):
    """Verifies an access token as a resource server would."""
    keys = jwt.PyJWKClient(metadata["jwks_uri"])
    key = keys.get_signing_key_from_jwt(token)
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    required = ["iss", "sub", "aud", "exp", "iat", "jti", "client_id"]
    return jwt.decode(
        token, key, algorithms=["ES256"], audience=f"{URL}/api/v1", issuer=URL, options={"require": required}
    )


def client(app, method="client_secret_basic", **more):
    return OAuth2Session(
        app["client_id"],
        app.get("client_secret"),
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        redirect_uri=REDIRECT_URI,
        code_challenge_method="S256",
        **more,
    )


def code_flow(app, method):
    session = client(app, method, scope="accounts:read payments:write")
    verifier = generate_token(48)
    address, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
    answer = decide(address, ceiling_per_payment="5", ceiling_per_day="8")
    assert answer.startswith(REDIRECT_URI + "?"), answer
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=answer, code_verifier=verifier, state=state
    )
    assert token["token_type"] == "Bearer" and token["ceiling_per_payment"] == "5", token
    claims = claims_of(token["access_token"])
    assert claims["client_id"] == app["client_id"] and claims["scope"] == "accounts:read payments:write"
    assert session.get(f"{URL}/api/v1/me").status_code == 200
    body = {"payer": MEMBER["account"], "payee": SHOP["account"], "allow_duplicate": True}

    def pay(amount):
        key = {"Idempotency-Key": generate_token(20)}
        return session.post(f"{URL}/api/v1/payments", json=body | {"amount": amount}, headers=key)

    assert pay("5.01").status_code == 403
    assert pay("5.00").status_code == 201
    refused = pay("3.01")
    assert (refused.status_code, refused.json()["available"]) == (403, "3.00"), refused.text
    refreshed = session.refresh_token(metadata["token_endpoint"])
    assert refreshed["refresh_token"] != token["refresh_token"]
    assert session.get(f"{URL}/api/v1/me").status_code == 200
    assert session.revoke_token(metadata["revocation_endpoint"], refreshed["refresh_token"]).status_code == 200
    assert requests.get(
        f"{URL}/api/v1/me", headers={"Authorization": f"Bearer {refreshed['access_token']}"}
    ).status_code == 401


code_flow(register(), "client_secret_basic")
code_flow(register(), "client_secret_post")
code_flow(register(confidential=False), "none")

# A member says no, and the app is told.
app = register()
address, state = client(app, scope="accounts:read").create_authorization_url(
    metadata["authorization_endpoint"], code_verifier=generate_token(48)
)
answer = dict(url_decode(urlsplit(decide(address, "deny")).query))
assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", state, URL), answer

# A machine acts for who registered it.
machine = register(grant_types=["client_credentials"], redirect_uris=[])
session = client(machine, scope="accounts:read")
token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
assert "refresh_token" not in token
assert claims_of(token["access_token"])["sub"] == machine["client_id"]
assert session.get(f"{URL}/api/v1/me").json()["user"]["email"] == SHOP["email"]
state = session.introspect_token(metadata["introspection_endpoint"], token["access_token"]).json()
assert state["active"] and state["exp"] > time.time(), state

print("Authlib and PyJWT: every flow")
