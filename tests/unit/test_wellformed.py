"""Which requests are turned away for their form; RFC 4475's are sent to a worker elsewhere."""

from __future__ import annotations

import pytest

from voice_worker.sip.wellformed import refusal

SDP = "v=0\r\n"


def request(
    body: str = SDP, start: str = "INVITE sip:+1@192.0.2.1 SIP/2.0", **headers: str
) -> bytes:
    named = {
        "Via": "SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bK1, SIP/2.0/UDP b;branch=z9hG4bK0",
        "To": "<sip:+1@192.0.2.1>",
        "From": '"A; B" <sip:+2@192.0.2.9>;tag=1',
        "Contact": '<sip:+2@192.0.2.9;ob>;+sip.instance="<urn:uuid:1>"',
        "CSeq": "2147483647 INVITE",
        "Content-Type": "application/sdp",
        "Content-Length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"{start}\r\n{lines}\r\n{body}".encode()


def status(data: bytes, *, datagram: bool = True) -> int:
    found = refusal(data, datagram=datagram)
    return found.status if found else 0


@pytest.mark.parametrize(
    "data",
    [
        request(),
        request("", Content_Type=""),
        request(SDP + "junk after the body", Content_Length="5"),
        request(Content_Type="multipart/mixed;boundary=x"),
        request(Content_Type="application/SDP ; charset=utf-8"),
        request(Content_Encoding="identity"),
        request(start="OPTIONS sips:[2001:db8::1]:5061;transport=tls SIP/2.0"),
        request(start="INVITE tel:+15035550142 SIP/2.0"),
        request("Signal=5", start="INFO sip:a@b SIP/2.0", Content_Type="application/dtmf-relay"),
        request(X_Anything='";;,,"<'),
    ],
)
def test_what_is_well_formed_passes(data: bytes) -> None:
    assert status(data) == 0


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (request(start="INVITE <sip:a@b> SIP/2.0"), 400),
        (request(start="INVITE  sip:a@b SIP/2.0"), 400),
        (request(start="INVITE isbn:2983792873 SIP/2.0"), 416),
        (request(From='"Joe <sip:a@b>;tag=1'), 400),
        (request(Via="SIP/2.0/UDP a;branch=z9hG4bK1;;rport"), 400),
        (request(Via="SIP/2.0/UDP a;branch=old"), 400),
        (request(CSeq="2147483648 INVITE"), 400),
        (request(Content_Length="-5"), 400),
        (request(Content_Length="6"), 400),
        (request(Content_Length="5", l="4"), 400),
        (request(Content_Type="text/plain"), 415),
        (request(Content_Encoding="gzip"), 415),
    ],
)
def test_what_is_not_is_refused(data: bytes, expected: int) -> None:
    assert status(data) == expected


def test_in_a_stream_the_body_may_still_be_coming() -> None:
    assert status(request(Content_Length="400"), datagram=False) == 0
