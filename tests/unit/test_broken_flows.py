"""Flows with every kind of mistake: all are told at once, each with its place, none is made up."""

from __future__ import annotations

import pytest

from flows.check import examine
from flows.errors import FlowInvalid, Problem
from flows.load import parse_flow

GOOD = """
name: T
start: hello
nodes:
  hello: {type: start, say: Hi., next: q}
  q:
    type: clarify
    question: Repair or question?
    options:
      - {name: repair, words: [fix], keys: ["1"], next: lead}
      - {name: question, words: [ask], keys: ["2"], next: faq}
  faq: {type: rag_answer, say: "What?", next: bye}
  lead:
    type: lead_gate
    fields: [{field: name, ask: "Name?"}]
    next: bye
  bye: {type: end, say: "Bye, {lead.name|friend}."}
"""


def with_changes(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def problems(text: str) -> list[Problem]:
    try:
        return list(examine(parse_flow(text)))
    except FlowInvalid as error:
        return list(error.problems)


DE = ("start: hello", "start: hello\nlanguages: [de]")
OPTIONS = "    options:"
FAQ = '  faq: {type: rag_answer, say: "What?", next: bye}'


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        # Nothing wrong.
        ([], []),
        ([("[fix]", "[no, on, 12:30, 2026-01-01]")], []),
        ([(OPTIONS, "    keys: {9: faq, '#': '@repeat'}\n    options:")], []),
        ([(FAQ, f"{FAQ.replace('faq: ', 'faq: &f ')}\n  more: *f"),
          (OPTIONS, '    keys: {"9": more}\n    options:')], []),
        # Written twice, or not as it must be.
        ([("  bye:", "  faq: {type: end}\n  bye:")], ["faq: faq is written twice"]),
        ([("say: Hi.", "say: Hi., say: Ho.")], ["hello.say: say is written twice"]),
        ([(OPTIONS, "    keys: {9: faq, 9: lead}\n    options:")], ["q.keys.9: 9 is written"]),
        ([(OPTIONS, "    keys: {a: faq}\n    options:")], ["q.keys.a: is not written"]),
        ([(OPTIONS, '    keys: {"9": "@wait"}\n    options:')], ["q.keys.9: is not written"]),
        ([(OPTIONS, "    no: x\n    options:")], ["q.no: extra inputs"]),
        ([("  faq:", "  früge:"), ("next: faq", "next: bye")], ["früge: is not written"]),
        ([("say: Hi.", "say: {english: Hi.}")], ["hello.say.english: is not written"]),
        ([('keys: ["1"]', "keys: [1]")], ["q.options[0].keys[0]: must be text"]),
        ([("type: rag_answer", "type: rag")], ["faq: there is no node type rag"]),
        ([("type: rag_answer, ", "")], ["faq: has no type"]),
        ([(FAQ, "  faq: [a]")], ["faq: must be a mapping"]),
        ([(OPTIONS, "    attempts: 99\n    patience_ms: soon\n    options:")],
         ["q.patience_ms: ", "q.attempts: "]),
        ([("field: name, ask", "field: name, confirm: readback, ask")],
         ["lead.fields[0].confirm: input should be"]),
        # Said nothing, or what can't be said.
        ([('say: "What?"', "say: '  '")], ["faq.say[0]: holds nothing but spaces"]),
        ([('say: "What?"', "say: []")], ["faq.say: says nothing"]),
        ([("say: Hi.", 'say: "a\\0b"')], ["hello.say[0]: holds a character that can't"]),
        ([(OPTIONS, "    no_match: {reprompts: [So, So]}\n    options:")],
         ["q.no_match.reprompts: warning: says the same twice"]),
        # Where it goes.
        ([("next: faq}", "next: fag}")],
         ["q.options[1].next: there is no node fag (did you mean faq?", "faq: nothing leads to"]),
        ([("say: Hi., next: q", "say: Hi., next: hello")],
         ["q: nothing leads", "faq: nothing leads", "lead: nothing leads", "bye: nothing leads",
          "hello: no path from here reaches an end", "hello.next: leads back to itself"]),
        ([("    next: bye", "    next: lead")],
         ["lead: no path from here", "lead.next: leads back to itself without a word"]),
        ([(OPTIONS, "    no_input: {then: q}\n    options:")], ["q.no_input.then: leads back"]),
        ([(OPTIONS, "    fallback: q\n    attempts: 1\n    options:")], []),
        ([("  bye:", "  d: {type: dispatch, next: bye, on_failure: e}\n"
           "  e: {type: dispatch, next: lead, on_failure: d}\n  bye:"),
          ("next: lead}", "next: d}")],
         ["d.on_failure: leads back to itself without asking the caller (d → e → d"]),
        ([("start: hello", "start: q")], ["q.type: the flow starts at", "hello: nothing leads"]),
        ([("start: hello", "start: hello\noperator: op\nquestions: bye")],
         ["operator: there is no node op", "questions: bye is not a rag_answer"]),
        # What chooses two.
        ([('keys: ["2"]', 'keys: ["1"]')], ["q.options[1]: “key 1” already chooses repair"]),
        ([(OPTIONS, '    keys: {"1": faq}\n    options:')], ["q.options[0]: “key 1” already"]),
        ([("[ask]", "[FIX!]")], ["q.options[1]: “fix” already chooses repair"]),
        # Placeholders.
        ([("say: Hi.", "say: 'Hi {Lead.Name}.'")], ["hello.say: has braces that are no"]),
        ([("say: Hi.", "say: 'Hi {lead.name.'")], ["hello.say: has braces that are no"]),
        ([("say: Hi.", "say: 'Hi {foo}.'")], ["hello.say: {foo} is unknown"]),
        ([("say: Hi.", "say: 'Hi {lead.name}.'")], ["hello.say: {lead.name} may be used before"]),
        ([("{lead.name|friend}", "{lead.name}")], ["bye.say: {lead.name} may be used before"]),
        ([("{lead.name|friend}", "{lead.phone}")], ["bye.say: {lead.phone} is used, but no"]),
        # Several at once, wrong shapes among them.
        ([("start: hello", "start: helo"), ("next: faq}", "next: fag}"),
          ("say: Hi.", "say: '{foo}'"), ("field: name, ask", "field: nick, ask")],
         ["lead.fields[0].kind: field required", "start: there is no node helo",
          "q.options[1].next: there is no node fag", "hello.say: {foo} is unknown"]),
        ([('say: "What?", next: bye', 'sai: "What?", next: buy')],
         ["faq.sai: extra inputs", "faq.say: field required", "faq.next: there is no node buy"]),
        ([("say: Hi.", "say: Hi., nxt: q"), ("{lead.name|friend}", "{lead.x}")],
         ["hello.nxt: extra inputs", "bye.say: {lead.x} is used, but no lead_gate asks"]),
        ([DE, ("say: Hi.", "say: {en: Hi., fr: Salut.}"), ("question: Repair or question?",
           "question: {en: A, de: B}")],
         ["hello.say: has no text in de", "hello.say: has a text in fr",
          "faq.say: has no text in de", "lead.fields[0].ask: has no text in de",
          "bye.say: has no text in de"]),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_is_told_and_nothing_else(
    changes: list[tuple[str, str]], told: list[str]
) -> None:
    found = [str(problem) for problem in problems(with_changes(*changes))]
    left = list(found)
    for start in told:
        hit = next((one for one in left if one.startswith(start)), None)
        assert hit, (start, found)
        left.remove(hit)
    assert not left


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "[1]", "name:\tT\n\tx: 1", '{"name":', "!!python/name:os.system x",
        "a: &a [*a]",         "&a\nname: T\nstart: x\nnodes: *a", "name: T\nstart: a\nnodes: [a]",
        "name: T\nstart: a\nnodes:\n  a: &x {type: start, say: [*x], next: b}",
        "name: " + "[" * 3000,
        "name: " + "x" * (1 << 20), GOOD + "---\nname: x\n",
        "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" if a != "_" else "b: &b [x]\n"
                for a, b in zip("_bcdefgh", "bcdefghi", strict=True)),
    ],
)  # fmt: skip
def test_no_text_brings_the_check_down(text: str) -> None:
    assert all(problem.message for problem in problems(text)) and problems(text)


def test_a_very_long_flow_is_checked() -> None:
    count = 3000
    asks = "".join(
        f"  n{place}: {{type: clarify, question: x, "
        f"options: [{{name: a, words: [b], next: n{place + 1}}}]}}\n"
        for place in range(count)
    )
    text = (
        "name: T\nstart: hello\nnodes:\n  hello: {type: start, say: x, next: n0}\n"
        f"{asks}  n{count}: {{type: end}}\n"
    )
    assert not problems(text)
