// oauth4webapi and openid-client, from npm, walk through every flow.
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';

const site = JSON.parse(process.env.COUNTERFOIL_TEST_SITE);
const [, shop, member] = site.logins;
const redirectUri = 'http://127.0.0.1:49999/cb';
const scope = 'accounts:read payments:read';
// The demonstration speaks http, on the loopback.
const insecure = { [oauth.allowInsecureRequests]: true };

async function json(path, init = {}) {
  const answer = await fetch(site.url + path, init);
  return { status: answer.status, body: await answer.json() };
}

async function register(facts = {}) {
  const headers = { 'content-type': 'application/json' };
  const login = { email: shop.email, password: shop.password };
  const session = await json('/api/v1/sessions', { method: 'POST', headers, body: JSON.stringify(login) });
  const app = { name: 'Rye & <Oats>', redirect_uris: ['http://127.0.0.1/cb'], grant_types: ['authorization_code'], scopes: scope.split(' '), confidential: true, ...facts };
  headers.authorization = `Bearer ${session.body.access_token}`;
  const made = await json('/api/v1/oauth-clients', { method: 'POST', headers, body: JSON.stringify(app) });
  assert.equal(made.status, 201);
  return made.body;
}

// A member signs in and allows, with forms only. Gives the address that the browser is led to.
async function decide(address, decision = 'allow') {
  let cookie = '';
  const keep = (answer) => { cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie; };
  const press = async (button, fields = {}) => {
    const page = await fetch(address, { headers: { cookie } });
    keep(page);
    const token = /name="form_token" value="([^"]*)"/.exec(await page.text())[1];
    const body = new URLSearchParams({ form_token: token, do: button, ...fields });
    const answer = await fetch(address, { method: 'POST', headers: { cookie }, body, redirect: 'manual' });
    keep(answer);
    assert.equal(answer.status, 303);
    return answer.headers.get('location');
  };
  await press('sign_in', { email: member.email, password: member.password });
  return new URL(await press(decision));
}

const issuer = new URL(site.url);
const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
const server = await oauth.processDiscoveryResponse(issuer, discovered);
assert.equal(server.issuer, site.url);

for (const confidential of [true, false]) {
  const app = await register({ confidential });
  const client = { client_id: app.client_id };
  const proof = confidential ? oauth.ClientSecretBasic(app.client_secret) : oauth.None();
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: app.client_id, redirect_uri: redirectUri, response_type: 'code', scope, state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  // Checks state and iss (RFC 9207).
  const parameters = oauth.validateAuthResponse(server, client, await decide(address), state);
  const exchanged = await oauth.authorizationCodeGrantRequest(server, client, proof, parameters, redirectUri, verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged);
  assert.equal(tokens.scope, scope);
  const me = await oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL(`${site.url}/api/v1/me`), undefined, undefined, insecure);
  assert.equal((await me.json()).user.email, member.email);
  // Verifies the token as a resource server would: RFC 9068, with the key set.
  const request = new Request(`${site.url}/api/v1/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  const claims = await oauth.validateJwtAccessToken(server, request, `${site.url}/api/v1`, insecure);
  assert.equal(claims.client_id, app.client_id);
  const refreshed = await oauth.refreshTokenGrantRequest(server, client, proof, tokens.refresh_token, insecure);
  const next = await oauth.processRefreshTokenResponse(server, client, refreshed);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  const repeated = await oauth.authorizationCodeGrantRequest(server, client, proof, parameters, redirectUri, verifier, insecure);
  await assert.rejects(oauth.processAuthorizationCodeResponse(server, client, repeated), { error: 'invalid_grant' });
  const revoked = await oauth.revocationRequest(server, client, proof, next.refresh_token, insecure);
  assert.equal(await oauth.processRevocationResponse(revoked), undefined);
}

const denied = new URL(server.authorization_endpoint);
const shy = await register();
denied.search = new URLSearchParams({
  client_id: shy.client_id, redirect_uri: redirectUri, response_type: 'code', scope, state: 'x',
  code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()), code_challenge_method: 'S256',
});
const answer = await decide(denied, 'deny');
assert.throws(() => oauth.validateAuthResponse(server, { client_id: shy.client_id }, answer, 'x'), { error: 'access_denied' });

const machine = await register({ grant_types: ['client_credentials'], redirect_uris: [] });
const asMachine = { client_id: machine.client_id };
const secret = oauth.ClientSecretPost(machine.client_secret);
const granted = await oauth.clientCredentialsGrantRequest(server, asMachine, secret, { scope }, insecure);
const machineTokens = await oauth.processClientCredentialsResponse(server, asMachine, granted);
const introspected = await oauth.introspectionRequest(server, asMachine, secret, machineTokens.access_token, insecure);
assert.equal((await oauth.processIntrospectionResponse(server, asMachine, introspected)).active, true);

// The same with openid-client, which finds everything by the metadata.
const app = await register();
const configuration = new openid.Configuration(server, app.client_id, app.client_secret);
openid.allowInsecureRequests(configuration);
const verifier = openid.randomPKCECodeVerifier();
const state = openid.randomState();
const address = openid.buildAuthorizationUrl(configuration, {
  redirect_uri: redirectUri, scope, state, code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
const tokens = await openid.authorizationCodeGrant(configuration, await decide(address), { pkceCodeVerifier: verifier, expectedState: state });
const next = await openid.refreshTokenGrant(configuration, tokens.refresh_token);
assert.equal((await openid.tokenIntrospection(configuration, next.access_token)).active, true);
await openid.tokenRevocation(configuration, next.refresh_token);
assert.deepEqual(await openid.tokenIntrospection(configuration, next.access_token), { active: false });

console.log('oauth4webapi and openid-client: every flow');
