"""A real mail server on loopback for the tests, told over its input what to do next.

Prints one line of JSON for each line that it reads, and its port first. Ends when its input ends. Mails are taken apart
by Python's own parser, so that the tests see what a mail program would see.

    accept · greylist N · refuse CODE · stall     what happens to recipients from now on
    down · up                                     whether it listens, on the same port
    list                                          everything that was accepted
"""

import asyncio
import email
import email.policy
import json
import logging
import os
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self):
        self.mode, self.number, self.accepted, self.begun = "accept", 0, [], 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.begun += 1
        if self.mode == "stall":
            await asyncio.sleep(3600)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.mode == "greylist" and self.number > 0:
            self.number -= 1
            return f"451 4.7.1 <{address}> is greylisted, try again later"
        if self.mode == "refuse":
            return f"{self.number} 5.1.1 <{address}> is not known here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.accepted.append(describe(envelope))
        return "250 OK"


def describe(envelope):
    raw = envelope.original_content
    message = email.message_from_bytes(raw, policy=email.policy.default)
    defects = [repr(defect) for part in message.walk() for defect in part.defects]
    defects += [repr(defect) for value in message.values() for defect in value.defects]
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "headers": {name: str(value) for name, value in message.items()},
        "header_count": len(message.keys()),
        "raw_head": raw.split(b"\r\n\r\n", 1)[0].decode("ascii"),
        "longest_line": max(len(line) for line in raw.split(b"\r\n")),
        "type": message.get_content_type(),
        "parts": [
            {"type": part.get_content_type(), "charset": part.get_content_charset(), "text": part.get_content()}
            for part in message.iter_parts()
        ],
        "defects": defects,
    }


def authenticator(login):
    def authenticate(server, session, envelope, mechanism, data):
        given = data.login.decode() + ":" + data.password.decode()
        return AuthResult(success=given == login, handled=False)

    return authenticate


def say(value):
    print(json.dumps(value), flush=True)


async def main(login):
    loop, handler = asyncio.get_running_loop(), Handler()

    def protocol():
        options = {"hostname": "mail.river.example", "enable_SMTPUTF8": True, "loop": loop}
        if login:
            options |= {
                "authenticator": authenticator(login),
                "auth_required": True,
                "auth_require_tls": False,
            }
        return SMTP(handler, **options)

    listening = await loop.create_server(protocol, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    say({"port": port})
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command, *rest = line.split()
        if command == "down":
            listening.close()
        elif command == "up":
            listening = await loop.create_server(protocol, "127.0.0.1", port)
        elif command != "list":
            handler.mode, handler.number = command, int(rest[0]) if rest else 0
        say({"accepted": handler.accepted, "begun": handler.begun})
    # Connections that stall would keep the loop from ending.
    os._exit(0)


# That a login goes without TLS is how it is meant here.
logging.disable(logging.WARNING)
asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
