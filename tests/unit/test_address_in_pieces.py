"""Addresses said in pieces, and without their at sign."""

from __future__ import annotations

import pytest

from tests.support.lead_call import Call, a_phone, an_email


@pytest.mark.parametrize(
    ("pieces", "address"),
    [
        (("jane at smith", "co dot UK"), "jane@smith.co.uk"),
        (("jane at smith dot", "co dot UK"), "jane@smith.co.uk"),
        (("jane at greenwood", "org"), "jane@greenwood.org"),
        (("jane at green", "wood dot org"), "jane@greenwood.org"),
        (("jane at", "greenwood dot org"), "jane@greenwood.org"),
        (("bob seven", "at acme dot org"), "bob7@acme.org"),
        (("at acme dot org", "bob seven at acme dot", "org"), "bob7@acme.org"),
        # It was read back too soon, and goes on.
        (("jane at acme dot co", "dot UK"), "jane@acme.co.uk"),
        (("jane at acme dot co", "UK"), "jane@acme.co.uk"),
    ],
)
def test_a_domain_in_pieces_is_one(pieces: tuple[str, ...], address: str) -> None:
    call = Call(an_email())
    for said in pieces:
        call.said(said)
    assert call.stored == (address, False)


@pytest.mark.parametrize(
    "pieces", [("jane", "greenwood dot org"), ("my email is jane greenwood dot org",)]
)
def test_an_at_that_was_lost_is_asked_about(pieces: tuple[str, ...]) -> None:
    call = Call(an_email())
    for said in pieces:
        call.said(said)
    assert call.heard == "Did you say greenwood dot org?"
    assert not call.captured
    assert call.said("yes").said("yes").stored == ("jane@greenwood.org", True)


def test_a_website_is_no_address_without_an_at() -> None:
    assert "Did you say" not in Call(an_email()).said("our website is greenwood dot org").heard


def test_who_was_told_to_go_on_and_is_not_understood_hears_the_question() -> None:
    call = Call(an_email()).said("greenwood dot org").said("banana")
    assert "What is your email?" in call.heard


def test_a_german_may_pause_after_a_sign() -> None:
    call = Call(an_email(), language="de", flow_language="de")
    call.said("jane punkt").said("smith ät gmail punkt com")
    assert call.stored == ("jane.smith@gmail.com", False)


def test_a_german_number_may_be_said_after_its_area_code() -> None:
    call = Call(a_phone(), language="de", region="DE", flow_language="de")
    call.said("Moment, die steht hier, null drei null").said("eins zwei drei vier fünf sechs")
    assert call.stored == ("+4930123456", False)
