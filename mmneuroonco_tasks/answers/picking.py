"""Ways of picking an option: announcing it, choosing it, saying of it that it is right, ending in it.

Patterns are over rewritten text; the group ``list`` (``arrow``) is what is picked.
"""

from __future__ import annotations

import re

from .gates import gated
from .mentions import ANY
from .normalise import ARROW, TICK
from .tables import any_of, table
from .words import LIST, SOME_FILLERS, few

_ADJECTIVE = any_of(
    r"final finally correct right best closest likely probable appropriate suitable fitting accurate overall chosen",
    r"selected proper true updated revised corrected new ultimate definitive definite own short single proposed",
    r"predicted preferred model my the our concluding supported plausible consistent",
)

#: Words that announce an answer. "diagnosis" and its like do so only right before the answer.
_LABEL = table(
    r"""
    (?:<ADJECTIVE>\s){0,3}(?:answers?|ans|choices?|selections?|picks?|response|solution|verdict|decision|prediction|
        predicted|result|guess|output|edit|update|options?|option letter|letters?|label|conclusion|final|selected|
        correct|chosen|correction|updated|revised|answer key|bottom line|tl;?dr|final diagnosis|diagnosis|
        impression|q\s?\d{1,3}|question\s?\d{1,3})\b
    (?:最有?可能的?|最终|最終|正确|正確|我的|标准|參考|参考)?(?:答案|答复|答覆|选择|選擇|选项|選項|结论|結論|回答|解答)
    答え
    正解
    (?:正しい|最も(?:可能性が高い|適切な|近い))(?:の|もの|選択肢|診断)?
    (?:可能性最大|最可能|最有可能|最合适)的
    가장 (?:가능성이? 높은|적절한|가까운)(?: 것| 답)?
    解答
    回答
    (?:최종\s?|올바른\s?)?(?:정답|답변|답|대답)
    (?:respuesta|opción|elección|conclusión)(?: (?:correcta|final|es|más probable))?
    (?:la )?(?:bonne |meilleure )?(?:réponse|conclusion|choix)(?: (?:correcte?|finale?|exacte|juste|est|
        la plus probable))?
    (?:die |finale |richtige |korrekte |beste |meine |endgültige )*(?:antwort|lösung|auswahl)(?: (?:lautet|wäre))?
    risposta(?: (?:corretta|finale|esatta|giusta|è))?
    (?:a )?(?:resposta|alternativa|opção|gabarito)(?: (?:correta|final|certa))?
    (?:правильный |окончательный |верный |мой )?(?:ответ|вариант)
    (?:الإجابة|الجواب|الاجابة|الخيار)(?: (?:الصحيحة|الصحيح|النهائية))?
    antwoord
    (?:doğru )?(?:cevap|yanıt)
    (?:prawidłowa |poprawna )?odpowied[źz]
    (?:prawidłowa )?odpověď
    đáp án(?: đúng)?
    câu trả lời
    jawaban(?: yang benar| akhir)?
    (?:सही )?उत्तर
    svar(?:et)?
    vastaus
    απάντηση
    відповідь
    תשובה
    پاسخ
    คำตอบ
    răspuns(?:ul)?
    válasz
    jawapan
    """,
    ADJECTIVE=_ADJECTIVE,
)

_LINK = table(
    r"""
    \s?[:=]+\s?
    \s?-+\s
    \s?→\s?
    \s?\|\s?
    \s(?:is|are|was|be|would be|will be|should be|must be|could be|might be|may be|seems to be|appears to be|
        remains|has to be|es|est|ist|è|é|lautet|wäre|sería|هي|هو|là|adalah|är|er|jest|to|becomes|
        is as follows:?)\s?[:=]?\s?
    \s?(?:是|为|為|应该是|应为|應為|应该为|应是|は|은|는|이|가)\s?[:]?\s?
    (?<=\w)'s\s
    """,
)

_ABOUT = table(
    r"""
    (?:\s(?:to|for|here|among|of|in|from|is|would|that|which|based|on|the|this|these|those|question|questions|
        multiple-choice|mcq|options?|choices?|listed|given|provided|above|image|i|q\d{1,3}|case|my|opinion|\d|be|
        with|regard|most|likely|on|findings|a|quiz|puzzle|task|problem|would|choose|select|pick|give|letter)){0,9}?
    """,
)

MARKER = gated(
    table(
        r"""
        (?<![^\W_])(?P<label><LABEL>)(?:\([^()]{0,20}\))?s?<ABOUT>\s?(?:<LINK>)
            (?:[\s\"'(:\[→<TICK>-]{0,3})<SOME_FILLERS>[\"'(\[]?(?P<list><LIST>)
        """,
        LABEL=_LABEL,
        ABOUT=_ABOUT,
        LINK=_LINK,
        TICK=TICK,
        SOME_FILLERS=SOME_FILLERS,
        LIST=LIST,
    ),
)

#: "none" as a whole answer, after its announcement or verb.
NONE_ANNOUNCED = gated(
    table(
        r"""
        (?P<before>^[^\w\n\ue000-\uf8ff]{0,4}<ANY>\s?[:.)|,(=-]{1,2}\s?|(?<![^\W_])(?:<LABEL>)<ABOUT>\s?<LINK>|\b
            (?:choose|pick|select|say|answer)\s)(?:none|neither|nothing|无)(?=\s?[.!\"')]*\s?(?:$|\n))
        """,
        ANY=ANY,
        LABEL=_LABEL,
        ABOUT=_ABOUT,
        LINK=_LINK,
    ),
    re.M,
)

#: The announcement of what then turns out a refusal.
ANNOUNCED = gated(rf"(?:^|[\s.,])(?:{_LABEL})\s?[:=]+\s?[^\w\ue000-\ue2ff]{{0,2}}$")

#: The announcement alone on a line: its answer is on the next.
LABEL_LINE = gated(
    table(
        r"""
        ^(?P<label>\W{0,3}(?:(?:so|therefore|thus|here is|here's)[, ]+)?<LABEL>(?:\s(?:is|to the question|es|est|
            ist))?)\s?:?\s?\n+(?=\W{0,4}[^\W_]|\W{0,4}<ANY>)
        """,
        LABEL=_LABEL,
        ANY=ANY,
    ),
    re.M,
)

FINALITY = gated(
    table(
        r"""
        \bfinal
        \bconclu
        最终
        最終
        최종
        \bultimate
        \bdefinitiv
        \brevised
        \bupdated
        \bcorrect(?:ed|ion)\b
        окончательн
        النهائ
        endgültig
        bottom line
        tl;?dr
        """,
    ),
)

#: Verbs of choosing, right before the mention.
PICK = gated(
    table(
        r"""
        (?:\b(?:choos\w+|chose|select(?:ing|ed)?|chosen|pick(?:ing|ed)?|go(?:ing)? (?:ahead )?(?:with|for)|went with|opt
            (?:ing)?(?: for)?|vot(?:e|ing)(?: for)?|i(?:'d| would| will|'ll)? answer|answering|answer(?: with)?|
            settl\w+ (?:on|for)|lean(?:s|ing)?(?: \w+)? (?:to|toward|towards)|stick(?:ing)? with|bet on|guess(?:ing)?|
            say|conclud\w+(?: that)?|(?:my )?answers? to|chang\w+(?: (?:my|the) (?:answer|choice|mind|selection|
            pick))? to|switch\w*(?: (?:my|the) (?:answer|choice))? to|revis\w+(?: (?:my|the) (?:answer|choice))? to|
            prefer|i(?:'d)? favou?r|submit|i(?:'d| would|'ll)? (?:take|mark|tick|circle|put|assign|rank)|predicts?|rank
            (?:ed|ing)?|i(?:'m| am) (?:confident|certain|sure)(?: that)?|i (?:think|believe|suspect|meant?|assume)
            (?: that)?|elijo|elegiría|escojo|escogería|selecciono|choisi(?:s|rais)|
            je (?:dirais|pense)|wähle|scelgo|sceglierei|escolho|выбираю|kies|point\w* to
            (?:ward)?s?)\s|(?:应选|故选|应该选|我选择|我选|我会选择?|选择|选|選擇|選|故答案为))\s?[:\"'(]?\s?<SOME_FILLERS>(?P<list><LIST>)
        """,
        SOME_FILLERS=SOME_FILLERS,
        LIST=LIST,
    ),
)

#: The mention is said to be the answer: "B is the best choice".
PREDICATED = gated(
    table(
        r"""
        (?P<list><LIST>)\s(?:is|are|was|would be|must be|should be|seems|appears|has to be)\s(?:(?:to be|clearly|
            therefore|thus|definitely|likely|probably|most likely|indeed|both|all|also|the|a|my|most|single|only|by far|
            hence)\s){0,5}(?:(?:correct|right|best|accurate|appropriate|suitable|likely|plausible|probable|consistent|
            fitting|proper|final|closest|strongest|top|preferred|better|obvious|first|only)\s(?:\w+\s)?(?:answers?|
            options?|choices?|ones?|picks?|selections?|fit|match)\b|(?:answers?|right|correct)\b)(?!\s(?:if|only if|
            when|unless|for)\b)
        """,
        LIST=LIST,
    ),
)

_PREDICATE = any_of(
    r"correct right best most\b more_likely more_probable better likely probable favou?red preferred appropriate",
    r"true\b accurate fits?\b match(?:es)? applies apply answer diagnosis present\b seen\b shown visible suspected",
    r"identified noted demonstrated depicted evident it\b wins? chosen selected suggested supported yes\b stands",
    r"what\b the_one\b 正确 对的 对 正確 正しい 正解 맞 옳 correct[ao]? richtig juste certa verdader[ao] верн правильн",
    r"wählen\b nehmen\b sagen\b passt_am",
    TICK,
)

_BE = any_of(
    r"is are was seems? seemed looks? appears? would_be should_be must_be remains as to_be it's be would should",
    r"the by_far clearly therefore thus hence probably definitely certainly indeed also quite very far much a an",
    r"here here's option good closest strongest single only overall single fully strongly slightly somewhat well",
    r"really actually my is_therefore both all es est ist è é la die le être at in this",
)

#: The mention is what a predicate of picking says something of: "B is the best fit".
ASSERTED_AFTER = gated(
    table(
        r"""
        (?P<list><LIST>)\s?(?:[,:(<ARROW>|-]\s?)?(?:<BE>\s){0,5}<PREDICATE>
        """,
        LIST=LIST,
        ARROW=ARROW,
        BE=_BE,
        PREDICATE=_PREDICATE,
    ),
)

#: The mention is what a statement ends in: "the features are most in keeping with B".
_CUE = any_of(
    r"most_likely likely probabl[ey] consistent_with compatible_with keeping_with in_line_with",
    r"correspond(?:s|ing)?_(?:to|with) match(?:es|ing)?(?:_with)? fits?(?:_with)? best_described_(?:as|by)",
    r"described_(?:as|by) classif(?:y|ied)(?:_\w+){0,4}_as categori[sz]ed?(?:_\w+){0,4}_as",
    r"diagnos(?:is|ed)(?:_\w+)?_?(?:of|as|is|with)? represent(?:s|ing)? suggest(?:s|ing|ive_of)?",
    r"indicat(?:es?|ing|ive_of) support(?:s|ing)? points?_(?:to|toward|towards|at) favou?r(?:s|ed|ing)?",
    r"confirm(?:s|ing)? show(?:s|ing|n)? demonstrat(?:es?|ing) reveal(?:s|ing)? depict(?:s|ing)? display(?:s|ing)?",
    r"identif(?:y|ied)(?:_\w+){0,3}_as characteri[sz]ed(?:_\w+){0,2}_(?:as|by) characteristic_(?:of|for)",
    r"typical_(?:of|for) suspicious_(?:of|for) concerning_for diagnostic_of pathognomonic_(?:of|for) specifically",
    r"namely called is are was be being falls?_(?:in|into|under) belongs?_to located_(?:in|at|on)",
    r"lies_(?:in|at|on) situated_(?:in|at|on) seen_(?:in|at|on) centered_(?:in|at|on) has have with appears?",
    r"seems? looks?_like more_like most_like resembl(?:es|ing) suspect call(?:_it)? consider(?:_it|_this)?(?:_to_be)?",
    r"constitut\w+ mak(?:es|ing)_(?:it|this) as more therefore thus hence so conclusion impression overall",
    r"leav(?:es|ing)(?:_us)?(?:_with)?(?:_only|_just)? elimination = : 最可能的?(?:诊断)?是 是 为 符合 考虑 显示 提示",
    ARROW,
)

ASSERTED_BEFORE = gated(
    table(
        r"""
        (?<![^\W_])<CUE>\s?(?:[\"'(]\s?)?<FEW_6_WITH_COMMAS>(?P<list><LIST>)
        [<ARROW>=:]\s?<FEW_3>(?P<arrow><LIST>)
        """,
        CUE=_CUE,
        FEW_6_WITH_COMMAS=few(6, commas=True),
        LIST=LIST,
        ARROW=ARROW,
        FEW_3=few(3),
    ),
)

#: Only held possible, not said to be so.
POSSIBLE = gated(r"\b(?:could|might|may|possibly|perhaps|maybe|potentially|conceivably)\b")

#: Said so plainly that it stands beside the words of a refusal.
STRONG = gated(
    table(
        r"""
        \bmost (?:\w+ )?(?:likely|like|consistent|probable|compatible|suggestive|in keeping|closely|fitting|
            appropriate|plausible)
        \b(?:best|closest|passt am)\b
        \bmore likely\b
        \b(?:this|it|image|lesion|finding|findings|appearance|appearances|pattern|signal)s? (?:\w+ ){0,3}?(?:looks?|
            appears?|suggests?|favou?rs?|resembles?|points?)\b
        \bconsistent with\b
        \bin keeping with\b
        \bcompatible with\b
        \bi (?:would|'d)? ?(?:say|guess|lean|suspect|think|believe)
        \bi'd (?:say|guess|lean)
        """,
    ),
)

#: Of several texts, the one that is said to be the best.
SUPERLATIVE = gated(
    table(
        r"""
        \bmost (?:\w+ )?(?:likely|consistent|probable|compatible|suggestive|in keeping|closely|fitting|appropriate|
            plausible)
        \bbest\b
        \b(?:top|leading|first) (?:\w+ )?(?:diagnosis|choice|consideration|differential)
        \bfirst:
        """,
    ),
)

CONCLUDES = gated(
    table(
        r"""
        ^\W*(?:so|thus|therefore|hence|overall|in conclusion|in summary|to conclude|to summari[sz]e|in short|ultimately|
            finally|consequently|accordingly|summary|综上|因此|所以|故)\b
        <ARROW>
        \b(?:therefore|thus|hence|so)\b
        \bmost\b
        \bmore likely\b
        \bbest\b
        \bconclusion\b
        综上
        因此
        所以
        """,
        ARROW=ARROW,
    ),
)

#: Questions that ask, and do not answer with a mark of doubt.
ASKING = gated(
    table(
        r"""
        ^\W*(?:and |or |so |but )?(?:does|do|did|is|are|was|were|could|should|can|would|will|may|might|what|which|who|
            where|when|why|how|has|have|shall)\b
        """,
    ),
)
