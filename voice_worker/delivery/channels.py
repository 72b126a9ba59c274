"""The systems a message can go to, and what each needs to be told to reach it.

Receivers that are programs get the message's document as JSON; people get its lines.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import httpx
from standardwebhooks.webhooks import Webhook

from voice_worker.delivery.errors import DeliveryFailed, DeliveryRefused
from voice_worker.delivery.http import post, public_address
from voice_worker.delivery.message import Message

ASANA_URL = "https://app.asana.com/api/1.0/tasks"
MAIL_SECONDS = 15.0
SUBMISSION_PORT = 587
TLS_PORT = 465


@dataclass(frozen=True)
class Target:
    """An integration with its secrets, ready to be delivered to."""

    name: str
    type: str
    config: Mapping[str, Any]
    secrets: Mapping[str, str]
    allow_private_addresses: bool = False

    def need(self, key: str) -> str:
        """A setting that must be there.

        Raises:
            DeliveryRefused: it is not.
        """
        value = self.secrets.get(key) or self.config.get(key)
        if not value:
            raise DeliveryRefused(
                f"The integration {self.name} ({self.type}) has no {key}. {usage(self.type)}"
            )
        return str(value)


@dataclass(frozen=True)
class Channel:
    """One type of integration."""

    send: Callable[[httpx.AsyncClient, Target, Message], Awaitable[None]]
    config: tuple[str, ...]
    secrets: tuple[str, ...]
    optional: tuple[str, ...] = ()


async def send_webhook(client: httpx.AsyncClient, target: Target, message: Message) -> None:
    """Signed as Standard Webhooks says (standardwebhooks.com): id, time and body."""
    body = json.dumps(message.document(), ensure_ascii=False)
    try:
        signature = Webhook(target.need("secret")).sign(str(message.id), message.at, body)
    except (ValueError, RuntimeError) as error:
        raise DeliveryRefused(
            f"The secret of {target.name} is not base64, as whsec_… secrets are."
        ) from error
    await _post(client, target, target.need("url"), body, {
        "webhook-id": str(message.id),
        "webhook-timestamp": str(int(message.at.timestamp())),
        "webhook-signature": signature,
    })  # fmt: skip


async def send_slack(client: httpx.AsyncClient, target: Target, message: Message) -> None:
    """To an incoming webhook of a Slack workspace."""
    lines = "\n".join(_slack_text(line) for line in message.lines())
    body = json.dumps({"text": f"*{_slack_text(message.title)}*\n{lines}"}, ensure_ascii=False)
    await _post(client, target, target.need("webhook_url"), body, {})


def _slack_text(text: str) -> str:
    # The three characters Slack gives a meaning to; a caller's words must not ping a channel.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def send_asana(client: httpx.AsyncClient, target: Target, message: Message) -> None:
    """A task in a project."""
    task = {"name": message.title, "notes": "\n".join(message.lines()),
            "projects": [target.need("project")]}  # fmt: skip
    url = str(target.config.get("url") or ASANA_URL)
    await _post(client, target, url, json.dumps({"data": task}, ensure_ascii=False),
                {"Authorization": f"Bearer {target.need('token')}"})  # fmt: skip


async def send_crm(client: httpx.AsyncClient, target: Target, message: Message) -> None:
    """A contact, under the field names the CRM has: `map.email=Email` in the config renames one."""
    lead = {name: value for name, value in (message.lead or {}).items() if value}
    call = {"delivery_id": str(message.id), "campaign": message.campaign,
            "call_id": str(message.call_id), "reason": message.reason}  # fmt: skip
    known = {**call, **lead, **message.payload}
    names = {key[4:]: str(value) for key, value in target.config.items() if key.startswith("map.")}
    record = {names.get(name, name): value for name, value in known.items()}
    await _post(client, target, target.need("url"), json.dumps(record, ensure_ascii=False),
                {"Authorization": f"Bearer {target.need('token')}",
                 "Idempotency-Key": str(message.id)})  # fmt: skip


async def send_email(_: httpx.AsyncClient, target: Target, message: Message) -> None:
    """Through the account's own mail server, encrypted."""
    mail = EmailMessage()
    mail["From"], mail["To"] = target.need("from"), target.need("to")
    # A header is one line, whatever a caller called themselves.
    mail["Subject"] = " ".join(message.title.split())
    mail["Message-ID"] = f"<{message.id}@voice-worker>"
    mail.set_content("\n".join(message.lines()) + "\n")
    host = target.need("host")
    port = int(target.config.get("port") or SUBMISSION_PORT)
    if not target.allow_private_addresses:
        await public_address(host, port)
    plain = str(target.config.get("tls", "")).lower() == "off" and target.allow_private_addresses
    try:
        await aiosmtplib.send(
            mail, hostname=host, port=port, timeout=MAIL_SECONDS,
            username=target.config.get("username"), password=target.secrets.get("password"),
            use_tls=port == TLS_PORT, start_tls=not plain and port != TLS_PORT,
        )  # fmt: skip
    except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPRecipientsRefused) as error:
        raise DeliveryRefused(f"{host} refused the mail: {error}") from error
    except aiosmtplib.SMTPResponseException as error:
        permanent = 500 <= error.code < 600
        kind = DeliveryRefused if permanent else DeliveryFailed
        raise kind(f"{host} answered {error.code}: {error.message}") from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise DeliveryFailed(f"{host} did not take the mail: {error}") from error


async def _post(
    client: httpx.AsyncClient, target: Target, url: str, body: str, headers: dict[str, str]
) -> None:
    await post(client, url, content=body.encode(), headers=headers,
               allow_http=target.allow_private_addresses)  # fmt: skip


CHANNELS: dict[str, Channel] = {
    "webhook": Channel(send_webhook, config=("url",), secrets=("secret",)),
    "slack": Channel(send_slack, config=(), secrets=("webhook_url",)),
    "asana": Channel(send_asana, config=("project",), secrets=("token",), optional=("url",)),
    "crm": Channel(send_crm, config=("url",), secrets=("token",), optional=("map.FIELD",)),
    "email": Channel(
        send_email,
        config=("host", "from", "to"),
        secrets=(),
        optional=("port", "username", "password (secret)"),
    ),
}


def usage(type: str) -> str:
    """What an integration of a type is made of, in one sentence."""
    channel = CHANNELS[type]
    parts = [f"--config {key}=…" for key in channel.config]
    parts += [f"--secret {key}" for key in channel.secrets]
    more = f" (and may have {', '.join(channel.optional)})" if channel.optional else ""
    return f"A {type} integration needs {', '.join(parts)}{more}."


def missing(type: str, config: Mapping[str, Any], secrets: Mapping[str, str]) -> list[str]:
    """What an integration of this type still lacks."""
    channel = CHANNELS[type]
    given = {*config, *secrets}
    return [key for key in (*channel.config, *channel.secrets) if key not in given]
