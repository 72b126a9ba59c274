"""What callers say for each command, by language; `commands` looks for it."""

from __future__ import annotations

import re
from enum import StrEnum


class Command(StrEnum):
    """Commands that mean the same at every node; the first that fits counts."""

    REPEAT = "repeat"
    WAIT = "wait"
    PERSON = "person"
    START_OVER = "start_over"
    BACK = "back"
    GOODBYE = "goodbye"


def _sentences(before: str, after: str, *phrases: str) -> re.Pattern[str]:
    """One or more of the phrases and nothing else, politeness `before` and `after` aside."""
    phrase = rf"(?:(?:{before})\W+)*(?:{'|'.join(phrases)})(?:\W+(?:{after}))*"
    return re.compile(rf"^\W*{phrase}(?:\W+{phrase})*\W*$", re.IGNORECASE)


def _english(*phrases: str) -> re.Pattern[str]:
    return _sentences(
        r"um|uh|er|oh|hmm?|so|well|sorry|please|okay|ok|yeah|yes|no|hey|and|but|actually|look"
        r"|(?:can|could|may|might) (?:you|we|i)|(?:would|will) you|scratch (?:all )?that|forget (?:all )?that|do you mind|would you mind|let's|let me"
        r"|i(?:'d| would)(?: rather)? (?:like|prefer|love) to|i want to|i need to|i'd rather|just|please just",
        r"please|now|thanks|thank you|then|for me|again|instead|sorry|okay|ok|if you don't mind|first",
        *phrases,
    )


def _german(*phrases: str) -> re.Pattern[str]:
    return _sentences(
        r"äh|ähm|oh|also|bitte|ja|nein|okay|ok|entschuldigung|tut mir leid|aber|und|ach|können sie|könnten sie|können wir|könnten wir|würden sie|kann ich"
        r"|könnte ich|ich möchte|ich will|ich würde gerne?|dann",
        r"bitte|jetzt|danke|mal|noch ?mal",
        *phrases,
    )


_MOMENT = r"(?:a|one|two|just a|just one|a few|another|half a) (?:moment|second|minute|sec|min)s?"
_IT = (
    r"(?:that|it|this|the question|the last (?:bit|part|question)|what you(?: just)? said|yourself)"
)
_THINGS = (
    r"(?:(?:policy|phone|account|order|card) number|pen|pencil|card|phone|wallet|purse|calendar|diary|notes?"
    r"|papers?|paperwork|glasses|number|address|e-?mail|letter|computer|laptop)"
)
_OPERATOR = r"(?:real |actual |live |human )?(?:person|human(?: being)?|agent|operator|representative|rep|supervisor|advis[eo]r)"
_SOMEBODY = (
    rf"(?:an? |the |your |some |my )?(?:{_OPERATOR}|(?:someone|somebody|anyone|anybody)(?: real| else)?|manager"
    r"|receptionist|owner|boss|colleague|staff(?: member)?|team(?: member)?|sales(?:person| team| department)?"
    r"|customer (?:service|support|care)|(?:tech |technical )?support|front desk)"
)
_WISH = (
    r"(?:(?:can|could|may) i (?:please )?(?:have|get)|i(?:'d| would) (?:like|prefer|rather have)|i (?:want|need)"
    r"|is there|are there|get me|give me|(?:can|could) you (?:please )?put)"
)
_BYE = r"(?:good ?)?bye(?: bye|-bye)?(?: (?:now|then|for now))?"
_CLOSING = (
    r"(?:that(?:'s| is| was|'ll be| will be) (?:all|it|everything)|no thanks?(?: you)?|thanks?(?: you)?(?: very much| so much| a lot)?"
    r"|cheers|never ?mind|forget (?:it|that|about it)|have a (?:nice|good|great|lovely) (?:day|one|evening|weekend|night)"
    r"|i(?:'m| am) (?:done|all set|good))"
)
_ENGLISH = {
    Command.REPEAT: _english(
        rf"(?:say|repeat|tell me|ask(?: me)?|repeating|saying|asking|hear|read)(?: me)?(?: {_IT})?(?: (?:again|once more|one more time|slower|more slowly|louder))+",
        rf"(?:say|repeat|tell me|repeating) {_IT}",
        r"repeat|pardon(?: me)?|i beg your pardon|come again|once more|one more time|again|excuse me|sorry",
        r"what|(?<!\buh[- ])huh|eh|say what|what (?:was|is) (?:that|it)(?: again)?|what did you (?:just )?(?:say|ask)(?: again)?",
        r"what(?:'s| is| was) the question(?: again)?|run that by me(?: again)?|what do you mean",
        r"(?:i )?(?:didn't|did not|couldn't|could not|don't|do not|can't|cannot)(?: quite| really)? (?:hear|catch|get|understand|follow|make out)"
        rf"(?: (?:you|a word|any of (?:that|it)|{_IT}))?",
        rf"i missed {_IT}",
        r"(?:read|repeat|say|give)(?: (?:that|it|this|me that|me it))? back(?: to me)?|you(?:'re| are)? (?:breaking up|cutting out|very quiet|cut out|broke up)"
        r"|(?:the line(?:'s| is) (?:bad|terrible|breaking up)|i can (?:hardly|barely) (?:hear|understand) you|what's that(?: again)?)",
        r"like what|such as(?: what)?|for example(?: what)?|what for example|what kind of (?:thing|things|stuff)",
        r"(?:speak|talk)(?: a (?:bit|little))? (?:up(?: a (?:bit|little))?|louder|slower|more slowly)|slow down|(?:a (?:bit |little )?)?(?:slower|louder|more slowly)",
    ),
    Command.WAIT: _english(
        rf"(?:wait|hold on|hang on|bear with me|hold(?: the line)?|stay on the line|stand by)(?: (?:for )?{_MOMENT})?",
        rf"{_MOMENT}(?: while i \w+(?: \w+){{0,4}})?",
        rf"(?:give me|i need|i'll need|i'm going to need)(?: just)? {_MOMENT}",
        r"(?:let me(?: just)?|i(?:'ll| will|'ve got to| have to| need to|'m going to)(?: just)?) (?:go )?"
        rf"(?:see|think(?: about it)?|(?:check|look|find|get|grab|fetch)(?: (?:it|that|this|them|(?:my|a|the) {_THINGS}))?)"
        r"(?: (?:up|out|first|for you|for (?:it|that|them)))*",
        r"(?:let me|i(?:'ll| have to| need to)) (?:just )?ask (?:my|the) \w+|gimme (?:a|one) (?:moment|second|minute|sec|min)",
        rf"{_MOMENT}\W+(?:my|the|there's|i'm|i have|i need) \w+(?: \w+){{0,5}}",
        r"i(?:'m| am)(?: just| still)? (?:checking|thinking|looking(?: it up| for (?:it|that|my \w+))?|getting it|finding it)",
        r"(?:i(?:'ll| will) )?be right back",
    ),
    Command.PERSON: re.compile(
        # Anywhere in a sentence: "could I speak to your manager about this".
        r"(?:\b(?:speak|talk)(?: \w+)? (?:to|with)|\b(?:connect|put|get|transfer|give) me(?: through| over)?(?: to| with)?)"
        rf" {_SOMEBODY}\b(?!'| (?:to|who|for) )"
        r"|(?:\bnot\b|n't\b|\binstead of\b)(?: \w+){0,4}? (?:talk|speak|deal)(?:ing)? (?:to|with) (?:an? |the |some )?"
        r"(?:robot|machine|bot|computer|ai|recording)\b"
        # As the whole sentence: "representative", "I need a human".
        r"|\bhate (?:talking|speaking)? ?(?:to )?(?:robots|machines|bots|computers)\b"
        r"|^\W*(?:can|could|would) (?:an? |the )?(?:real |actual )?(?:person|human|somebody|someone) (?:please )?(?:call|ring|phone)(?: me)?(?: back)?\b"
        r"|^\W*(?:transfer me|put me through)\W*(?:please\W*)?$"
        rf"|^\W*(?:(?:actually|please|no|um|uh|hey|just)\W+)*(?:{_WISH}\W+{_SOMEBODY}|(?:an? |the )?{_OPERATOR}|customer service|someone real)"
        r"(?:\W+(?:please|there|instead|now|on|(?:that )?i can (?:talk|speak) (?:to|with)))*\W*$",
        re.IGNORECASE,
    ),
    Command.START_OVER: _english(
        r"(?:start|begin)(?: all)? (?:over|again|anew|afresh|fresh)(?: again)?(?: from (?:the )?(?:start|beginning|top|scratch))?",
        r"(?:start|begin|try|go|do (?:it|this|that|everything))(?: again)? from (?:the )?(?:start|beginning|top|scratch)",
        r"(?:go |take me )?(?:back to|from) (?:the (?:very )?)?(?:beginning|start|top|scratch|main menu)",
        r"restart|reset|do[- ]over|main menu",
    ),
    Command.BACK: _english(
        r"(?:go |take me |step |take )?back(?: up)?(?: (?:one|a)(?: (?:step|question))?)?",
        r"(?:go|take me|return|step)(?: back)? to (?:the )?(?:previous|last|prior|earlier) (?:question|one|step|thing)",
        r"(?:the )?previous question|the (?:question|one) before(?: that| this)?",
        r"(?:go )?(?:one|a) step back|previous|go to the question before(?: that)?",
    ),
    Command.GOODBYE: _english(
        rf"(?:{_CLOSING}\W+)*{_BYE}(?:\W+{_CLOSING})*",
        rf"(?:{_CLOSING}\W+)*(?:see (?:you|ya)(?: later| soon)?|(?:talk|speak) to you (?:later|soon)|take care|have a (?:nice|good|great|lovely) (?:day|one|evening|weekend|night))(?:\W+{_BYE})?",
        r"hang up|stop(?: (?:it|this|that|the call|calling(?: me)?|talking))?|(?:end|stop|cancel|terminate|finish) (?:(?:the|this|my) )?call|quit|exit|i(?:'m| am) (?:going to )?hang(?:ing)? up",
        r"i(?:'ve)? (?:have|got|need|gotta|have got) (?:to )?(?:go|run|hang up|leave)(?: now)?|i must go|i'm leaving",
        rf"(?:i(?:'m| am) )?not interested(?: in (?:this|that|any of (?:this|that)))?(?:\W+{_CLOSING})*",
        r"i (?:think i )?(?:(?:must )?have|(?:(?:must )?have |must've |'ve )?(?:dialed|dialled|called|got|rung)|'ve got) (?:the|a) wrong (?:number|place|person|company)",
        r"(?:i(?:'ll| will)|can i|let me) (?:just )?(?:call|ring|phone|try)(?: you)?(?: back)?(?: (?:again|later|tomorrow|another time|some other time))+|i(?:'ll| will) (?:call|ring|phone)(?: you)? back|i(?:'m| am) done here",
        r"leave me alone|(?:don't|do not|never) call(?: me| here)?(?: (?:again|anymore|any more|back))?|take me off (?:your|the|this) (?:list|call list)",
        r"(?:i )?(?:don't|do not) (?:want|wish|like) to (?:talk|speak|continue|go on|do this)(?: (?:to|with) you)?(?: (?:anymore|any more|any longer))?",
    ),
}
_MENSCH = r"(?:mensch\w*|person|mitarbeiter\w*|jemand\w*|kolleg\w*|berater\w*|chef\w*|kundendienst|kundenservice|zentrale)"
_GERMAN = {
    Command.REPEAT: _german(
        r"(?:das |die frage |es )?(?:bitte )?(?:wiederholen(?: sie(?: (?:das|es|die frage))?)?|noch ?mal|noch einmal)(?: (?:bitte )?(?:sagen|wiederholen|vorlesen))?|wie bitte|bitte(?=\?)|was haben sie(?: gerade)? gesagt|wie war das"
        r"|(?:wie|was) (?:war|ist|lautet)(?: (?:noch ?mal|noch einmal|denn|gleich))? die frage(?: noch ?mal)?"
        r"|(?:sagen|fragen) sie(?: mir)?(?: das| es)? (?:bitte )?(?:noch ?mal|noch einmal)|(?:das |sie )?(?:habe?|hab) ich (?:sie |das )?(?:leider )?nicht (?:verstanden|gehört|mitbekommen)"
        r"|ich (?:habe?|hab|verstehe|versteh|höre) (?:sie|das|es)?(?: leider| gerade)? ?(?:nicht|kaum|schlecht)(?: verstanden| gehört| mitbekommen)?|nicht verstanden|was|hä|hm\?|was (?:meinen|sagten) sie(?: damit)?"
        r"|(?:sprechen sie )?(?:bitte )?(?:etwas |ein bisschen )?(?:langsamer|lauter|deutlicher)(?: sprechen)?|zum beispiel|was (?:denn )?zum beispiel|die verbindung ist schlecht"
    ),
    Command.WAIT: _german(
        r"(?:(?:einen |nur einen |einen kleinen )?(?:moment|augenblick)(?: mal)?|(?:eine )?(?:sekunde|minute)|warten sie(?: kurz| einen moment| mal)?|bleiben sie dran"
        r"|ich (?:schaue?|sehe?|gucke?)(?: mal)?(?: kurz| eben)?(?: mal)? nach|ich brauche (?:noch )?(?:einen )?(?:moment|augenblick)"
        r"|ich (?:muss|will)(?: mal)?(?: kurz| eben)?(?: mal)? (?:nachsehen|nachschauen|nachgucken|überlegen|suchen)|ich (?:hole|suche)(?: mir)?(?: kurz| eben| schnell| mal)* (?:einen?|meinen?|die|das|den) \w+|ich überlege(?: noch)?)"
    ),
    Command.PERSON: re.compile(
        rf"\b(?:sprechen|reden|verbinden|verbinde|geben sie mir)\b.{{0,32}}\b{_MENSCH}\b"
        rf"|\b{_MENSCH}\b.{{0,24}}\b(?:sprechen|reden|verbinden)\b"
        rf"|^\W*(?:(?:bitte|ich (?:möchte|will|brauche))\W+)?(?:einen?[nm]? |den |die )?{_MENSCH}\W*(?:bitte\W*)?$"
        r"|^\W*(?:bitte )?(?:verbinden sie mich|stellen sie mich durch)\W*(?:bitte\W*|mit \w+(?: \w+)?\W*)?$",
        re.IGNORECASE,
    ),
    Command.START_OVER: _german(
        r"(?:noch ?mal |wieder |alles )?(?:ganz )?von vorne?(?: bitte)?(?: (?:anfangen|beginnen))?|(?:fangen wir |wir fangen )?(?:noch ?mal )?von vorne? an|neu (?:anfangen|beginnen|starten)|zum anfang|zurück zum anfang"
    ),
    Command.BACK: _german(
        r"(?:gehen (?:sie|wir) )?(?:(?:noch ?mal )?einen schritt )?zurück(?: gehen)?|(?:(?:zurück )?zur |die )?(?:vorherigen?|letzten?|vorige[n]?) frage"
    ),
    Command.GOODBYE: _german(
        r"(?:(?:das (?:war|ist)(?:'s| es)? ?(?:alles)?|das war'?s|nein danke|danke|danke schön|vielen dank|schönen tag(?: noch)?)\W+)*"
        r"(?:auf wieder(?:hören|sehen)|wiederhören|tschüss?i?|tschau|ciao|servus|ade|auflegen|ich lege(?: jetzt)? auf|stopp?|aufhören|beenden|(?:ich habe )?kein interesse|ich muss(?: jetzt)? (?:los|auflegen|gehen|weg)|lassen sie mich in ruhe"
        r"|(?:da )?(?:habe|hab) ich mich verwählt|ich (?:habe|hab) mich(?: wohl)? verwählt|falsch verbunden|ich (?:rufe|melde mich|ruf)(?: sie)?(?: (?:später|morgen|noch ?mal|wieder|ein andermal))+(?: an)?)"
        r"(?:\W+(?:danke|vielen dank|schönen tag(?: noch)?))*"
    ),
}
PATTERNS: dict[str, dict[Command, re.Pattern[str]]] = {"en": _ENGLISH, "de": _GERMAN}

# What each language is called, in itself and in the others that are here.
_NAMES: dict[str, str] = {
    "en": "english|englisch|anglais|inglés|ingles",
    "de": "german|deutsch|allemand|alemán|aleman",
    "fr": "french|français|francais|französisch|francés",
    "es": "spanish|español|espanol|spanisch|espagnol|castellano",
    "it": "italian|italiano|italienisch",
    "pt": "portuguese|português|portugues|portugiesisch",
    "nl": "dutch|nederlands|niederländisch",
    "pl": "polish|polski|polnisch",
    "tr": "turkish|türkçe|turkce|türkisch",
}
LANGUAGE = {
    code: re.compile(
        rf"\b(?:{names})\b\W*(?:(?:please|bitte|por favor|s'il vous plaît|sprechen|reden|thanks)\W*)*$",
        re.IGNORECASE,
    )
    for code, names in _NAMES.items()
}
ASKS_TO_SPEAK = re.compile(
    r"\b(?:speak|talk|switch|change|continue|prefer|in|auf|sprechen|sprich|reden|hablar?|en|parler)\b",
    re.I,
)
GIVES_UP = re.compile(
    r"^\W*(?:(?:no|okay|ok|sorry|um|uh|well|actually|you know what|oh)\W+)*"
    r"(?:(?:i )?(?:don't|do not|won't|can't|cannot) (?:want to |wanna |have time to )?(?:wait|hold)\b.*"
    r"|(?:i've|i have) (?:been waiting|waited) (?:too long|long enough)|(?:never ?mind|forget (?:it|that|about it))"
    r"|cancel(?: (?:that|it|this))?(?:,? go back)?|(?:let's |can we |i want to |i'd like to )?(?:go back|go on|continue|move on|start over)(?: without waiting)?"
    r"|(?:ich )?(?:will|kann|möchte) nicht (?:länger |mehr )?warten|vergessen sie es|zurück|abbrechen"
    r"|(?:ohne (?:zu )?warten )?weiter(?:machen)?)\W*$",
    re.IGNORECASE,
)
GREETING = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|how are you(?: doing)?(?: today)?"
    r"|is (?:anybody|anyone|somebody|someone) there|are you (?:still )?there|can you hear me|there"
    r"|hallo|guten (?:morgen|tag|abend)|grüß gott|moin|servus|sind sie (?:noch )?da)\b\W*)+$",
    re.IGNORECASE,
)
WHO_IS_THIS = _sentences(
    r"um|uh|so|and|sorry|wait|hi|hello|hey|und|äh|hallo|entschuldigung|moment",
    r"please|again|then|exactly|really|bitte|denn|noch ?mal|eigentlich|genau",
    r"who(?:'s| is) (?:this|that|calling|speaking|there)|who are you(?: people| guys)?|who am i (?:speaking|talking) (?:to|with)",
    r"(?:what|which) (?:company|business|place|office|number) (?:is this|are you|did i (?:call|reach|dial))|what are you",
    r"(?:are you|is this|am i (?:speaking|talking) (?:to|with)) an? (?:real |actual |live )?(?:robot|machine|bot|computer|ai|person|human(?: being)?|recording|voicemail|answering machine)",
    r"is (?:this|that) the [\w ]{3,30}|(?:ist|bin ich) (?:da|das|hier|dort)(?: (?:bei|mit))? (?:der|die|das|dem|den) [\w ]{3,30}",
    r"are you (?:real|human|automated|a real person or a (?:robot|machine|bot|computer))|(?:where|who) (?:have|did) i (?:called?|reached?)",
    r"wer (?:ist|spricht)(?: denn| da| dort)*|wer sind sie|mit wem (?:spreche|rede) ich|wo bin ich|welche firma ist das",
    r"sind sie (?:ein )?(?:echt|mensch|roboter|automat|computer|maschine|echter mensch)|ist das ein(?:e)? (?:roboter|automat|maschine|computer|mensch)",
)
HESITATION = re.compile(
    r"^\W*(?:(?:u+m+|u+h+|e+r+m*|h+m+|a+h+|ä+h*m*|well|so|let me (?:see|think)|let's see)\b\W*)+$",
    re.IGNORECASE,
)
