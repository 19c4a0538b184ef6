// The TypeScript client against a server that answers what a script says: when it tries again, when not, what it makes of errors, and
// over which connections it speaks.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";

import { ConnectionError, Counterfoil, ProblemError, UnexpectedAnswerError, fromMinor, toMinor } from "./dist/index.js";
import { retryAfter } from "./dist/transport.js";

const PAYMENT = { payer: "RIVER0003", payee: "RIVER0002", amount: "1.00", description: "Bread" };
const OK = { status: 201, headers: { "content-type": "application/json" }, body: '{"id":"p","state":"completed"}' };
const CUT = null;

function problem(status, code, headers = {}) {
  const body = JSON.stringify({ type: "t", title: code, status, code, detail: "d", request_id: "req_1" });
  return { status, headers: { "content-type": "application/problem+json", ...headers }, body };
}

let script, asked, ports, waits, api, url;
const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    ports.push(request.socket.remotePort);
    asked.push({ path: request.url, key: request.headers["idempotency-key"], body: Buffer.concat(chunks).toString() });
    const answer = script.shift();
    if (answer === CUT) return request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
});

before(async () => {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  [script, asked, ports, waits] = [[], [], [], []];
  api = new Counterfoil({ url, token: "cfk_secret", sleep: async (wait) => void waits.push(wait) });
});

const pay = () => api.createPayment({ body: PAYMENT, idempotencyKey: "k-1" });

test("the same key goes again after what may have been done", async () => {
  for (const lost of [
    CUT,
    problem(503, "outcome_unknown"),
    { status: 502, body: "<html>" },
    problem(409, "conflict", { "retry-after": "1" }),
  ]) {
    [script, asked] = [[lost, OK], []];
    assert.equal((await pay()).id, "p");
    assert.deepEqual(asked.map(({ key }) => key), ["k-1", "k-1"]);
    assert.equal(asked[0].body, asked[1].body);
  }
});

test("the service is waited for as it asks", async () => {
  script = [problem(503, "overloaded", { "retry-after": "7" }), problem(429, "rate_limited", { "retry-after": "3" }), OK];
  await pay();
  assert.deepEqual(waits, [7000, 3000]);
});

test("who is to wait too long gets the error", async () => {
  script = [problem(429, "rate_limited", { "retry-after": "3600" })];
  await assert.rejects(pay(), (error) => ProblemError.is(error, "rate_limited") && error.retryAfter === 3_600_000);
  assert.deepEqual(waits, []);
});

test("refusals are final", async () => {
  for (const [status, code] of [
    [409, "insufficient_credit"],
    [409, "conflict"],
    [422, "idempotency_key_reused"],
    [500, "internal"],
    [418, "not_known_yet"],
  ]) {
    script = [problem(status, code)];
    await assert.rejects(pay(), (error) => error instanceof ProblemError && error.code === code && error.idempotencyKey === "k-1");
  }
});

test("it gives up and tells the key", async () => {
  script = Array(5).fill(CUT);
  await assert.rejects(pay(), (error) => error instanceof ConnectionError && error.idempotencyKey === "k-1");
  assert.equal(asked.length, 5);
  assert.ok(waits.every((wait, number) => wait >= 125 * 2 ** number && wait <= 250 * 2 ** number), String(waits));
  assert.equal(waits.length, 4);
});

test("what has no key is sent again only where nothing was done", async () => {
  const body = { email: "a@river.example", password: "p" };
  script = [problem(503, "overloaded"), OK];
  await api.createSession({ body });
  script = [CUT];
  await assert.rejects(api.createSession({ body }), ConnectionError);
  assert.equal(asked.length, 3);
  const limits = { account: "RIVER0003", body: { credit_limit: "1.00", ceiling: null, reason: "r" } };
  script = [CUT, OK];
  await api.setLimits(limits);
  // What was a change from one version would be one from another the second time.
  script = [CUT];
  await assert.rejects(api.setLimits({ ...limits, ifMatch: '"v1"' }), ConnectionError);
  assert.equal(asked.length, 6);
});

test("connections are used again, and those that ended are replaced", async () => {
  script = [problem(409, "insufficient_credit"), OK, OK, OK, OK, OK];
  await assert.rejects(pay(), ProblemError);
  for (let call = 0; call < 5; call += 1) await pay();
  // `fetch` takes a second one where the first is not quite free yet.
  assert.ok(new Set(ports).size <= 2, String(ports));
  const before = new Set(ports);
  server.closeIdleConnections();
  script = [OK];
  await pay();
  assert.ok(!before.has(ports.at(-1)), String(ports));
  // What has no key and is cut in the middle went once, whatever connection it was on.
  [script, asked] = [[CUT, OK], []];
  await assert.rejects(api.createSession({ body: { email: "a@river.example", password: "p" } }), ConnectionError);
  assert.equal(asked.length, 1);
});

test("redirects get no token", async () => {
  script = [{ status: 307, headers: { location: `${url}/elsewhere` } }];
  await assert.rejects(pay(), UnexpectedAnswerError);
  assert.equal(asked.length, 1);
});

test("what is no answer of the service is said so", async () => {
  const headers = { "content-type": "application/json" };
  for (const answer of [{ status: 200, body: "<html>" }, { status: 200, headers, body: "<html>" }, { status: 404, body: "<html>" }]) {
    script = [answer];
    await assert.rejects(api.getPayment({ id: "1" }), UnexpectedAnswerError);
  }
});

test("secrets stay out of errors", async () => {
  const { inspect } = await import("node:util");
  script = Array(5).fill(CUT);
  await assert.rejects(pay(), (error) => !inspect(error, { depth: 9 }).includes("cfk_secret") && !inspect(api, { depth: 9 }).includes("cfk_secret"));
});

test("floats are no amounts", async () => {
  await assert.rejects(api.createPayment({ body: { ...PAYMENT, amount: 1.1 }, idempotencyKey: "k-1" }), TypeError);
  assert.deepEqual(asked, []);
});

test("plain http is for the loopback", () => {
  for (const wrong of ["http://river.example", "ftp://river.example", "https://a:b@river.example", "http://127.0.0.1.river.example"]) {
    assert.throws(() => new Counterfoil({ url: wrong }), TypeError);
  }
  new Counterfoil({ url: "https://river.example/path/" });
});

test("paths and questions are escaped", async () => {
  script = [OK, { status: 200, headers: { "content-type": "application/json" }, body: '{"data":[],"next_cursor":null}' }];
  await api.getAccount({ account: "../me?x=1" });
  await api.listPayments({ q: "ä&b", limit: 2, from: "2026-01-01T00:00:00Z" });
  assert.equal(asked[0].path, "/api/v1/accounts/..%2Fme%3Fx%3D1");
  assert.equal(asked[1].path, "/api/v1/payments?from=2026-01-01T00%3A00%3A00Z&q=%C3%A4%26b&limit=2");
});

test("a call that is given up ends", async () => {
  const giving = new AbortController();
  const slow = new Counterfoil({ url, sleep: (_, signal) => new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    giving.abort(new Error("the shop closed"));
  }) });
  script = [problem(503, "overloaded")];
  await assert.rejects(slow.getMe({ signal: giving.signal }), /the shop closed/);
});

test("dates to wait for", () => {
  const now = Date.UTC(2026, 8, 21, 14);
  assert.equal(retryAfter("Mon, 21 Sep 2026 14:00:05 GMT", now), 5000);
  assert.equal(retryAfter("Mon, 21 Sep 2026 13:00:00 GMT", now), 0);
  assert.equal(retryAfter("soon", now), undefined);
});

test("amounts", () => {
  for (const [text, scale, minor] of [["12.5", 2, 1250n], ["-3.20", 2, -320n], ["0.00", 2, 0n], ["7", 0, 7n], ["0.000001", 6, 1n]]) {
    assert.equal(toMinor(text, scale), minor);
  }
  for (const text of ["1e3", "01", ".5", "1.", "+1", "1.234", " 1", "1\n", "", "1,5"]) assert.throws(() => toMinor(text, 2), RangeError);
  assert.deepEqual([1250n, -320n, 0n, 5n].map((minor) => fromMinor(minor, 2)), ["12.50", "-3.20", "0.00", "0.05"]);
  assert.equal(fromMinor(-7n, 0), "-7");
});
