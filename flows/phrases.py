"""Sentences that every flow can say without its author writing them, by language.

An author replaces any of them under `phrases:`. `{value}` is what was understood, written in
captions and pronounced in speech.
"""

from __future__ import annotations

from flows.texts import Variants

PHRASES: dict[str, dict[str, Variants]] = {
    # nothing heard, nothing understood
    "no_input": {
        "en": ("Are you still there?", "I can't hear you. Please say something if you are there."),
        "de": ("Sind Sie noch da?", "Ich höre Sie nicht. Bitte sagen Sie etwas."),
    },
    "no_match": {
        "en": ("Sorry, I didn't catch that.", "Sorry, I still didn't get that."),
        "de": (
            "Das habe ich leider nicht verstanden.",
            "Ich habe es leider noch nicht verstanden.",
        ),
    },
    "goodbye_silent": {
        "en": ("I can't hear you, so I'll end the call here. Goodbye.",),
        "de": ("Ich höre Sie nicht und beende deshalb den Anruf. Auf Wiederhören.",),
    },
    "goodbye_lost": {
        "en": ("I'm sorry, I'm having trouble understanding. Please try again later. Goodbye.",),
        "de": (
            "Leider verstehe ich Sie nicht. Bitte versuchen Sie es später noch einmal. "
            "Auf Wiederhören.",
        ),
    },
    # what works anywhere
    "take_your_time": {"en": ("Take your time.",), "de": ("Lassen Sie sich Zeit.",)},
    "nobody": {
        "en": ("I'm sorry, nobody can take the call just now.",),
        "de": ("Leider kann gerade niemand Ihren Anruf annehmen.",),
    },
    "goodbye": {
        "en": ("All right. Thank you for calling. Goodbye.",),
        "de": ("In Ordnung. Vielen Dank für Ihren Anruf. Auf Wiederhören.",),
    },
    "other_language": {
        "en": ("I'm sorry, I only speak English.",),
        "de": ("Leider spreche ich nur Deutsch.",),
    },
    "apology": {
        "en": ("I'm sorry, something is wrong with this line. Goodbye.",),
        "de": ("Leider stimmt etwas mit dieser Leitung nicht. Auf Wiederhören.",),
    },
    # questions
    "go_ahead": {"en": ("Go ahead.",), "de": ("Bitte, fragen Sie.",)},
    "follow_up": {
        "en": ("Is there anything else you would like to know?",),
        "de": ("Möchten Sie noch etwas wissen?",),
    },
    "no_answer": {
        "en": ("I'm sorry, I don't have an answer to that.",),
        "de": ("Darauf habe ich leider keine Antwort.",),
    },
    # lead fields
    "offer_caller_number": {
        "en": ("Is the number you're calling from best?",),
        "de": ("Ist die Nummer, von der Sie anrufen, die beste?",),
    },
    "offer_known": {
        "en": ("I have {value}. Is that right?",),
        "de": ("Ich habe {value}. Stimmt das?",),
    },
    "read_back": {
        "en": ("I have {value}. Is that right?",),
        "de": ("Ich habe {value}. Stimmt das?",),
    },
    "thanks": {"en": ("Thanks, {value}.",), "de": ("Danke, {value}.",)},
    "got_it": {"en": ("Thanks, I've got it.",), "de": ("Danke, das habe ich.",)},
    "why_asked": {
        "en": ("It's only used to help you with this. If you'd rather not say, that's fine.",),
        "de": (
            "Wir brauchen es nur für Ihr Anliegen. Wenn Sie nicht möchten, ist das in Ordnung.",
        ),
    },
    "refused": {"en": ("That's all right.",), "de": ("Kein Problem.",)},
    "move_on": {"en": ("Let's leave that for now.",), "de": ("Lassen wir das fürs Erste.",)},
    "unconfirmed": {
        "en": ("I'm sorry about that. I've noted it down, and someone will check it.",),
        "de": ("Das tut mir leid. Ich habe es notiert, und jemand wird es prüfen.",),
    },
    "go_on": {"en": ("Go on.", "And then?"), "de": ("Ich höre.", "Und weiter?")},
    "once_more": {
        "en": ("Sorry about that. Let's try once more.",),
        "de": ("Entschuldigung. Versuchen wir es noch einmal.",),
    },
    "once_more_or_key": {
        "en": ("Sorry about that. Please say it once more, or type it on your keypad.",),
        "de": (
            "Entschuldigung. Bitte sagen Sie es noch einmal, oder tippen Sie es auf den Tasten.",
        ),
    },
    "missed_digit": {
        "en": (
            "I think I missed a digit. Please say the number once more, digit by digit, and zero "
            "for oh.",
        ),
        "de": ("Mir fehlt wohl eine Ziffer. Bitte sagen Sie die ganze Nummer noch einmal.",),
    },
    "missed_digit_or_key": {
        "en": (
            "I think I missed a digit. Please say the number once more, digit by digit, and zero "
            "for oh. Or type it on your keypad.",
        ),
        "de": (
            "Mir fehlt wohl eine Ziffer. Bitte sagen Sie die ganze Nummer noch einmal, oder tippen "
            "Sie sie auf den Tasten.",
        ),
    },
    "did_you_say": {
        "en": ("Did you say {value}?",),
        "de": ("Sagten Sie {value}?",),
    },
    "which_one": {
        "en": ("Which one is it: {value}?",),
        "de": ("Was davon ist richtig: {value}?",),
    },
    "or": {"en": ("or",), "de": ("oder",)},
    "spell_it": {
        "en": ("Sorry about that. Please spell it for me, letter by letter.",),
        "de": ("Entschuldigung. Bitte buchstabieren Sie es mir.",),
    },
    "spell_whole": {
        "en": ("Could you spell that for me, please?",),
        "de": ("Könnten Sie mir das bitte buchstabieren?",),
    },
    "spell_first": {
        "en": ("Could you spell your first name for me, please?",),
        "de": ("Könnten Sie mir bitte Ihren Vornamen buchstabieren?",),
    },
    "spell_last": {
        "en": ("And how do you spell your last name?",),
        "de": ("Und wie schreibt sich Ihr Nachname?",),
    },
    "spell_local": {
        "en": ("Could you spell the part before the at sign for me, please?",),
        "de": ("Könnten Sie mir bitte den Teil vor dem At-Zeichen buchstabieren?",),
    },
    "spell_domain": {
        "en": ("Could you spell what comes after the at sign, please?",),
        "de": ("Könnten Sie mir bitte buchstabieren, was nach dem At-Zeichen kommt?",),
    },
    "spell_last_digits": {
        "en": ("Sorry, what were the last {value} digits?",),
        "de": ("Entschuldigung, wie lauteten die letzten Ziffern?",),
    },
    "spell_digits": {
        "en": ("Sorry, could you say the number once more, digit by digit, and zero for oh?",),
        "de": ("Entschuldigung, könnten Sie die Nummer noch einmal Ziffer für Ziffer sagen?",),
    },
    "which_domain": {
        "en": ("And what comes after the at sign?",),
        "de": ("Und was kommt nach dem At-Zeichen?",),
    },
    "which_number": {
        "en": ("And what's the number of the house?",),
        "de": ("Und die Hausnummer?",),
    },
    "key_it": {
        "en": ("Please type it on your keypad instead, and press the hash key at the end.",),
        "de": ("Bitte tippen Sie es auf den Tasten ein, am Ende die Rautetaste.",),
    },
    "call_back": {
        "en": (
            "I've noted it as I heard it. If anything is unclear, we'll call you back on the number "
            "you're calling from.",
        ),
        "de": (
            "Ich habe es notiert, wie ich es verstanden habe. Ist etwas unklar, rufen wir Sie unter "
            "der Nummer zurück, von der Sie anrufen.",
        ),
    },
    "type_it": {
        "en": ("You can also type it into the box on your screen.",),
        "de": ("Sie können es auch in das Feld auf Ihrem Bildschirm tippen.",),
    },
    "typed_wrong": {
        "en": ("That doesn't look complete. Please check it, or say it to me.",),
        "de": ("Das sieht nicht vollständig aus. Bitte prüfen Sie es oder sagen Sie es mir.",),
    },
    # hand-offs
    "failure": {
        "en": ("I'm sorry, that didn't work just now. Someone will look into it.",),
        "de": ("Das hat gerade leider nicht geklappt. Jemand wird sich darum kümmern.",),
    },
    "in_touch": {
        "en": ("Somebody has taken your request, and will get in touch with you.",),
        "de": ("Jemand hat Ihr Anliegen übernommen und meldet sich bei Ihnen.",),
    },
    "waiting": {
        "en": (
            "Please hold on, somebody will be with you soon.",
            "Thank you for waiting.",
            "I'm still trying to reach somebody for you.",
            "Thank you for your patience. You can also ask to go on without waiting.",
        ),
        "de": (
            "Bitte bleiben Sie dran, gleich ist jemand für Sie da.",
            "Danke für Ihre Geduld.",
            "Ich versuche weiter, jemanden für Sie zu erreichen.",
            "Danke, dass Sie warten. Sie können auch ohne zu warten weitermachen.",
        ),
    },
}
