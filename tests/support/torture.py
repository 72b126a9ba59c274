"""Hard SIP messages, made after the descriptions in RFC 4475, and what may be answered to each.

`allowed` are the answers a proxy or a phone may give; 0 is none. RFC 4475 leaves several of them
open, and an element that can't trust a message enough to answer it may drop it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

HERE = "127.0.0.1"
BAD = (400, 0)
NOT_OURS = (400, 403, 404, 405, 416, 501)
FINE = (200,)
CALL = (100, 180, 200)


@dataclass(frozen=True)
class Torture:
    name: str
    section: str
    allowed: tuple[int, ...]
    make: Callable[[str, int], bytes]
    """The datagram, for the sender's address and the port it goes to."""


def _sdp(extra: str = "") -> str:
    return (
        f"v=0\r\no=mhandley 29739 7272939 IN IP4 {HERE}\r\ns=-\r\nc=IN IP4 {HERE}\r\nt=0 0\r\n"
        f"m=audio 49217 RTP/AVP 0 12\r\na=rtpmap:0 PCMU/8000\r\n{extra}"
    )


def _message(
    name: str, start: str, lines: str, body: str = "", *, length: bool = True
) -> Callable[[str, int], bytes]:
    """A message of the usual headers; `lines` replaces or adds, one a line, `-Name` takes."""

    def make(sender: str, port: int) -> bytes:
        method = start.split(" ")[0]
        headers = {
            "Via": f"SIP/2.0/UDP {sender};branch=z9hG4bK-{name};rport",
            "Max-Forwards": "70",
            "To": f"<sip:demo@{HERE}>",
            "From": f"<sip:caller@{sender}>;tag=torture-{name}",
            "Call-ID": f"{name}.0ha0isndaksdj@{HERE}",
            "CSeq": f"8 {method}",
            "Contact": f"<sip:caller@{sender}>",
        }
        extra: list[str] = []
        for line in lines.strip("\n").split("\n") if lines else []:
            text = line.format(sender=sender, port=port, name=name, here=HERE).replace("¶", "\r\n ")
            if text.startswith("-"):
                headers.pop(text[1:].strip(), None)
                continue
            given = text.partition(":")[0].strip().lower()
            headers = {key: value for key, value in headers.items() if key.lower() != given}
            extra.append(text)
        if body:
            extra.append("Content-Type: application/sdp")
        if length:
            extra.append(f"Content-Length: {len(body.encode())}")
        first = start.format(sender=sender, port=port, here=HERE)
        rows = [first, *(f"{key}: {value}" for key, value in headers.items()), *extra]
        return ("\r\n".join(rows) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")

    return make


def _then(make: Callable[[str, int], bytes], tail: str) -> Callable[[str, int], bytes]:
    return lambda sender, port: make(sender, port) + tail.format(sender=sender).encode()


INVITE = "INVITE sip:demo@{here}:{port} SIP/2.0"
OPTIONS = "OPTIONS sip:demo@{here}:{port} SIP/2.0"
REGISTER = "REGISTER sip:{here}:{port} SIP/2.0"
LONG = "x" * 120

TORTURES: tuple[Torture, ...] = (
    # 3.1.1 valid messages
    Torture("wsinv", "3.1.1.1", CALL, _message("wsinv", INVITE, (
        "TO :¶ sip:demo@{here} ;   unknown=1\nfrom   : \"J Rosenberg \\\\\\\"\"       <sip:caller@{sender}>"
        "¶  ;¶  tag = 98asjd8\nMaX-fOrWaRdS: 0068\nCall-ID: {name}.0ha0isndaksdj@{here}\n"
        "s :¶ \nNewFangledHeader:   newfangled value¶ continued newfangled value\n"
        "UnknownHeaderWithUnusualValue: ;;,,;;,;\nCSeq: 0009¶  INVITE\n"
        "Via  : SIP  /   2.0¶ /UDP¶    {sender};branch=z9hG4bK-wsinv;rport"
    ), _sdp())),
    Torture("intmeth", "3.1.1.2", (405, 501), _message(
        "intmeth", "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$"
        "/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@{here} SIP/2.0",
        "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~")),
    Torture("esc01", "3.1.1.3", CALL, _message(
        "esc01", "INVITE sip:sips%3Auser%40example.com@{here}:{port} SIP/2.0",
        "To: <sip:%75se%72@{here}>\nContact: <sip:cal%6Cer@{sender};%6C%72;n%61me=v%61lue>", _sdp())),
    Torture("escnull", "3.1.1.4", (*NOT_OURS, 200), _message(
        "escnull", REGISTER, "To: sip:null-%00-null@{here}\nFrom: sip:null-%00-null@{here};tag=8394")),
    Torture("esc02", "3.1.1.5", (405, 501), _message(
        "esc02", "RE%47IST%45R sip:{here}:{port} SIP/2.0", 'To: "%Z%45" <sip:resource@{here}>\n'
        'From: "%Z%45" <sip:resource@{here}>;tag=f232jadfj23')),
    Torture("lwsdisp", "3.1.1.6", FINE, _message(
        "lwsdisp", OPTIONS, "From: caller<sip:caller@{sender}>;tag=323")),
    Torture("longreq", "3.1.1.7", CALL, _message("longreq", INVITE, (
        f'To: "I have a user name of {LONG * 3}" <sip:demo@{{here}}:5060;unknownparam1=very{LONG}>\n'
        f"From: sip:caller@{{sender}};tag=12982{LONG};unknownheaderparam{LONG}=value\n"
        + "".join(f"Unknown-{LONG}-{n}: unknown-{LONG}-value\n" for n in range(6))
        + "Via: SIP/2.0/UDP {sender};branch=z9hG4bK-longreq;rport"
    ), _sdp())),
    Torture("dblreq", "3.1.1.8", (*NOT_OURS, 200), _then(
        _message("dblreq", REGISTER, ""),
        "INVITE sip:joe@example.com SIP/2.0\r\nt: <sip:joe@example.com>\r\n"
        "From: <sip:caller@example.net>;tag=141334\r\nMax-Forwards: 8\r\nCall-ID: dblreq.second\r\n"
        "CSeq: 8 INVITE\r\nVia: SIP/2.0/UDP {sender};branch=z9hG4bKkdjuwsecond\r\n\r\n")),
    Torture("semiuri", "3.1.1.9", FINE, _message(
        "semiuri", "OPTIONS sip:user;par=u%40example.net@{here}:{port} SIP/2.0",
        "To: sip:demo@{here}")),
    Torture("transports", "3.1.1.10", FINE, _message("transports", OPTIONS, (
        "Via: SIP/2.0/UDP {sender};branch=z9hG4bK-transports;rport\n"
        "Via: SIP/2.0/SCTP s2.example.com;branch=z9hG4bK2\n"
        "Via: SIP/2.0/TLS s3.example.com;branch=z9hG4bK3\n"
        "Via: SIP/2.0/UNKNOWN s4.example.com;branch=z9hG4bK4"))),
    Torture("mpart01", "3.1.1.11", (405, 415, 501, 404), _message(
        "mpart01", "MESSAGE sip:kumiko@{here}:{port} SIP/2.0",
        "Content-Type: multipart/mixed;boundary=7a9cbec02ceef655")),
    Torture("unreason", "3.1.1.12", (0,), _message(
        "unreason", "SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e", "CSeq: 35 INVITE")),
    Torture("noreason", "3.1.1.13", (0,), _message("noreason", "SIP/2.0 100 ", "CSeq: 35 INVITE")),
    # 3.1.2 invalid messages
    Torture("badinv01", "3.1.2.1", BAD, _message(
        "badinv01", INVITE, "Via: SIP/2.0/UDP {sender};branch=z9hG4bK-badinv01;rport;;,;,,\n"
        'Contact: "Joe" <sip:joe@example.org>;;;;', _sdp())),
    Torture("clerr", "3.1.2.2", BAD, _message(
        "clerr", INVITE, "Content-Type: application/sdp\nContent-Length: 9999", length=False)),
    Torture("ncl", "3.1.2.3", BAD, _message(
        "ncl", INVITE, "Content-Type: application/sdp\nContent-Length: -999", length=False)),
    Torture("scalar02", "3.1.2.4", (400, 403, 405, 483, 501, 0), _message(
        "scalar02", REGISTER, "CSeq: 36893488147419103232 REGISTER\nMax-Forwards: 300\n"
        "Expires: 10000000000000000000000000000000000000000000")),
    Torture("scalarlg", "3.1.2.5", (0,), _message(
        "scalarlg", "SIP/2.0 503 Service Unavailable", "CSeq: 9292394834772304023312 OPTIONS\n"
        "Retry-After: 949302838503028349304023988")),
    Torture("quotbal", "3.1.2.6", BAD, _message(
        "quotbal", INVITE, 'To: "Mr. J. User <sip:demo@{here}>', _sdp())),
    Torture("ltgtruri", "3.1.2.7", BAD, _message(
        "ltgtruri", "INVITE <sip:demo@{here}:{port}> SIP/2.0", "", _sdp())),
    Torture("lwsruri", "3.1.2.8", BAD, _message(
        "lwsruri", "INVITE sip:demo@{here}:{port}; lr SIP/2.0", "", _sdp())),
    Torture("lwsstart", "3.1.2.9", (*BAD, *CALL), _message(
        "lwsstart", "INVITE  sip:demo@{here}:{port}  SIP/2.0", "", _sdp())),
    Torture("trws", "3.1.2.10", (400, 0, 200), _message("trws", OPTIONS + "  ", "")),
    Torture("escruri", "3.1.2.11", (*BAD, *CALL), _message(
        "escruri", "INVITE sip:demo@{here}:{port}?Route=%3Csip:example.com%3E SIP/2.0", "", _sdp())),
    Torture("baddate", "3.1.2.12", (400, 0, *CALL), _message(
        "baddate", INVITE, "Date: Fri, 01 Jan 2010 16:00:00 EST", _sdp())),
    Torture("regbadct", "3.1.2.13", (*NOT_OURS, 0), _message(
        "regbadct", REGISTER, "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E")),
    Torture("badaspec", "3.1.2.14", (400, 0, 200), _message(
        "badaspec", OPTIONS, 'To: "Watson, Thomas" < sip:t.watson@example.org >')),
    Torture("baddn", "3.1.2.15", (400, 0, 200), _message(
        "baddn", OPTIONS, "From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43")),
    Torture("badvers", "3.1.2.16", (505, 0), _message(
        "badvers", "OPTIONS sip:t.watson@{here}:{port} SIP/7.0",
        "Via: SIP/7.0/UDP {sender};branch=z9hG4bK-badvers;rport")),
    Torture("mismatch01", "3.1.2.17", BAD, _message("mismatch01", OPTIONS, "CSeq: 8 INVITE")),
    Torture("mismatch02", "3.1.2.18", (400, 405, 501, 0), _message(
        "mismatch02", "NEWMETHOD sip:demo@{here}:{port} SIP/2.0", "CSeq: 8 INVITE")),
    Torture("bigcode", "3.1.2.19", (0,), _message(
        "bigcode", "SIP/2.0 4294967301 better not break the receiver", "CSeq: 353494 INVITE")),
    # 3.2 transactions, 3.3 and 3.4 what applications make of it
    Torture("badbranch", "3.2.1", FINE, _message(
        "badbranch", OPTIONS, "Via: SIP/2.0/UDP {sender};branch=z9hG4bK")),
    Torture("insuf", "3.3.1", BAD, _message("insuf", INVITE, "-Call-ID\n-From\n-To", _sdp())),
    Torture("unkscm", "3.3.2", (400, 416, 0), _message(
        "unkscm", "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0", "")),
    Torture("novelsc", "3.3.3", (400, 416, 0), _message(
        "novelsc", "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0", "")),
    Torture("unksm2", "3.3.4", (*NOT_OURS, 0), _message(
        "unksm2", REGISTER, "To: isbn:2983792873\nFrom: <http://www.example.com>;tag=3234233")),
    Torture("bext01", "3.3.5", (420, 200), _message(
        "bext01", OPTIONS, "Require: nothingSupportsThis, nothingSupportsThisEither\n"
        "Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis")),
    Torture("invut", "3.3.6", (400, 415, 488), _message(
        "invut", INVITE, "Content-Type: application/unknownformat\nContent-Length: 40\n"
        "-Nothing", length=False)),
    Torture("regaut01", "3.3.7", NOT_OURS, _message(
        "regaut01", REGISTER, "Authorization: NoOneKnowsThisScheme opaque-data=here")),
    Torture("multi01", "3.3.8", (400, 0, *CALL), _message(
        "multi01", INVITE, "CSeq: 5 INVITE\nCall-ID: multi01.98asdh@{here}\n"
        "CSeq: 59 INVITE\nCall-ID: multi01.98asdh@other\nFrom: sip:caller@{sender};tag=3413415\n"
        "From: sip:other@{sender};tag=2923420123\nMax-Forwards: 5", _sdp())),
    Torture("mcl01", "3.3.9", (400, 0, 200), _message(
        "mcl01", OPTIONS, "Content-Length: 13\nContent-Length: 5", length=False)),
    Torture("bcast", "3.3.10", (0,), _message(
        "bcast", "SIP/2.0 200 OK", "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\n"
        "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\nCSeq: 134 INVITE")),
    Torture("zeromf", "3.3.11", (483, 200), _message("zeromf", OPTIONS, "Max-Forwards: 0")),
    Torture("cparam01", "3.3.12", NOT_OURS, _message(
        "cparam01", REGISTER, "Contact: sip:+19725552222@gw1.example.net;unknownparam")),
    Torture("cparam02", "3.3.13", NOT_OURS, _message(
        "cparam02", REGISTER, "Contact: <sip:+19725552222@gw1.example.net;unknownparam>")),
    Torture("regescrt", "3.3.14", NOT_OURS, _message(
        "regescrt", REGISTER, "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>")),
    Torture("sdp01", "3.3.15", (406, 488, *CALL), _message(
        "sdp01", INVITE, "Accept: text/nobodyKnowsThis", _sdp())),
    Torture("inv2543", "3.4.1", (*CALL, 400), _message(
        "inv2543", INVITE, "Via: SIP/2.0/UDP {sender}\nFrom: <sip:caller@{sender}>\n-Max-Forwards\n"
        "Record-Route: <sip:{here}>", _sdp())),
)  # fmt: skip
