#!/usr/bin/env python3
"""Checks a Counterfoil ledger in an SQLite file, independently of Counterfoil.

    python3 verify.py counterfoil.db [--head CODE:SEQ:HASH ...]

A second implementation of what `ledger-format.md` says, in plain Python with its standard library (whose SQLite must
be 3.37 or newer). Opens the file for reading only and looks at one snapshot, so the service may go on meanwhile. Reads
each community's records in order, and re-derives from them every digest and hash, each transfer's zero sum, each
balance and reserved amount step by step, that no step went past the limits then in force or moved an account that was
not active, and that a hold is used up once. Compares accounts, balances, holds, heads, payments, requests and what is
planned with the outcome, and the events with what became of the payments. Derives from the rules that were in force what
payments bore as fees, and what members contributed.

A head that somebody noted earlier, given as --head, must lie on the chain: that shows that the history up to it was
neither rewritten nor cut off, which no look at the file alone can.

Prints a line for each community and for each difference. Exits with 0 without a difference, otherwise with 1.
"""

import argparse
import datetime
import hashlib
import pathlib
import sqlite3
import struct
import sys
import uuid
from collections import Counter
from itertools import chain, groupby
from types import SimpleNamespace

ACCOUNT, HOLD, RELEASE, TRANSFER = 1, 2, 3, 4  # kinds of records
ACTIVE, FROZEN, CLOSED, LEAVING = 1, 2, 3, 4  # statuses of accounts
ACCOUNT_KINDS, ENTRY_KINDS = (1, 2, 3, 4), (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
MEMBER, COMMONS, LOSSES = 1, 2, 3
FEE, REVERSAL, BEYOND_LIMIT, CONTRIBUTION, HOLDING_CHARGE, PAYOUT, INCOME, WRITE_OFF, OPENING_BALANCE = 2, 4, 5, 6, 7, 8, 9, 10, 11
PRINCIPAL, MERGE = 1, 12
ALLOWED = 13  # the payer's entry where a one-off allowance lets it pass the credit limit
INTO_FUND, OUT_OF_FUND = (MEMBER, COMMONS), (COMMONS, MEMBER)  # who gives, and who gets
FUND_SIDES = {CONTRIBUTION: INTO_FUND, HOLDING_CHARGE: INTO_FUND, PAYOUT: OUT_OF_FUND, INCOME: OUT_OF_FUND}
MOVEMENT_MAX, BALANCE_MAX = 10**12, 10**15
NO_ID, NO_TEXT = bytes(16), bytes(32)
PRINTED_MAX = 1000

RECORD = "seq, kind, id, undone_id, created_at, salt, digest, hash"


REASON = "t.salt, CAST(t.content AS BLOB), t.commitment", "texts", "text_id"
DESCRIPTION = "t.text_salt, CAST(t.description AS BLOB), t.text_commitment", "payments", "payment_id"


def items_of(table, columns, text, position=""):
    """A table of items in the order of the chain, each with what is left of its text."""
    parts, texts, text_id = text
    return f"""SELECT i.seq, {columns}, {parts} FROM {table} i
        LEFT JOIN {texts} t ON t.community_id = i.community_id AND t.id = i.{text_id}
        WHERE i.community_id = ? ORDER BY i.seq{position}"""


ENTRY = "account_id, account_seq, position, i.kind, i.amount, balance_after, payment_id"
ITEMS = {
    "account_items": items_of("account_items", "account_id, kind, status, credit_limit, ceiling", REASON),
    "hold_items": items_of("hold_items", "account_id, payment_id, i.amount, reserved_after", DESCRIPTION),
    "entries": items_of("entries", ENTRY, DESCRIPTION, ", position"),
}
ITEMS_OF_KIND = {ACCOUNT: "account_items", HOLD: "hold_items", RELEASE: "hold_items", TRANSFER: "entries"}

# What must select nothing: payments beside the chain. State 3 is authorised, 4 completed; entry kind 2 is a fee.
NOTHING = {
    "an entry of a payment that this transfer did not complete": """
        SELECT payment_id FROM entries e JOIN records r ON r.community_id = e.community_id AND r.seq = e.seq
            LEFT JOIN payments p ON p.community_id = e.community_id AND p.id = payment_id WHERE e.community_id = ?
            AND (state IS NOT 4 OR transfer_seq IS NOT e.seq OR completed_at IS NOT r.created_at)""",
    "a payment whose entries are not those of its payer, payee and amount": """
        WITH moved AS MATERIALIZED (SELECT p.id, SUM(CASE account_id WHEN payer_id THEN -e.amount ELSE 0 END) AS paid,
                SUM(CASE account_id WHEN payee_id THEN e.amount ELSE 0 END) AS received,
                SUM(account_id NOT IN (payer_id, payee_id)) AS others
            FROM entries e JOIN payments p ON p.community_id = e.community_id AND p.id = e.payment_id
            WHERE e.community_id = ? AND e.kind <> 2 GROUP BY p.id)
        SELECT p.id FROM payments p LEFT JOIN moved m ON m.id = p.id WHERE p.community_id = ? AND state = 4
            AND (paid IS NOT amount OR received IS NOT amount OR others IS NOT 0)""",
    "a payment whose fees are not those of its entries, or not what its hold reserves beside its amount": """
        WITH borne AS MATERIALIZED (SELECT p.id, SUM(CASE account_id WHEN payer_id THEN -e.amount ELSE 0 END) AS payer,
                SUM(CASE account_id WHEN payee_id THEN -e.amount ELSE 0 END) AS payee
            FROM entries e JOIN payments p ON p.community_id = e.community_id AND p.id = e.payment_id
            WHERE e.community_id = ? AND e.kind = 2 GROUP BY p.id)
        SELECT p.id FROM payments p LEFT JOIN borne b ON b.id = p.id
            LEFT JOIN payment_fees f ON f.community_id = p.community_id AND f.payment_id = p.id
            LEFT JOIN holds h ON h.community_id = p.community_id AND h.payment_id = p.id
        WHERE p.community_id = ? AND ((state = 4 AND (COALESCE(payer_fee, 0) <> COALESCE(b.payer, 0)
                OR COALESCE(payee_fee, 0) <> COALESCE(b.payee, 0)))
            OR (state = 3 AND p.amount + COALESCE(payer_fee, 0) IS NOT h.amount))""",
    "fees of a payment that is not there": """
        SELECT f.payment_id FROM payment_fees f WHERE f.community_id = ? AND NOT EXISTS
            (SELECT 1 FROM payments p WHERE p.community_id = f.community_id AND p.id = f.payment_id)""",
    "a payment whose state is not that of its hold or transfer": """
        SELECT p.id FROM payments p LEFT JOIN holds h ON h.community_id = p.community_id AND payment_id = p.id
        WHERE p.community_id = ? AND ((state = 3) <> (is_open IS 1) OR (state = 4) <> (transfer_seq IS NOT NULL))""",
    "a payment whose state is not that of its request": """
        SELECT p.id FROM payments p LEFT JOIN requests q ON q.community_id = p.community_id AND payment_id = p.id
        WHERE p.community_id = ? AND ((state = 1) <> (is_open IS 1) OR (state = 5 AND is_open IS NULL))""",
    "a request that is not for its payment, or for what is held": """
        SELECT q.payment_id FROM requests q LEFT JOIN payments p ON p.community_id = q.community_id AND p.id = q.payment_id
        WHERE q.community_id = ? AND (p.payer_id IS NOT q.payer_id OR p.payee_id IS NOT q.payee_id
            OR p.amount IS NOT q.amount OR EXISTS (SELECT 1 FROM holds h WHERE h.community_id = q.community_id
                AND h.payment_id = q.payment_id))""",
    "a payment that completed after its time was over, or expired without one": """
        SELECT p.id FROM payments p LEFT JOIN (SELECT community_id, payment_id, expires_at FROM requests
                UNION ALL SELECT community_id, payment_id, expires_at FROM holds) a
            ON a.community_id = p.community_id AND a.payment_id = p.id
        WHERE p.community_id = ? AND (completed_at >= expires_at OR created_at >= expires_at
            OR (state = 6 AND expires_at IS NULL))""",
    "a refund whose transfer does not undo that of the payment it gives back, the other way": """
        SELECT f.payment_id FROM refunds f
            LEFT JOIN payments b ON b.community_id = f.community_id AND b.id = f.payment_id
            LEFT JOIN payments o ON o.community_id = f.community_id AND o.id = f.original_id
            LEFT JOIN records rb ON rb.community_id = f.community_id AND rb.seq = b.transfer_seq
            LEFT JOIN records ro ON ro.community_id = f.community_id AND ro.seq = o.transfer_seq
        WHERE f.community_id = ? AND (ro.id IS NULL OR rb.undone_id IS NOT ro.id
            OR b.payer_id IS NOT o.payee_id OR b.payee_id IS NOT o.payer_id)""",
    "an entry whose kind is not that of its payment: a refund, a reversal or neither": """
        SELECT e.payment_id FROM entries e LEFT JOIN refunds f ON f.community_id = e.community_id AND f.payment_id = e.payment_id
        WHERE e.community_id = ? AND e.kind <> 2
            AND ((e.kind IN (3, 4, 5)) <> (f.payment_id IS NOT NULL) OR (f.kind = 2) <> (e.kind IN (4, 5)))""",
    "a payment of which more was given back than was paid": """
        SELECT o.id FROM refunds f JOIN payments b ON b.community_id = f.community_id AND b.id = f.payment_id
            JOIN payments o ON o.community_id = f.community_id AND o.id = f.original_id
        WHERE f.community_id = ? GROUP BY o.id, o.amount HAVING SUM(b.amount) > o.amount""",
    "a price in two moneys of which another share went back in one than in the other": """
        SELECT o.id FROM refunds f JOIN payments b ON b.community_id = f.community_id AND b.id = f.payment_id
            JOIN payments o ON o.community_id = f.community_id AND o.id = f.original_id
            LEFT JOIN checkouts c ON c.community_id = f.community_id AND c.payment_id = f.original_id
        WHERE f.community_id = ? GROUP BY o.id, o.amount
        HAVING SUM((f.national_amount IS NULL) <> (c.national_amount IS NULL)) > 0 OR SUM(f.national_amount) > MAX(c.national_amount)
            OR (SUM(b.amount) = o.amount AND SUM(f.national_amount) <> MAX(c.national_amount))""",
    "a transfer that undoes another and completes no refund": """
        SELECT r.id FROM records r WHERE r.community_id = ? AND r.kind = 4 AND r.undone_id IS NOT NULL
            AND r.undone_id NOT IN (SELECT record_id FROM holds h WHERE h.community_id = r.community_id)
            AND r.seq NOT IN (SELECT p.transfer_seq FROM refunds f JOIN payments p ON p.community_id = f.community_id
                AND p.id = f.payment_id WHERE f.community_id = r.community_id AND p.transfer_seq IS NOT NULL)""",
    "a write-off that is not in the register, or a line of it that is none": """
        SELECT e.payment_id FROM entries e LEFT JOIN write_offs w ON w.community_id = e.community_id AND w.payment_id = e.payment_id
        WHERE e.community_id = ? AND e.kind = 10 AND w.payment_id IS NULL
        UNION ALL SELECT payment_id FROM write_offs WHERE community_id = ?
            AND payment_id NOT IN (SELECT payment_id FROM entries WHERE community_id = ? AND kind = 10)""",
    "a line of the register of another account or balance, or to which no two admins agreed": """
        SELECT w.payment_id FROM write_offs w
            LEFT JOIN payments p ON p.community_id = w.community_id AND p.id = w.payment_id
            LEFT JOIN approvals a ON a.community_id = w.community_id AND a.id = w.approval_id
        WHERE w.community_id = ? AND (CASE WHEN w.amount < 0 THEN p.payee_id ELSE p.payer_id END IS NOT w.account_id
            OR ABS(w.amount) IS NOT p.amount OR a.kind IS NOT 10 OR a.state IS NOT 2 OR a.subject_id IS NOT w.account_id
            OR a.settled_by IS NULL OR a.settled_by IS a.asked_by OR ABS(a.amount) < ABS(w.amount)
            OR (a.amount < 0) <> (w.amount < 0))""",
    "a merge of which no line tells, or a line of it that is none": """
        SELECT e.payment_id FROM entries e LEFT JOIN merges m ON m.community_id = e.community_id AND m.payment_id = e.payment_id
        WHERE e.community_id = ? AND e.kind = 12 AND m.payment_id IS NULL
        UNION ALL SELECT account_id FROM merges WHERE community_id = ? AND payment_id IS NOT NULL
            AND payment_id NOT IN (SELECT payment_id FROM entries WHERE community_id = ? AND kind = 12)""",
    "a merge of another account or balance, of one that is not closed, or to which no two admins agreed": """
        SELECT m.account_id FROM merges m
            LEFT JOIN payments p ON p.community_id = m.community_id AND p.id = m.payment_id
            LEFT JOIN accounts c ON c.community_id = m.community_id AND c.id = m.account_id
            LEFT JOIN approvals a ON a.community_id = m.community_id AND a.id = m.approval_id
        WHERE m.community_id = ? AND (c.status IS NOT 3 OR (m.amount = 0) <> (m.payment_id IS NULL)
            OR (m.amount <> 0 AND (ABS(m.amount) IS NOT p.amount
                OR CASE WHEN m.amount < 0 THEN p.payee_id ELSE p.payer_id END IS NOT m.account_id
                OR CASE WHEN m.amount < 0 THEN p.payer_id ELSE p.payee_id END IS NOT m.kept_id))
            OR (m.approval_id IS NOT NULL AND (a.kind IS NOT 11 OR a.state IS NOT 2 OR a.subject_id IS NOT m.account_id
                OR a.other_id IS NOT m.kept_id OR a.settled_by IS NULL OR a.settled_by IS a.asked_by
                OR (a.amount IS NOT NULL AND a.amount <> m.amount))))""",
    "a payment out of the fund that an admin is told to have made alone, and that is another one": """
        SELECT l.payment_id FROM lone_payouts l LEFT JOIN payments p ON p.community_id = l.community_id AND p.id = l.payment_id
        WHERE l.community_id = ? AND (p.payee_id IS NOT l.payee_id OR p.amount IS NOT l.amount OR p.created_by IS NOT l.paid_by
            OR l.payment_id NOT IN (SELECT payment_id FROM entries WHERE community_id = ? AND kind = 8))""",
    "a merged account that does not lead to the last of those that were kept": """
        SELECT m.account_id FROM merges m LEFT JOIN merges k ON k.community_id = m.community_id AND k.account_id = m.kept_id
        WHERE m.community_id = ? AND m.leads_to IS NOT COALESCE(k.leads_to, m.kept_id)""",
    "a stored answer that tells of a payment that is not there": """
        SELECT result_id FROM idempotency_keys k WHERE k.community_id = ? AND status BETWEEN 200 AND 299 AND status <> 202
            AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.community_id = k.community_id AND p.id = k.result_id)
            AND NOT EXISTS (SELECT 1 FROM schedules s WHERE s.community_id = k.community_id AND s.id = k.result_id)
            AND NOT EXISTS (SELECT 1 FROM checkouts c WHERE c.community_id = k.community_id AND c.id = k.result_id)""",
    "a checkout that does not stand as its payment does": """
        SELECT c.id FROM checkouts c LEFT JOIN payments p ON p.community_id = c.community_id AND p.id = c.payment_id
        WHERE c.community_id = ? AND NOT ((c.payment_id IS NULL AND c.state IN (1, 4, 5, 6))
            OR (p.id IS NOT NULL AND p.payee_id = c.account_id AND p.amount <= c.amount AND (c.capture = 2 OR p.amount = c.amount)
                AND ((c.state = 2 AND p.state = 4) OR (c.capture = 2 AND ((c.state = 3 AND p.state = 3)
                    OR (c.state = 5 AND p.state = 7) OR (c.state = 6 AND p.state = 6))))))""",
    "a planned run whose payment is not like its schedule, or has not the state that the run has": """
        SELECT r.payment_id FROM planned_payments r
            LEFT JOIN payments p ON p.community_id = r.community_id AND p.id = r.payment_id
            LEFT JOIN schedules s ON s.community_id = r.community_id AND s.id = r.schedule_id
            LEFT JOIN schedule_terms t ON t.community_id = r.community_id AND t.schedule_id = r.schedule_id
                AND t.before = (SELECT MIN(o.before) FROM schedule_terms o WHERE o.community_id = r.community_id
                    AND o.schedule_id = r.schedule_id AND o.before > r.occurrence)
        WHERE r.community_id = ? AND (p.payer_id IS NOT s.payer_id OR p.payee_id IS NOT s.payee_id
            OR p.amount IS NOT COALESCE(t.amount, s.amount) OR p.created_by IS NOT COALESCE(t.created_by, s.created_by) OR (p.state = 8) <> (r.failure IS NOT NULL)
            OR (p.state IN (4, 8) AND r.occurrence >= s.next) OR (s.once_at IS NULL AND p.state NOT IN (4, 8))
            OR (s.once_at IS NOT NULL AND (s.id <> p.id OR (p.state = 2) <> (s.state = 1))))""",
    "a schedule that does not count its runs, or is due and not active": """
        WITH done AS MATERIALIZED (SELECT r.schedule_id AS id, SUM(p.state IN (4, 8)) AS runs, SUM(p.state = 8) AS failed
            FROM planned_payments r JOIN payments p ON p.community_id = r.community_id AND p.id = r.payment_id
            WHERE r.community_id = ? GROUP BY r.schedule_id)
        SELECT s.id FROM schedules s LEFT JOIN done d ON d.id = s.id WHERE s.community_id = ?
            AND (s.runs <> COALESCE(d.runs, 0) OR s.failed <> COALESCE(d.failed, 0)
                OR (s.state = 1) <> (s.due_at IS NOT NULL) OR (s.state = 3) <> (s.ended_at IS NOT NULL))""",
    "a payment that waits for its time or failed then, and that nobody planned": """
        SELECT p.id FROM payments p WHERE p.community_id = ? AND p.state IN (2, 8) AND NOT EXISTS
            (SELECT 1 FROM planned_payments r WHERE r.community_id = p.community_id AND r.payment_id = p.id)""",
}
# Kinds of events: which tell that a payment came to a state, in the order of the columns of TOLD behind its id.
EVENT_BYTES, REQUESTED, HELD, EVENT_OF_STATE = 25, 7, 2, (1, 8, 9, 3, 21)
PAYMENT_EVENTS = {REQUESTED, HELD, *EVENT_OF_STATE}
TOLD = """SELECT p.id, state = 4, state = 5, state = 6, state = 7, state = 8, q.payment_id IS NOT NULL, h.payment_id IS NOT NULL
    FROM payments p LEFT JOIN requests q ON q.community_id = p.community_id AND q.payment_id = p.id
        LEFT JOIN holds h ON h.community_id = p.community_id AND h.payment_id = p.id WHERE p.community_id = ?"""
# Each time that an account was asked for what members contribute, with the entries that it names, and how it stood by then.
CHARGES = """SELECT c.account_id, c.number, c.month, c.version, c.is_first, c.month_end, c.judged_seq, c.judged_balance, c.owed_contribution,
        c.owed_holding, c.contribution, c.holding, c.contribution_seq, c.holding_seq, e.kind, e.amount, h.kind, h.amount, j.balance_after,
        (SELECT created_at FROM records r WHERE r.community_id = c.community_id AND r.seq = j.seq),
        (SELECT created_at FROM records r WHERE r.community_id = c.community_id AND r.seq = n.seq)
    FROM charges c LEFT JOIN entries e ON e.community_id = c.community_id AND e.account_id = c.account_id AND e.account_seq = contribution_seq
        LEFT JOIN entries h ON h.community_id = c.community_id AND h.account_id = c.account_id AND h.account_seq = holding_seq
        LEFT JOIN entries j ON j.community_id = c.community_id AND j.account_id = c.account_id AND j.account_seq = judged_seq
        LEFT JOIN entries n ON n.community_id = c.community_id AND n.account_id = c.account_id AND n.account_seq = judged_seq + 1
    WHERE c.community_id = ? ORDER BY c.account_id, c.number"""
TAKEN = """SELECT account_id, SUM(kind = 6), SUM(kind = 7) FROM entries
    WHERE community_id = ? AND kind IN (6, 7) AND amount < 0 AND seq > {} GROUP BY account_id"""
EVERY_MONTH, PARTS_OF_YEAR, PARTS, DAY_US = 1, 120_000, 10_000, 86_400 * 10**6
u32, i64 = struct.Struct(">I").pack, struct.Struct(">q").pack


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def is_emptied(account):
    """Whether an account has nothing any more, and can be closed."""
    return account.balance == account.reserved == 0 and account.status != CLOSED


def available(account):
    """What it may spend: the limits of an account whose member is leaving count as zero."""
    return account.balance - account.reserved + (0 if account.status == LEAVING else account.limit)


def item_digest(record_salt, position, *fields):
    return sha256(sha256(record_salt, u32(position))[:16], *fields)


def commitment(salt, content, stored):
    """What the chain keeps of a text that is there, was erased, or never was."""
    if content is not None:
        return sha256(salt or b"", content)
    return NO_TEXT if stored is None else stored


def month_end(month):
    """When a month ends in Greenwich, in microseconds."""
    year, number = int(month[:4]), int(month[5:7])
    first = datetime.datetime(year + number // 12, number % 12 + 1, 1, tzinfo=datetime.timezone.utc)
    return int(first.timestamp()) * 10**6


def fee(fixed, basis_points, amount):
    """A fixed amount and a share of what is paid, rounded half up."""
    return fixed + (amount * basis_points + PARTS // 2) // PARTS


class Community:
    """One community's chain, walked record by record."""

    def __init__(self, db, community_id, code, noted_heads):
        self.db, self.id, self.code, self.noted = db, community_id, code, dict(noted_heads)
        self.accounts, self.holds, self.transfer_ids = {}, {}, set()
        self.borne = {}  # by transfer: of each payment that bears fees, what each account bears
        self.seq, self.time, self.hash = 0, None, sha256(community_id)
        self.transfers = self.entries = self.differences = 0
        # Up to this record nothing is kept by which charges and fees could be judged.
        starts = "SELECT seq FROM charge_starts WHERE community_id = ? UNION ALL SELECT records FROM imports WHERE community_id = ?"
        self.start = max((seq for (seq,) in self.rows(starts)), default=0)
        fees = "SELECT seq, fund_id, payer_fixed, payer_basis_points, payee_fixed, payee_basis_points FROM fee_versions"
        self.fee_rules = self.rows(f"{fees} WHERE community_id = ? ORDER BY version DESC").fetchall()

    def expect(self, holds, what, *details):
        if not holds:
            self.differences += 1
            if self.differences <= PRINTED_MAX:
                details = [uuid.UUID(bytes=detail) if isinstance(detail, bytes) else detail for detail in details]
                print(f"DIFFERENCE {self.code}, {self.place}:", what.format(*details))

    def rows(self, sql):
        return self.db.execute(sql, (self.id,) * sql.count("?"))

    def check(self):
        self.walk()
        self.place = "the community"
        self.expect(not self.noted, "the noted heads {} are not on the chain", list(self.noted))
        self.expect(sum(a.balance for a in self.accounts.values()) == 0, "the balances do not add up to zero")
        self.check_head()
        accounts, holds = self.accounts.items(), self.holds.items()
        derived = {(id, a.kind, a.status, a.limit, a.ceiling, a.opened_at) for id, a in accounts}
        self.compare(derived, "id, kind, status, credit_limit, ceiling, created_at", "accounts")
        derived = {(id, a.balance, a.reserved, a.seq, a.negative_since) for id, a in accounts}
        self.compare(derived, "account_id, balance, reserved, account_seq, negative_since", "balances")
        derived = {(h["payment"], id, h["account"], h["amount"], h["open"]) for id, h in holds}
        self.compare(derived, "payment_id, record_id, payer_id, amount, is_open", "holds")
        self.check_charges()
        for what, sql in NOTHING.items():
            for (found,) in self.rows(sql):
                self.expect(False, what + ": {}", found)

    def walk(self):
        streams = {table: groupby(self.rows(sql), key=lambda row: row[0]) for table, sql in ITEMS.items()}
        heads = {table: next(stream, None) for table, stream in streams.items()}
        for record in chain(self.rows(f"SELECT {RECORD} FROM records WHERE community_id = ? ORDER BY seq"), [(None,)]):
            seq, items = record[0], {}
            for table, stream in streams.items():
                while heads[table] is not None and (seq is None or heads[table][0] <= seq):
                    at, rows = heads[table][0], list(heads[table][1])
                    if at == seq:
                        items[table] = rows
                    else:
                        self.place = f"record {at}"
                        self.expect(False, "it is missing, and there are {} of it", table)
                    heads[table] = next(stream, None)
            if seq is not None:
                self.record(record, items)

    def record(self, record, items):
        seq, kind, record_id, undone_id, time, salt, digest, stored_hash = record
        self.place = f"record {seq}"
        self.expect(seq == self.seq + 1, "it follows record {}", self.seq)
        self.expect(self.time is None or time >= self.time, "its time is before the time of the record before it")
        self.expect(list(items) == [ITEMS_OF_KIND.get(kind)], "its items are not of its kind")
        may_undo = undone_id is None or (kind in (RELEASE, TRANSFER) and undone_id != NO_ID)
        self.expect(may_undo, "it names a record that it cannot undo")
        self.seq, self.time = seq, time
        digests, mine = [], items.get(ITEMS_OF_KIND.get(kind), [])
        if kind == ACCOUNT:
            digests = [self.account_item(time, salt, item) for item in mine]
        elif kind in (HOLD, RELEASE):
            digests = [self.hold_item(kind, record_id, undone_id, salt, item) for item in mine]
        elif kind == TRANSFER:
            digests = self.transfer(record_id, undone_id, time, salt, mine)
        head = b"counterfoil/1" + bytes([kind & 255]) + self.id + i64(seq) + record_id + (undone_id or NO_ID)
        expected = sha256(head, i64(time), u32(len(digests)), *digests)
        self.expect(digest == expected, "the digest is not that of its content")
        # Linked to what is stored, so that one damaged record is told once and not with all that follow.
        self.expect(stored_hash == sha256(self.hash, digest), "the hash does not link it to the record before it")
        self.hash = stored_hash
        if seq in self.noted:
            self.expect(self.noted.pop(seq) == stored_hash, "the hash is not that of the noted head")

    def account_item(self, time, salt, item):
        _, account_id, kind, status, limit, ceiling, *text = item
        account = self.accounts.get(account_id)
        if account is None:
            account = SimpleNamespace(kind=kind, status=ACTIVE, opened_at=time, balance=0, reserved=0, seq=0)
            account.negative_since, self.accounts[account_id] = None, account
            self.expect(status == ACTIVE and kind in ACCOUNT_KINDS, "the account is not opened as active")
        self.expect(account.status != CLOSED or status == CLOSED, "a closed account is opened again")
        self.expect(status != CLOSED or account.balance == account.reserved == 0, "the account is closed unsettled")
        self.expect(kind == account.kind, "the account's kind changes")
        self.expect(status in (ACTIVE, FROZEN, CLOSED, LEAVING), "there is no such status")
        self.expect(0 <= limit <= BALANCE_MAX and 0 <= (ceiling or 0) <= BALANCE_MAX, "the limits are out of range")
        account.status, account.limit, account.ceiling = status, limit, ceiling
        fields = bytes([kind & 255, status & 255]) + i64(limit) + bytes([ceiling is not None]) + i64(ceiling or 0)
        return item_digest(salt, 1, account_id, fields, commitment(*text))

    def hold_item(self, kind, record_id, undone_id, salt, item):
        _, account_id, payment_id, amount, reserved_after, *text = item
        account = self.accounts.get(account_id)
        self.expect(account and 0 < amount <= MOVEMENT_MAX, "its account was not opened, or its amount is out of range")
        if kind == HOLD:
            self.holds[record_id] = {"payment": payment_id, "account": account_id, "amount": amount, "open": True}
        else:
            hold = self.holds.get(undone_id, {"open": False})
            same = hold == {"payment": payment_id, "account": account_id, "amount": amount, "open": True}
            self.expect(same, "it does not end an open hold of this payment, account and amount")
            hold["open"] = False
        if account:
            account.reserved += amount if kind == HOLD else -amount
            self.expect(account.reserved == reserved_after, "reserved_after is not {}", account.reserved)
            self.expect(account.reserved >= 0, "more is released than was reserved")
            if kind == HOLD:
                self.expect(account.status in (ACTIVE, LEAVING), "money of an account that is not active is held")
                self.expect(available(account) >= 0, "more is held than was available")
        return item_digest(salt, 1, account_id, payment_id, i64(amount), i64(reserved_after), commitment(*text))

    def transfer(self, record_id, undone_id, time, salt, entries):
        payer_id = self.use_up(undone_id, entries) if undone_id else None
        self.transfers, self.entries = self.transfers + 1, self.entries + len(entries)
        self.transfer_ids.add(record_id)
        is_zero = sum(entry[5] for entry in entries) == 0
        self.expect(is_zero and len(entries) >= 2, "its entries do not add up to zero, or are fewer than two")
        digests, before = [], {}
        for number, entry in enumerate(entries, start=1):
            _, account_id, account_seq, position, kind, amount, balance_after, _, *text = entry
            self.expect(position == number and kind in ENTRY_KINDS, "entry {} has a wrong position or kind", number)
            self.expect(0 < abs(amount) <= MOVEMENT_MAX, "the amount of entry {} is out of range", number)
            fields = i64(account_seq) + bytes([kind & 255]) + i64(amount) + i64(balance_after)
            digests.append(item_digest(salt, number, account_id, fields, commitment(*text)))
            account = self.accounts.get(account_id)
            self.expect(account, "the account of entry {} was not opened before", number)
            if account:
                before.setdefault(account_id, account.balance)
                account.balance, account.seq = account.balance + amount, account.seq + 1
                self.expect(account.seq == account_seq, "the account_seq of entry {} is not {}", number, account.seq)
                self.expect(account.balance == balance_after, "entry {} leaves {}", number, account.balance)
                account.negative_since = None if account.balance >= 0 else account.negative_since or time
        fees = [entry for entry in entries if entry[4] == FEE]
        gives_back = any(entry[4] in (REVERSAL, BEYOND_LIMIT) for entry in entries)
        self.expect(sum(fee[5] for fee in fees) == 0, "its fees do not add up to zero among themselves")
        for fee in fees:
            kind = self.accounts[fee[1]].kind if fee[1] in self.accounts else None
            self.expect(kind == (COMMONS if (fee[5] < 0) == gives_back else MEMBER), "account {} bears or gets no fees", fee[1])
        kinds = {entry[4] for entry in entries} - {FEE}
        self.judge_fund(kinds, entries)
        is_reversal = gives_back and kinds <= {REVERSAL, BEYOND_LIMIT} and undone_id in self.transfer_ids and undone_id != record_id
        is_other = not kinds & {REVERSAL, BEYOND_LIMIT}
        self.expect(is_reversal or is_other, "it has entries of a reversal, and is none of a transfer as a whole")
        self.judge_given_back(record_id, undone_id if is_reversal else None, fees)
        if self.seq > self.start and not gives_back:
            self.judge_fees(entries, payer_id is not None)
        members = [entry for entry in entries if entry[1] in self.accounts and self.accounts[entry[1]].kind == MEMBER]
        is_write_off = kinds == {WRITE_OFF} and len(entries) == 2 and len(members) == 1 and undone_id is None
        self.expect(is_write_off or WRITE_OFF not in kinds, "it has entries of a write-off, and is none of one member's balance")
        funds = sum(getattr(self.accounts.get(entry[1]), "kind", None) == COMMONS for entry in entries)
        is_brought = kinds == {OPENING_BALANCE} and len(entries) == 2 and funds == 1
        self.expect(is_brought or OPENING_BALANCE not in kinds, "an opening balance is not between an account and the fund")
        is_merge = kinds == {MERGE} and len(entries) == 2 and undone_id is None
        self.expect(is_merge or MERGE not in kinds, "it has entries of a merge, and is none of two accounts")
        if is_merge:
            self.judge_merge([self.accounts.get(entry[1]) for entry in entries])
        permitted = {entry[1] for entry in entries if is_reversal and entry[4] == BEYOND_LIMIT}
        allowed = {entry[1] for entry in entries if entry[4] == ALLOWED}
        of_payment = [entry for entry in entries if entry[4] != FEE]
        is_allowed = [entry[4] for entry in of_payment] == [ALLOWED, PRINCIPAL] and undone_id is None and entries[0][4] == ALLOWED
        self.expect(is_allowed or not allowed, "it has an entry of an allowance, and is none of one payment")
        for account_id, balance in before.items():
            if is_merge and is_emptied(self.accounts[account_id]):
                continue
            if is_write_off:
                self.judge_write_off(account_id, balance)
                continue
            self.judge(account_id, balance, account_id == payer_id, is_reversal, account_id in permitted, account_id in allowed)
        return digests

    def judge_fund(self, kinds, entries):
        """What goes into the fund beside payments, or out of it, stands alone in its transfer, and between the fund and a member."""
        of_fund = kinds & FUND_SIDES.keys()
        is_alone = (len(entries) == 2 or of_fund == {INCOME}) and len(kinds) == 1 and all(entry[4] in of_fund for entry in entries)
        self.expect(is_alone or not of_fund, "it moves what goes into the fund or out of it, and something else")
        for entry in entries:
            side = FUND_SIDES.get(entry[4], (None, None))[entry[5] > 0]
            kind = getattr(self.accounts.get(entry[1]), "kind", None)
            self.expect(side in (None, kind), "account {} is on the wrong side of what goes into the fund or out of it", entry[1])

    def judge_given_back(self, record_id, reversed_id, fees):
        """A reversal gives back the fees of one payment of the transfer that it undoes, all or none."""
        borne = {}
        for fee in fees:
            borne.setdefault(fee[7], Counter())[fee[1]] += fee[5] if reversed_id is None else -fee[5]
        if reversed_id is None:
            self.borne.update({record_id: list(borne.values())} if borne else {})
        else:
            is_same = all(given in self.borne.get(reversed_id, []) for given in borne.values())
            self.expect(is_same, "it gives back other fees than were borne")

    def judge_fees(self, entries, is_capture):
        """Payments between members bear what the rules give that were in force, or nothing while the fund can take nothing. A capture
        bears no more on the payer's side than was set aside for it."""
        rules = next((rules for rules in self.fee_rules if rules[0] < self.seq), None)
        if not rules or not any(rules[2:]):
            return self.expect(not any(entry[4] == FEE for entry in entries), "it bears fees, and there were none")
        _, fund_id, *rules = rules
        fund, paid, bears = self.accounts.get(fund_id), {}, Counter()
        always_takes = fund and fund.status == ACTIVE and fund.ceiling is None
        for _, account_id, _, _, kind, amount, _, payment_id, *_ in entries:
            if kind in (PRINCIPAL, ALLOWED):
                paid.setdefault(payment_id, {})[amount > 0] = account_id, abs(amount)
            elif kind == FEE:
                bears[payment_id, account_id] -= amount
        for payment_id, sides in paid.items():
            if len(sides) < 2:
                continue
            (payer_id, _), (payee_id, amount) = sides[False], sides[True]
            members = all(getattr(self.accounts.get(id), "kind", None) == MEMBER for id in (payer_id, payee_id))
            given = (min(fee(*rules[:2], amount), MOVEMENT_MAX - amount), min(fee(*rules[2:], amount), amount)) if members else (0, 0)
            borne = (bears[payment_id, payer_id], bears[payment_id, payee_id])
            is_less = is_capture and borne[1] == given[1] and 0 <= borne[0] <= given[0]
            self.expect(borne == given or is_less or (not always_takes and borne == (0, 0)), "payment {} bears other fees than {}", payment_id, given)
        return None

    def check_charges(self):
        """What accounts were asked for after each month is what the rules of then give for how they stood when it ended, with what
        they owed from before; and every entry of the kind is one of these."""
        rules = "SELECT version, every, amount, above_allowance, above_basis_points, below_allowance, below_basis_points FROM {}"
        versions = {row[0]: row for row in self.rows(rules.format("contribution_versions") + " WHERE community_id = ? ORDER BY version")}
        present = self.rows(rules.format("contribution_rules") + " WHERE community_id = ?").fetchone()
        self.expect(present == next(reversed(versions.values()), None), "the rules on contributions are not the last of their versions")
        left, counts = {}, {}
        for account_id, number, month, version, *row in self.rows(CHARGES):
            (is_first, ends, judged_seq, balance), owed, taken, seqs, of, stood = row[:4], row[4:6], row[6:8], row[8:10], row[10:14], row[14:]
            self.place = f"charge {number} of account {uuid.UUID(bytes=account_id)}"
            before, owing, _, last = left.get(account_id, (0, owed, None, 0))
            self.expect(number == before + 1 and owing == owed, "it does not follow the one before")
            if version not in versions:
                self.expect(False, "there was no such version of the rules")
                continue
            _, every, amount, *sides = versions[version]
            allowance, basis_points = sides[2:] if balance < 0 else sides[:2]
            contribution = amount if is_first and (every == EVERY_MONTH or month[5:7] == "12") else 0
            holding = max(abs(balance) - allowance, 0) * basis_points // PARTS_OF_YEAR
            asked = [owed[0] + contribution, owed[1] + holding]
            self.expect(all(t in (0, min(a, MOVEMENT_MAX)) for t, a in zip(taken, asked)), "the rules give {}", asked)
            for amount, seq, kind, moved, expected in zip(taken, seqs, of[::2], of[1::2], (CONTRIBUTION, HOLDING_CHARGE)):
                moves = (amount > 0 and kind == expected and moved == -amount and seq > last) if seq else amount == 0
                self.expect(moves, "the entry that it names does not take it")
                last = seq or last
            self.expect(abs(ends - month_end(month)) < DAY_US, "its month does not end then")
            is_judged = sides[1] > 0 or sides[3] > 0
            stood_then = judged_seq == 0 and balance == 0 or (stood[0] == balance and (stood[1] or ends) < ends)
            stood_then = is_judged and stood_then and (stood[2] is None or stood[2] >= ends)
            is_so = stood_then if judged_seq is not None else not is_judged and balance == 0
            self.expect(is_so, "the account stood otherwise when the month ended")
            left[account_id] = number, [a - t for a, t in zip(asked, taken)], month, last
            counts.setdefault(account_id, Counter()).update(kind for kind, seq in zip((CONTRIBUTION, HOLDING_CHARGE), seqs) if seq)
        self.place = "charges"
        told = "SELECT account_id, number, owing_contribution, owing_holding, month FROM charged_accounts WHERE community_id = ? AND number <> 0"
        told = {(id, number, (one, other), month) for id, number, one, other, month in self.rows(told)}
        derived = {(id, number, tuple(owing), month) for id, (number, owing, month, _) in left.items()}
        for account_id, *_ in told ^ derived:
            self.expect(False, "account {} is said to owe something else than its charges left", account_id)
        taken = {(id, one, other) for id, one, other in self.rows(TAKEN.format(self.start))}
        kept = {(id, count[CONTRIBUTION], count[HOLDING_CHARGE]) for id, count in counts.items() if sum(count.values())}
        for account_id, *_ in taken ^ kept:
            self.expect(False, "the entries of account {} tell of other charges than are kept", account_id)
        self.place = "the community"

    def use_up(self, undone_id, entries):
        """A capture uses its hold up in full, and passes on the side of the payer, who is returned."""
        hold = self.holds.get(undone_id)
        if hold is None:
            self.expect(undone_id in self.transfer_ids, "what it undoes is neither a hold nor an earlier transfer")
            return None
        self.expect(hold["open"], "the hold that it captures was used up before")
        taken = -sum(entry[5] for entry in entries if entry[1] == hold["account"])
        self.expect(0 < taken <= hold["amount"], "it captures nothing, or more than was held")
        self.expect({entry[7] for entry in entries} == {hold["payment"]}, "it captures the hold of another payment")
        if hold["open"] and hold["account"] in self.accounts:
            self.accounts[hold["account"]].reserved -= hold["amount"]
        hold["open"] = False
        return hold["account"]

    def judge(self, account_id, before, is_captured_payer, is_reversal, is_permitted, is_allowed):
        """Judges an account's net change in a transfer by the status and limits in force at that record."""
        account = self.accounts[account_id]
        may_move = account.status == ACTIVE or (account.status == LEAVING and not is_allowed)
        may_move = may_move or (account.status == FROZEN and (is_captured_payer or is_reversal))
        self.expect(may_move, "account {} moves though it is not active", account_id)
        may_pay = is_captured_payer or available(account) >= 0
        ceiling = 0 if account.status == LEAVING else account.ceiling
        may_earn = ceiling is None or account.balance <= ceiling
        is_past, is_above = account.balance < before and not may_pay, account.balance > before and not may_earn
        self.expect(is_permitted or is_allowed or not is_past, "account {} goes past its credit limit", account_id)
        self.expect(is_permitted or not is_above, "account {} goes above its ceiling", account_id)
        self.expect(is_past or not is_allowed, "account {} has an allowance it does not need", account_id)
        self.expect(is_past or is_above or not is_permitted, "account {} has a permission it does not need", account_id)
        self.expect(abs(account.balance) <= BALANCE_MAX, "the balance of account {} is out of range", account_id)

    def judge_merge(self, sides):
        """A merge leaves one of two members with nothing, whatever its status, and the other one takes part."""
        members = all(side and side.kind == MEMBER for side in sides)
        fits = members and any(is_emptied(one) and other.status in (ACTIVE, LEAVING) for one, other in (sides, sides[::-1]))
        self.expect(fits, "it merges accounts, and empties none of two members'")

    def judge_write_off(self, account_id, before):
        """A write-off takes all that a member has that is frozen or leaving, whatever the limits of either side."""
        account = self.accounts[account_id]
        settled = account.balance == account.reserved == 0 and account.status in (FROZEN, LEAVING)
        gains = account.balance > before
        may_be = {MEMBER: settled, COMMONS: account.status == ACTIVE and gains, LOSSES: account.status == ACTIVE}
        self.expect(may_be.get(account.kind), "it writes off what account {} has, which it may not", account_id)
        self.expect(abs(account.balance) <= BALANCE_MAX, "the balance of account {} is out of range", account_id)

    def check_head(self):
        sql = "SELECT seq, hash, transfers, entries, accounts, event_seq, last_at FROM heads WHERE community_id = ?"
        *stored, event_seq, last_at = self.rows(sql).fetchone() or [None] * 7
        derived = [self.seq, self.hash, self.transfers, self.entries, len(self.accounts)]
        self.expect(stored == derived, "the head is not the end of the chain")
        self.expect(self.time is None or self.time <= (last_at or self.time - 1), "the head's time is too early")
        self.check_events(event_seq)

    def check_events(self, event_seq):
        """No event is missing, and each payment's tell of what the payment says of itself, once."""
        told, end = Counter(), 0
        batches = "SELECT first_seq, last_seq, events FROM event_batches WHERE community_id = ? ORDER BY last_seq"
        for first, last, packed in self.rows(batches):
            self.expect(first == end + 1, "the events have a gap after {}", end)
            self.expect(len(packed) == EVENT_BYTES * (last - first + 1), "the events up to {} have other bytes", last)
            events = [packed[place : place + EVENT_BYTES] for place in range(0, len(packed), EVENT_BYTES)]
            told.update((event[0], event[9:]) for event in events if event[0] in PAYMENT_EVENTS)
            end = last
        self.expect(end == event_seq, "the events end with {}", end)
        expected = Counter()
        for payment_id, *of_state, was_requested, was_held in self.rows(TOLD):
            kinds = [*(kind for kind, is_so in zip(EVENT_OF_STATE, of_state) if is_so), *[REQUESTED] * was_requested, *[HELD] * was_held]
            expected.update((kind, payment_id) for kind in kinds)
        for kind, payment_id in (told - expected) + (expected - told):
            self.expect(False, "events of kind {} do not tell what became of payment {}", kind, payment_id)

    def compare(self, derived, columns, table):
        for row in derived.symmetric_difference(self.rows(f"SELECT {columns} FROM {table} WHERE community_id = ?")):
            side = "records" if row in derived else "table"
            self.expect(False, "{} of {}: only the {} has {}", table, row[0], side, row[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--head", action="append", default=[], metavar="CODE:SEQ:HASH")
    arguments = parser.parse_args()
    noted, differences = {}, 0
    for code, seq, head in (text.split(":") for text in arguments.head):
        noted.setdefault(code, {})[int(seq)] = bytes.fromhex(head)
    db = sqlite3.connect(f"{arguments.file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    db.execute("BEGIN")
    for community_id, code in db.execute("SELECT id, code FROM communities ORDER BY code").fetchall():
        community = Community(db, community_id, code, noted.pop(code, {}))
        community.check()
        counts = f"{community.seq} records, {community.transfers} transfers, {community.entries} entries"
        print(f"{code}: {counts}, {len(community.accounts)} accounts, head {community.seq} {community.hash.hex()}")
        differences += community.differences
    for code in noted:
        print(f"DIFFERENCE {code}: a head was noted, and there is no such community")
    for table in ["records", *ITEMS, "heads", "accounts", "holds", "payments", "payment_fees", "refunds", "requests", "schedules", "planned_payments", "schedule_terms", "texts", "event_batches", "idempotency_keys", "charges"]:
        strangers = f"SELECT DISTINCT community_id FROM {table} WHERE community_id NOT IN (SELECT id FROM communities)"
        for (community_id,) in db.execute(strangers):
            print(f"DIFFERENCE, {table}: there is no community {uuid.UUID(bytes=community_id)}")
            differences += 1
    print(f"{differences + len(noted)} differences")
    return 1 if differences or noted else 0


if __name__ == "__main__":
    sys.exit(main())
