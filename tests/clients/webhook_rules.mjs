// The official library of Standard Webhooks for JavaScript with the test vectors of the API's standards.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const { secret, vectors } = JSON.parse(await readFile(process.argv[2], "utf8"));
const webhook = new Webhook(secret);
const now = Date.now;

function verify(body, { id, timestamp, signature }, shift = 0) {
  Date.now = () => (timestamp + shift) * 1000;
  try {
    return webhook.verify(body, { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": signature });
  } finally {
    Date.now = now;
  }
}

for (const vector of vectors) {
  const { id, timestamp, body, signature } = vector;
  assert.equal(webhook.sign(id, new Date(timestamp * 1000), body), signature);
  assert.deepEqual(verify(body, vector), JSON.parse(body));
  assert.deepEqual(verify(body, { ...vector, signature: `v1,AAAA ${signature}` }, 299), JSON.parse(body));
  assert.throws(() => verify(`${body} `, vector), WebhookVerificationError);
  assert.throws(() => verify(body, { ...vector, id: "msg_other" }), WebhookVerificationError);
  assert.throws(() => verify(body, { ...vector, signature: `v1,${"A".repeat(43)}=` }), WebhookVerificationError);
  assert.throws(() => verify(body, vector, 301), WebhookVerificationError);
  assert.throws(() => verify(body, vector, -301), WebhookVerificationError);
}
console.log("standardwebhooks for JavaScript: the vectors");
