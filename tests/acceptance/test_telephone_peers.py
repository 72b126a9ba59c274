"""Other people's telephones: sipp, baresip and sipsak call the worker."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
import pytest

from tests.acceptance.conftest import RunningWorker, Speak
from tests.support.patience import PATIENCE_SECONDS
from tests.support.ports import free_port_pair
from tests.support.telephone import narrow
from voice_worker.audio import write_wav
from voice_worker.sip.g711 import ulaw_encode
from voice_worker.sip.handset import RATE
from voice_worker.store.embedded_postgres import EmbeddedPostgres

CALL_SECONDS = 8
SIPP_CALL = "conversation@sipp"
SAID = """
select 1 from call_transcripts as said join call_sessions as call on call.id = said.call_session_id
where call.status = 'active' and said.speaker = 'ai_agent' and said.text ilike $1
"""
SCENARIO = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
<send retrans="500"><![CDATA[
INVITE sip:demo@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+15035550142@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:demo@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+15035550142@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:demo@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0
]]></send>
<nop><action><exec rtp_stream="silence.ulaw,-1,0"/></action></nop>
<recv request="INFO"/>
<nop><action><exec rtp_stream="question.ulaw,1,0"/></action></nop>
<recv request="INFO"/>
<nop><action><exec rtp_stream="goodbye.ulaw,1,0"/></action></nop>
<recv request="BYE" timeout="90000"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0
]]></send>
</scenario>
"""


def newest(worker: RunningWorker) -> dict[str, Any]:
    """The newest call's rows, once it is over."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        call = json.loads(worker.command("calls", "--limit", "1", "--json").stdout.splitlines()[0])
        if call["status"] not in ("connecting", "active"):
            shown = worker.command("calls", "show", call["id"], "--json")
            return dict(json.loads(shown.stdout))
        assert time.monotonic() < give_up, call
        time.sleep(0.3)


def prompt(port: int, number: int) -> None:
    """Tell sipp, by an INFO within its call, that it is its turn."""
    lines = (
        f"INFO sip:sipp@127.0.0.1:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK{number}",
        "From: <sip:prompter@127.0.0.1>;tag=1",
        "To: <sip:sipp@127.0.0.1>",
        f"Call-ID: {SIPP_CALL}",
        f"CSeq: {number} INFO",
        "Content-Length: 0",
    )
    message = "\r\n".join((*lines, "", ""))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as prompter:
        prompter.sendto(message.encode(), ("127.0.0.1", port))


async def agent_said(worker: RunningWorker, words: str) -> None:
    """Wait until the agent has said something in the call that goes on, and said it all."""
    owner = await asyncpg.connect(EmbeddedPostgres(worker.home).url("postgres"))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await owner.fetchval(SAID, f"%{words}%"):
                await asyncio.sleep(0.2)
    finally:
        await owner.close()


async def test_sipp_holds_a_conversation(
    worker: RunningWorker, piper: Speak, tmp_path: Path
) -> None:
    silence = bytes(2 * RATE * 20)
    for name, speech in (
        ("silence", silence),
        ("question", narrow(piper("How much does a battery cost?")) + silence),
        ("goodbye", narrow(piper("No thanks, that's all.")) + silence),
    ):
        sound = ulaw_encode(np.frombuffer(speech, dtype="<i2"))
        (tmp_path / f"{name}.ulaw").write_bytes(sound)
    (tmp_path / "caller.xml").write_text(SCENARIO)
    port = free_port_pair()
    sipp = await asyncio.create_subprocess_exec(
        "sipp", f"127.0.0.1:{worker.sip_port}", "-sf", "caller.xml", "-m", "1", "-i", "127.0.0.1",
        "-p", str(port), "-cid_str", SIPP_CALL, "-nostdin", "-timeout", f"{2 * PATIENCE_SECONDS}",
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        await agent_said(worker, "have a question")
        prompt(port, 1)
        await agent_said(worker, "Anything else?")
        prompt(port, 2)
        async with asyncio.timeout(PATIENCE_SECONDS):
            out, _ = await sipp.communicate()
    finally:
        if sipp.returncode is None:
            sipp.kill()
    assert sipp.returncode == 0, out.decode()[-1500:]
    call = newest(worker)
    assert (call["transport"], call["status"], call["outcome"]) == ("sip", "completed", "completed")
    said = " ".join(row["heard_text"] or "" for row in call["transcript"])
    assert "eight thousand dollars" in said and said.endswith("Goodbye.")


class Softphone:
    """baresip with a configuration of its own, calling once."""

    def __init__(self, folder: Path, transport: str, speech: Path, certificate: Path) -> None:
        self.folder = folder
        srtp = ";mediaenc=srtp-mand" if transport == "tls" else ""
        (folder / "accounts").write_text(
            f"<sip:softphone@127.0.0.1;transport={transport}>;regint=0{srtp}\n"
        )
        (folder / "config").write_text(
            "poll_method epoll\nsip_listen 127.0.0.1:0\nnet_interface 127.0.0.1\n"
            f"sip_cafile {certificate}\nsip_certificate {certificate}\n"
            f"audio_player aufile,{folder}/heard.wav\naudio_source aufile,{speech}\n"
            "audio_alert aufile,/dev/null\nausrc_srate 8000\nauplay_srate 8000\n"
            "ausrc_channels 1\nauplay_channels 1\n"
            "module_path /usr/lib/baresip/modules\nmodule stdio.so\nmodule g711.so\n"
            "module aufile.so\nmodule srtp.so\nmodule_tmp account.so\nmodule_app menu.so\n"
        )
        (folder / "contacts").write_text("")

    def call(self, uri: str, seconds: int) -> str:
        done = subprocess.run(
            ["baresip", "-f", self.folder, "-e", f"/dial {uri}", "-t", str(seconds)],
            capture_output=True, text=True, timeout=seconds + PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Silence for as long as a call lasts."""
    path = tmp_path_factory.mktemp("speech") / "silence.wav"
    write_wav(path, bytes(2 * RATE * 30), RATE)
    return path


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_softphone_calls(
    worker: RunningWorker, speech: Path, tmp_path: Path, transport: str
) -> None:
    phone = Softphone(tmp_path, transport, speech, worker.certificate)
    port = worker.sip_port + (transport == "tls")
    said = phone.call(f"sip:demo@127.0.0.1:{port};transport={transport}", CALL_SECONDS)
    assert re.search(r"[Cc]all established", said), said[-2000:]
    if transport == "tls":
        assert "SRTP is Enabled" in said or "srtp" in said.lower(), said[-2000:]
    call = newest(worker)
    assert call["transport"] == "sip"
    assert call["duration_ms"] > 1000 * (CALL_SECONDS - 4)
    assert call["transcript"], "the agent never spoke"


async def test_probes_are_answered(worker: RunningWorker) -> None:
    probe = await asyncio.create_subprocess_exec(
        "sipsak", "-s", f"sip:demo@127.0.0.1:{worker.sip_port}",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE_SECONDS):
        out, _ = await probe.communicate()
    assert probe.returncode == 0, out.decode()


def test_the_doctor_says_what_is_wrong_with_the_way_here(worker: RunningWorker) -> None:
    good = worker.command("doctor", "sip", "--json")
    assert good.returncode == 0, good.stdout
    assert {item["check"] for item in json.loads(good.stdout)} >= {"probe", "call", "sound"}
    nobody = worker.command("doctor", "sip", "--address", "sip:demo@127.0.0.1:9", "--json")
    assert nobody.returncode == 1
    assert "VOICE_WORKER__SIP__ENABLED" in json.loads(nobody.stdout)[0]["detail"]
    wrong = worker.command(
        "doctor", "sip", "--address", f"sip:+15035559999@127.0.0.1:{worker.sip_port}", "--json"
    )
    assert wrong.returncode == 1
    assert any("no campaign has this number" in item["detail"] for item in json.loads(wrong.stdout))
