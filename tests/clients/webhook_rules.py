"""The official library of Standard Webhooks for Python with the test vectors of the API's standards."""

import json
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import standardwebhooks.webhooks as official
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

VECTORS = json.loads((Path(__file__).parent / "webhook_vectors.json").read_text("utf-8"))
webhook = Webhook(VECTORS["secret"])


def verify(body, vector, signature=None, shift=0):
    headers = {"webhook-id": vector["id"], "webhook-timestamp": str(vector["timestamp"]), "webhook-signature": signature or vector["signature"]}
    with mock.patch.object(official, "datetime") as clock:
        clock.now.return_value = datetime.fromtimestamp(vector["timestamp"] + shift, UTC)
        clock.fromtimestamp = datetime.fromtimestamp
        return webhook.verify(body, headers)


def refused(*arguments, **named):
    try:
        verify(*arguments, **named)
    except WebhookVerificationError:
        return
    raise AssertionError("a wrong message was taken")


for vector in VECTORS["vectors"]:
    body = vector["body"]
    time = datetime.fromtimestamp(vector["timestamp"], UTC)
    assert webhook.sign(vector["id"], time, body) == vector["signature"]
    assert verify(body, vector) == json.loads(body)
    assert verify(body, vector, "v1,AAAA " + vector["signature"], 299) == json.loads(body)
    refused(body + " ", vector)
    refused(body, {**vector, "id": "msg_other"})
    refused(body, vector, "v1," + "A" * 43 + "=")
    refused(body, vector, shift=301)
    refused(body, vector, shift=-301)
print("standardwebhooks for Python: the vectors")
