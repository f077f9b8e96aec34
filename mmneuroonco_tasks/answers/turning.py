"""Where statements begin and end, and where a text changes its mind. Patterns are over rewritten text."""

from __future__ import annotations

from .gates import FirstOf, Patterns, gated
from .mentions import ANY
from .normalise import CROSS, TICK
from .tables import phrases_of, table

#: Said before the statement proper; rewritten so that the other patterns need not know them.
_IDIOMS = (
    ((
        r"\b(?:if|when)\s(?:(?:i|one|we)(?:'m|\sam|\swere|\swas|'d|\shad|\shave|\smust|\sis)?|really|"
        r"absolutely)?\s?(?:had|have|forced|pressed|pushed|obliged|compelled|asked|required|"
        r"must)?\s?(?:to\s)?(?:pick|choose|select|guess|answer|decide|commit|go with one|give (?:an|one|"
        r"a single) answer|make a (?:choice|guess|pick))?(?:\s(?:one|an option|an answer|a single (?:option|"
        r"answer|letter)|only one|just one|from (?:the|these|those) (?:\w+\s)?(?:options|choices)|among (?:the|"
        r"these|those) (?:\w+\s)?options|now|something))?\s?[,:-]\s?"
    ), " i choose "),
    (r"\bfor the (?:purposes?|sake) of (?:this|the) \w+(?: \w+)?\s?[,:]\s?", " "),
    ((
        r"\b(?:there is |there's )?(?:no|without (?:a |any )?|beyond (?:a |"
        r"any )?(?:reasonable )?)\s?doubt(?: that)?\b|\bundoubtedly\b"
    ), " clearly "),
    (r"\bnot only\b", " "),
    (r"\bnot (?:unlikely|impossible|implausible|unreasonable)\b", " possible "),
    (r"\bsuch as\b|\bfor example\b|\bfor instance\b", " eg "),
    (r"\bas well as\b", " and "),
    ((
        r"\b(?:can(?:no|')t|can not|could(?: not|n't)|may not|might not|isn't|is not|not) (?:be )?(?:entirely |"
        r"completely |fully |definitively |totally |be )?(?:excluded?|ruled? out|dismissed?|discounted?)\b"
    ), " remains possible "),
    ((
        r"\b(?:can(?:no|')t|can not|could(?: not|n't)) (?:entirely |completely |fully )?(?:exclude|rule out|"
        r"dismiss)\b"
    ), " considered "),
    (r"\bhas (?:to|got to) be\b|\bought to be\b", " must be "),
    (r"\bmy (?:first|top|final|own|personal|best|preferred) (choice|pick|guess|answer|option)\b", r" my \1 "),
)  # fmt: skip
_IDIOM = Patterns(pattern for pattern, _ in _IDIOMS)


def without_idioms(sentence: str) -> str:
    """The sentence in the words that the other patterns know."""
    if _IDIOM.possible_in(sentence):
        for pattern, (_, instead) in zip(_IDIOM.patterns, _IDIOMS, strict=True):
            sentence = pattern.sub(instead, sentence)
    return sentence


#: A turn of mind: what was said before it no longer holds if something is said after it.
_CORRECTING = phrases_of(
    r"""
    no,? wait
    wait
    hold on
    correction
    scratch that
    strike that
    on second thoughts?
    (?:on|upon|after) (?:further |closer |careful |more |second |additional |re-?|a |the )*(?:reflection|consideration|
        inspection|review|look|evaluation|examination|analysis|thought|assessment|reconsider\w*|check\w*|exam)
    let me (?:re\w+|double[- ]check|correct|check again|think again|look again)
    re-?(?:considering|evaluating|checking|examining|assessing|viewing|thinking)
    i(?:'ll| will|'m| am)?(?: therefore| thus| now| will| must| should| have to| would)? (?:chang(?:e|ed|ing)|
        revis(?:e|ed|ing)|correct|switch|amend|update|retract)
    i (?:meant|mean|was wrong|take (?:that|it|[\ue000-\ue2ff]) back|misspoke|stand corrected|made a mistake)
    (?:my|a) mistake
    my bad
    that(?:'s| is| was)(?: \w+)? (?:wrong|incorrect|not right|a mistake)
    oops
    changed? my mind
    (?:revised|updated|corrected|amended|new)(?: final)? (?:answer|choice|selection)
    (?:edit|update)(?=:)
    chang(?:e|ed|ing) (?:it |this |that )?to
    actually,? no
    actually
    hmm
    instead
    """,
)
CORRECTION = FirstOf(
    [
        *(rf"\b(?:{phrase})\b" for phrase in _CORRECTING),
        *phrases_of(
            r"""
            (?:^|[-,.…?!]\s?)no(?=[,:]\s?\S)
            (?:^|[.!?]\s)no\.\s
            更正
            等等
            等一下
            不对[,，]
            重新考虑
            仔细看
            待って
            いや
            아니[,.]
            espera\b
            attendez\b
            moment mal
            """,
        ),
    ]
)

#: Corrections that may also be ordinary words: they count only before a conclusion or an announced answer …
WEAK_CORRECTION = gated(r"actually|hmm|instead")

#: … and second looks only before a letter.
SECOND_LOOK = gated(r"(?:on|upon|after) (?!second thought).*|re.*|let me .*")

#: Takes back what was said, whatever follows.
RETRACTION = gated(
    table(
        r"""
        \b(?:scratch|strike) that\b
        \bthat(?:'s| is| was)(?: \w+)? (?:wrong|incorrect|not right|a mistake)\b
        \bi take (?:that|it|[\ue000-\ue2ff]) back\b
        """,
    ),
)

#: Where one clause ends and another statement begins.
BREAK = gated(
    table(
        r"""
        \s(?=(?:but|however|so|therefore|thus|hence|nevertheless|nonetheless|although|though|even though|while|whereas|
            because|since|given|that said|having said that|still,|yet|due to|owing to|with that said|despite|whilst|
            mais|pero|sondern|aber|deshalb|donc|ma|mas|но|поэтому)\b)
        ;(?!(?<=^<ANY>;)\s?<ANY>\W*$)\s?
        (?<=[^\s:])\s-\s(?=.)(?!no\b|yes\b|not\s(?!(?:an?\s|the\s)?<ANY>)|(?:very\s|most\s|less\s|more\s)?(?:unlikely|
            likely|incorrect|wrong|correct|right|excluded|ruled|eliminated|possible|plausible|best|false|true|doesn't|
            does\snot|isn't)\b|[<TICK><CROSS>])
        (?<=[a-z0-9])\s?→\s?(?=[\ue000-\ue2ff])
        …\s?
        (?<=[\ue000-\ue2ff,])\s?(?=as\s(?!an?\s(?:ai|large)))
        (?:但是?|不过|然而|ただし|しかし|하지만|그러나)
        而是
        因为
        ,\s(?=it's\s|it is\s|this is\s|that's\s|rather,|rather\s(?!than)|i\s|i'd\s|i'll\s)
        """,
        ANY=ANY,
        TICK=TICK,
        CROSS=CROSS,
    ),
)

#: What parts the sentences of a line, after their end.
SENTENCE_END = gated(r"[.!?…](?P<between>[\"')\]]{0,2}\s+)")
