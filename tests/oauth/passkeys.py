"""A real Chromium with a virtual authenticator makes passkeys and uses them: over the API, and on the service's pages."""

import os
import sys

from playwright.sync_api import expect, sync_playwright

from demonstration import MEMBER, SHOP, URL, register

executable, folder = sys.argv[1:3]

# What a wallet on the service's own origin would do. `steps` says how far.
WALLET = """
async ({ email, password }) => {
  const send = async (path, body, token) => {
    const headers = { "Content-Type": "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    const answer = await fetch(`/api/v1${path}`, { method: "POST", headers, body: body && JSON.stringify(body) });
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
    return said;
  };
  const get = async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.public_key);
    return (await navigator.credentials.get({ publicKey })).toJSON();
  };
  const { access_token: first } = await send("/sessions", { email, password });
  const options = await send("/me/passkeys/options", null, first);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.public_key);
  const credential = (await navigator.credentials.create({ publicKey })).toJSON();
  const added = await send("/me/passkeys", { name: "Chromium", credential }, first);
  const shown = await get(await send("/sessions/passkey-options"));
  const { access_token: second } = await send("/sessions/passkey", { credential: shown });
  const again = await fetch("/api/v1/sessions/passkey", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ credential: shown }),
  });
  const passkey = await get(await send("/sessions/current/passkey-options", null, second));
  const { access_token: third } = await send("/sessions/current/step-up", { passkey }, second);
  const me = await fetch("/api/v1/me", { headers: { Authorization: `Bearer ${third}` } });
  const list = await fetch("/api/v1/me/passkeys", { headers: { Authorization: `Bearer ${third}` } });
  return { added, again: again.status, me: await me.json(), list: await list.json() };
}
"""


def look(page, name):
    page.screenshot(path=os.path.join(folder, f"{name}.png"), full_page=True)
    wide = page.locator("html").bounding_box()["width"]
    assert wide <= page.viewport_size["width"], f"{name} is wider than the screen"


def with_authenticator(chromium, **more):
    """A page whose browser has an authenticator, and the authenticator's strings."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, **more)
    page = context.new_page()
    blocked = []
    page.on("console", lambda message: blocked.append(message.text))
    strings = context.new_cdp_session(page)
    strings.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    authenticator = strings.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return page, strings, authenticator, blocked


def sign_in(page, login):
    page.get_by_label("E-mail address").fill(login["email"])
    page.get_by_label("Password").fill(login["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()


def is_calm(blocked):
    refused = [text for text in blocked if "Content Security Policy" in text or "Refused" in text]
    assert not refused, refused


with sync_playwright() as playwright:
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    chromium = playwright.chromium.launch(executable_path=executable, args=options)

    # Over the API.
    page, strings, authenticator, _ = with_authenticator(chromium)
    page.goto(f"{URL}/docs/")
    done = page.evaluate(WALLET, {"email": SHOP["email"], "password": SHOP["password"]})
    assert done["again"] == 401, done
    assert done["me"]["user"]["email"] == SHOP["email"], done
    assert [own["id"] for own in done["list"]["data"]] == [done["added"]["id"]], done
    assert done["list"]["data"][0]["last_used_at"], done
    kept = strings.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert [key["rpId"] for key in kept] == ["localhost"] and kept[0]["signCount"] >= 2, kept
    page.context.close()

    # On the service's pages: added, used to sign in for an app's sake, removed.
    for colours in ["light", "dark"]:
        page, strings, authenticator, blocked = with_authenticator(chromium, color_scheme=colours)
        page.goto(f"{URL}/oauth/passkeys")
        look(page, f"passkeys-sign-in-{colours}")
        sign_in(page, MEMBER)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your passkeys")
        page.get_by_label("What do you call this device?").fill("My <phone>")
        look(page, f"passkeys-add-{colours}")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_role("heading", name="My <phone>")).to_be_visible()
        look(page, f"passkeys-{colours}")
        page.get_by_role("button", name="Sign out").click()
        app = register(name="Mill Bakery's shop")
        page.goto(
            f"{URL}/oauth/authorize?client_id={app['client_id']}&redirect_uri=http://127.0.0.1:9/cb&response_type=code"
            f"&scope=accounts:read&code_challenge={'x' * 43}&code_challenge_method=S256"
        )
        # Nobody unlocks the device: the browser gives nothing, and the page says so.
        strings.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_text("Your browser gave no passkey")).to_be_visible(timeout=20_000)
        look(page, f"no-passkey-{colours}")
        strings.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("heading")).to_have_text("Mill Bakery's shop asks to act for you")
        page.goto(f"{URL}/oauth/passkeys")
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_role("heading", name="My <phone>")).to_have_count(0)
        page.get_by_role("button", name="Sign out").click()
        # It is gone here, though the authenticator still has it.
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("alert").first).to_contain_text("This passkey did not sign you in")
        look(page, f"passkey-gone-{colours}")
        is_calm(blocked)
        page.context.close()

    # Without JavaScript nothing of it is there, and signing in works as ever.
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{URL}/oauth/passkeys")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    sign_in(page, MEMBER)
    expect(page.get_by_text("Adding a passkey needs JavaScript")).to_be_visible()
    look(page, "passkeys-without-javascript")
    context.close()
    chromium.close()

print("Chromium with a virtual authenticator: passkeys added, shown, removed")
