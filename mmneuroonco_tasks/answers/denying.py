"""Ways of not picking an option that is named: denying it, comparing it away, only considering it.

Patterns are over rewritten text; the group ``list`` is what is not picked, else all mentions of the match.
"""

from __future__ import annotations

from .gates import Patterns, gated
from .mentions import ANY, BY_LETTER
from .normalise import CROSS
from .tables import any_of, phrases_of, table
from .words import JOIN, LIST, few

_HEDGE = any_of(
    r"possibly perhaps maybe potentially less_likely less_probably alternatively could_also_be might_also_be",
    r"may_also_be conceivably followed_by then second(?:ly|arily)? otherwise if_not with less_so",
    r"to_a_lesser_extent at_most at_a_stretch",
)

#: After a stated lead, what is named as a second thought.
_SECOND_THOUGHT = table(
    r"""
    (?<=[\ue000-\ue2ff])(?P<gap>(?:\s?(?:first|most likely|more likely|probably|likely))?\s?[,;(]?\s?(?:(?:or|and|
        but|though|although)\s)?(?:it\s)?<HEDGE>\s)(?:even\s|an?\s)?(?P<list><LIST>)\)?(?:\s(?:is|as)\s(?:a\s)?
        (?:second\w*|possible|alternative))?
    """,
    HEDGE=_HEDGE,
    LIST=LIST,
)

_DRAFT = any_of(
    r"initially at_first(?:_glance|_sight|_look|_blush)? originally previously earlier",
    r"first_(?:thought|impression|guess|instinct|considered|glance|look|sight) first_i my_initial_\w+",
    r"initial_(?:impression|thought|guess|answer) preliminary tentative(?:ly)?",
    r"i_(?:had_|first_|at_first_|originally_|initially_)?thought had_thought",
    r"was_going_to_(?:say|answer|choose|pick|go_with) was_about_to",
    r"would_have_(?:said|chosen|picked|guessed|answered) was_tempted tempted_to one_might some_might you_might",
    r"draft first_pass instead_of_my",
)

#: What is only mentioned: each pattern's mentions are no claim. The group ``list`` where given, else all of them.
CONSIDERED = Patterns(
    phrases_of(
        r"""
        \b(?:between|among)\s(?P<list><ANY>\s(?:and|or|&|vs)\s<ANY>)
        ^\W*if\b[^\ue000-\uf8ff]{0,80},\s(?:then\s)?(?:it\s(?:is|may be|might be|could be|would be)\s|i(?:'d|
            \swould)\s\w+\s)?(?P<list><LIST>)
        <SECOND_THOUGHT>
        \b<DRAFT>\b[^\ue000-\ue2ff.;→]{0,60}(?:<LIST>)
        \b(?:between|among|amongst|whether|differentiat\w+|distinguish\w*|separat\w+|discriminat\w+|choices? (?:are|
            include|were|being)|(?<!correct )(?<!right )(?<!best )options? (?:are|include|were|being|available are|
            given are|listed are|provided are)|candidates?(?: (?:are|include))?:?|differentials?(?: diagnos[ie]s)?
            (?: (?:is|are|includes?|list|considerations?(?: include)?))?:?|compar(?:ed?|ing)(?: (?:to|with))?|mimic(?:s|
            ked|king)?|eg|including|includes?|unless|excluding|possibilities(?: (?:are|include))?:?|considerations?
            (?: (?:are|include))?:?|alternatives?:?|runner-up:?|second choice:?|second(?: best| most likely)?:|
            less likely:|distractors?:?|features that (?:suggest|favou?r)|depends on)\s(?:<FEW_2_PLAIN>)(?:from\s)?
            (?:<LIST>)(?:\sfrom\s(?:<LIST>))?
        (?<!all )\b(?:of|from)\s(?P<list><ANY>(?:(?:<JOIN>){1,2}<ANY>)+)
        \b(?:considered|considering|consider)\s<FEW_2>(?P<list><LIST>)(?!\s(?:the|as|to)\b)
        (?:<LIST>)\s(?:vs\.?|versus)\s(?:<LIST>)
        \b(?:typically|usually|commonly|often|generally|classically|frequently)\s(?:\w+\s){0,3}(?P<list><LIST>)
        (?P<list><ANY>)\s?(?:,\s)?(?:(?:is|are|was|were|can|could|may|might|would|should|seems?|remains?|looks?|also|
            still|be|an?|the|another|only|have|been|being|had|it|initially|less|somewhat|too)\s){0,5}
            (?:remains? possible|possible|a possibility|possibility|plausible|alternative|considered|considerations?|
            differential|tempting|conceivable|mentioned|discussed|second|possible too|my first (?:thought|impression|
            guess|instinct)|seemed (?:right|likely|plausible)|attractive)\b(?!\s(?:answers?|options?|choices?))
        \bremains? possible\s<FEW_2>(?P<list><ANY>)
        (?P<list><LIST>)\s(?:typically|usually|commonly|often|generally|classically|frequently|would|tends?)\b(?!\s
            (?:be\s(?:the|my|most|more|a good|best|correct|right)|fit|match|best|the best|seem))
        (?P<list><BY_LETTER>(?:(?:<JOIN>){1,2}<BY_LETTER>)*)\s(?:describes?|means|refers|indicates|requires?|has|have|
            show\w*|present\w*|occurs?|arises?|enhances?)\b(?!\s(?:the\s)?(?:best|most|highest|strongest|greatest|
            correct))
        \b(?:common|frequent|known|many|other|some)\s(?:\w+[\s-]){0,4}?(?:include|includes|are)\s(?P<list><LIST>)
        """,
        ANY=ANY,
        LIST=LIST,
        SECOND_THOUGHT=_SECOND_THOUGHT,
        DRAFT=_DRAFT,
        FEW_2_PLAIN=few(2, verbs=False),
        JOIN=JOIN,
        FEW_2=few(2),
        BY_LETTER=BY_LETTER,
    )
)

_NOT = any_of(
    r"\bnot n't \bcannot \bnever \bno \bneither \bnor \bwithout \brather_than \binstead_of \bas_opposed_to",
    r"\bopposed_to \bunlike \bexcept(?:_for)? \bapart_from \bother_than \bversus \babsence_of \bfar_from \bnicht",
    r"\bkein\w* \bpas \bnon \bnão \bне \bni \bniet \bikke \binte \bnie",
)

_ELIMINATE = any_of(
    r"rul(?:es?|ed|ing)_out exclud(?:es?|ed|ing) eliminat(?:es?|ed|ing) reject(?:s|ed|ing)? discard(?:s|ed|ing)?",
    r"dismiss(?:es|ed|ing)? against than over unlikely(?:_to_be)? less_like(?:ly)? incorrect:? wrong:? excluded:?",
    r"ruled_out:? eliminated:? unlikely: incorrect_options?:? wrong_options?:? not_consistent_with",
    r"inconsistent_with incompatible_with differs?_from different_from doubt",
)

_VERB_NO = any_of(
    r"not\b n't\b no\b incorrect wrong unlikely less\s least\s excluded ruled_out eliminated rejected discarded",
    r"dismissed false inaccurate inconsistent incompatible impossible improbable rare\b rarer rarely",
    r"does(?:n't|_not) do(?:n't|_not) did(?:n't|_not) can(?:no|')t can_not is(?:n't|_not) are(?:n't|_not)",
    r"was(?:n't|_not) were(?:n't|_not) wo(?:n't) will_not would(?:n't|_not) could(?:n't|_not) fails?\b lacks?\b",
    r"out\b(?!_of) nope 不对 不正确 错误 错 不符合 不是 不正確 falsch incorrect[ao]? faux errat sbagliat errad",
    r"неверн неправильн",
    CROSS,
)

DENIED = Patterns(
    phrases_of(
        r"""
        (?P<list><LIST>)(?:,\s?no\s?(?=[;,.]|$)|\s?\((?:no|not|incorrect|wrong|unlikely|excluded|false|less likely)\))
        (?P<list><LIST>)[\s:)|.-]{0,4}(?:(?:is|are|was|were|seems?|looks?|appears?|would|should|be|all|both|also|
            therefore|thus|clearly|probably|likely|very|quite|much|too|definitely|certainly|it|they|he|simply|just|can|
            could|may|option|here|to)\s){0,5}<VERB_NO>\)?
        <NOT>\s<FEW_6>(?P<list><LIST>)
        (?:不是|并非|不选|而非|排除|不符合|ではなく|아니라|非)\s?(?P<list><LIST>)
        (?P<list><LIST>)\s?(?:ではなく|ではない|이? ?아니라|이? ?아닙니다)
        \b<ELIMINATE>\s<FEW_3>(?P<list><LIST>)
        \b(?:take|taking|took)\s(?P<list><LIST>)\sback\b
        (?P<kept>\bprefer\w*\s<FEW_2><ANY>\s)(?:to|over)\s(?P<list><LIST>)
        (?<=[\ue000-\ue2ff])\s?(?:[(,]\s?)?>{1,3}\s?(?P<list><LIST>)
        """,
        LIST=LIST,
        VERB_NO=_VERB_NO,
        NOT=_NOT,
        FEW_6=few(6),
        ELIMINATE=_ELIMINATE,
        FEW_3=few(3),
        FEW_2=few(2),
        ANY=ANY,
    )
)

#: Several that are all held possible.
BOTH_POSSIBLE = gated(
    table(
        r"""
        (?P<list><ANY>(?:(?:<JOIN>){1,2}<ANY>)+)\s(?:are|seem|remain|could be|may be|might be|look|would be|would|could|
            can be|can)\s(?:both |all |equally |also |each |be ){0,3}(?:possible|plausible|valid|reasonable|acceptable|
            viable|likely|conceivable)
        (?:torn|toss-?up|undecided|split|tie) between\s(?P<tied><LIST>)
        ^\W*(?P<versus><ANY>\s(?:vs?|versus)\s<ANY>)\W*$
        """,
        ANY=ANY,
        JOIN=JOIN,
        LIST=LIST,
    ),
)

#: The worse side first; the better side stays.
COMPARED = gated(
    table(
        r"""
        (?P<list><LIST>)\s(?:(?:is|are|was|seems?|looks?|appears?|would be|much|somewhat|far|slightly|also|even)\s){0,3}
            (?:less|not as|not so|worse|weaker)\b[^\ue000-\ue2ff.;]{0,30}(?:than|as)\s(?=<ANY>)
        """,
        LIST=LIST,
        ANY=ANY,
    ),
)
