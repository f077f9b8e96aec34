"""Words for none-of-the-above, in a rewritten text (see `mentions`).

"None of these", "no option fits", "the correct answer isn't listed" and their like in other languages are a pick of
the rejection option. Three things that look alike are not: "none of the *other* options", "none of the *findings*",
and "none of these *can be determined*", which is a refusal.
"""

from __future__ import annotations

import re

from .gates import FirstOf, gated
from .mentions import ANY
from .tables import any_of, phrases_of, table

_OF_OFFER = any_of(
    r"above below listed given provided offered available presented supplied stated mentioned named shown",
    r"suggested proposed preceding previous aforementioned multiple[-_]choice answer answers option options choice",
    r"choices alternatives? candidates? categor(?:y|ies) labels? diagnos[ei]s diagnostic sequences?",
    r"modalit(?:y|ies) shapes? sizes? locations? regions? descriptions? descriptors? possibilit(?:y|ies) terms?",
    r"entit(?:y|ies) classes responses? items? four five three two 4 5 possible potential here specific a-d",
    r"in_the_list on_the_list in_this_list",
)
_NO_FINDING = table(
    r"""
    (?!\s+(?:\w+\s+)?(?:other|others|remaining|rest|findings?|features?|signs?|lesions?|images?|structures?|slices?|
        tissues?|regions? of|areas?|changes|criteria|information|us)\b)
    """,
)
_RIGHT = any_of(
    r"correct right suitable appropriate matching valid proper accurate true good adequate fitting applicable",
)
_WRONG = any_of(
    r"incorrect wrong false inaccurate not_correct not_right not_applicable invalid inappropriate inconsistent",
    r"excluded ruled_out",
)
_FITS = any_of(
    r"appl(?:y|ies) fits? match(?:es)? correspond(?:s)? describe[sd]? works? suits? agrees? is are seems? appears?",
    r"adequately accurately correctly explains?",
)
_OFFER = any_of(
    r"options? choices? answers? alternatives? possibilit(?:y|ies) list listed given provided offered above",
    r"available",
)
_LISTED = any_of(
    r"listed among amongst included offered given provided present(?:ed)? available shown there here in_the on_the",
    r"one_of part_of any_of within represented mentioned",
)
_SUBJECT = table(
    r"""
    (?:the\s+)?(?:correct|right|true|actual|real|proper|appropriate|accurate)\s+(?:answer|option|choice|diagnosis|
        one|sequence|modality|size|shape|location|category|pattern|term|response|label)
    (?:the\s+)?(?:answer|correct\s+\w+)
    """,
)
_THEN = table(
    r"""
    (?=\s*(?:$|[^\w\s]|\n|(?:appl|fit|match|correspond|describ|work|suit|agree|is\b|are\b|was\b|were\b|seem|appear|
        look|adequate|accurate|correct|explain|really|quite|here|would|could|can|do\b|does\b|as\b|because|since|
        so\b|for\b|in\b|to\b|and\b|but\b|represent|reflect|satisf|meet|resembl|stand|hold|make)))
    """,
)
_LIST = rf"{ANY}(?:[\s,/]+(?:(?:and|or|nor|y|ni|et|ou|und|oder|noch)\s+)?(?:neither\s+)?{ANY}){{0,9}}"

#: Each is a way of saying that nothing on offer is right.
_WORDS = phrases_of(
    r"""
    none\s+of\s+(?:(?:the|your|its|all|my)\s+(?:of\s+)?(?:the\s+|these\s+)?)?(?:<OF_OFFER>\b\s?)+(?!\s?(?:keys?|
        features?|findings?|signs?|lesions?))
    none\s+of\s+(?:these|those|them|it|the\s+lot)\b<NO_FINDING>(?:\s+<OF_OFFER>\b)*<THEN>
    none\s+of\s+(?:the\s+)?(?:options?\s+)?<LIST>
    none\s+(?:<OF_OFFER>\b\s+)?(?=(?:<FITS>|here|listed|above)\b)(?!(?:is|are|was|were)\s+(?:visible|seen|present|
        identified|shown|detected|noted|available|provided|attached))
    neither\s+of\s+(?:the\s+(?:<OF_OFFER>\b\s?)+|(?:these|those|them)\b<NO_FINDING>(?:\s+<OF_OFFER>\b)*<THEN>)
    neither\s+(?:option\s+)?<ANY>(?:[\s,/]+(?:(?:and|or|nor)\s+)?(?:neither\s+)?<ANY>){2,}
    no\s+(?:(?:single|one|listed|given|offered|available|provided|of these)\s+)*<RIGHT>\s+(?:\w+\s+)?(?:options?|
        answers?|choices?|match|alternatives?|diagnosis)(?:\s+(?:is|was|are|here|among|in|listed|provided|given|
        offered|available)\b)*
    no\s+(?:(?:single|one|listed|given|offered|available|provided|answer|such)\s+)*(?:options?|choices?|answers?|
        alternatives?|diagnosis|item)\s+(?:(?:above|here|listed|given|provided|really|in the list|on the list|
        of these|among these)\s+)*(?:<FITS>)\b(?!\s+(?:possible|given|provided|available|can\b))
    (?:there\s+(?:is|are)\s+)?no\s+<RIGHT>\s+(?:options?|answers?|choices?)
    there(?:'s|\s+is)\s+no\s+match(?:ing)?\b(?:\s+(?:option|answer|choice))?
    nothing\s+(?:(?:in|on|of|from|among)\s+(?:the\s+)?(?:list|options|choices|above|these|offer)\s+|(?:listed|above|
        here|offered|given|provided|else)\s+)*(?:fits|matches|applies|is\s+<RIGHT>|corresponds|suits|works)
    <SUBJECT>(?:\s+(?:here|for this\s+\w+|to this question|in this case|itself))?,?\s+(?:is|was|seems|does|has|may|
        might|would|appears|simply|actually)?\s*(?:to be\s+|be\s+)?(?:n't|not|missing|absent)\b\s*(?:to be\s+|be\s+|
        appear\s+(?:to be\s+)?|been\s+|seem\s+(?:to be\s+)?|actually\s+|even\s+|from\s+)?(?:<LISTED>|the\s+(?:list|
        options))\b(?:\s+(?:the\s+)?<OF_OFFER>\b)*
    <SUBJECT>(?:\s+\w+)?\s+(?:is|was|seems?(?: to be)?|appears?(?: to be)?)\s+(?:simply\s+|actually\s+)?(?:missing|
        absent|unlisted|omitted|left out|not there)(?:\s+from\s+(?:the|this)\s+\w+(?:\s+\w+)?)?
    (?:do|does|did)(?:n't|\s+not)\s+(?:think|believe|feel|find|see)\s+(?:that\s+)?any\s+of\s+(?:the|these|those|
        them)\b<NO_FINDING>(?:\s+<OF_OFFER>\b)*\s+(?:<FITS>|to be)\b
    none\s+(?:from|in|on|among|out of)\s+(?:the|this|these|those)\s+(?:list\b|<OF_OFFER>\b)(?:\s+<OF_OFFER>\b)*
    there\s+(?:is|are)(?:n't|\s+not)\s+(?:an?|any|one)\s+(?:single\s+)?<RIGHT>\s+(?:options?|answers?|choices?|
        match|alternatives?|diagnosis)
    no\s+(?:options?|answers?|choices?|alternatives?|diagnosis|item|entry)(?:\s+\w+){0,3}\s+(?:that|which)\s+
        (?:would\s+)?(?:<FITS>)\b
    (?:options?|list|choices|answers?)(?:\s+\w+){0,2}\s+(?:do|does|did)(?:n't|\s+not)\s+(?:include|contain|have|
        list|offer|feature|mention|provide)\s+(?:the|a|any)\s+(?:<RIGHT>|actual|real)\b(?:\s+\w+)?
    no\s+match(?:es)?(?=\s*(?:$|[.!\n]))
    <LIST>\s?[:-]\s?none\b
    (?:diagnosis|finding|lesion|entity|sequence|modality|appearance|pattern)\s+(?:is|was)(?:n't|\s+not)\s+(?:among|
        amongst|one of|any of|in)\s+(?:the\s+|these\s+|those\s+)?(?:<OF_OFFER>\s?)+
    (?:is|are|was|does|do|did|can|'s)?(?:n't|\s?\bnot)\s+(?:(?:match|fit|correspond(?:\s+(?:to|with))?|agree\s+with|
        belong\s+to|suit|look\s+like|seem\s+to\s+(?:be|fit|match)|resemble|be|meet|align\s+with|conform\s+to|
        satisfy|consistent\s+with|compatible\s+with|described\s+by|covered\s+by|represented\s+by)\s+)?(?:with\s+|
        to\s+)?(?:any|one)\s+of\s+(?:the|these|those|them|your)\b<NO_FINDING>(?:\s+<OF_OFFER>\b)*
    (?:does|do|did)(?:n't|\s+not)\s+(?:match|fit|correspond to)\s+any\s+(?:of\s+)?<OF_OFFER>(?:\s+<OF_OFFER>\b)*
    (?:fits|matches|match|fit)\s+none\s+of\s+(?:the|these|those|them)\b<NO_FINDING>(?:\s+<OF_OFFER>\b)*
    all\s+(?:of\s+)?(?:the\s+|these\s+|those\s+)?(?:<OF_OFFER>\s+)+(?:are|is|seem|appear|look|can be|could be|
        have been|must be|should be)(?:\s+(?:all|equally|clearly|therefore))?\s+<WRONG>
    (?:every|each)(?:\s+one)?(?:\s+of\s+(?:the|these))?\s+(?:<OF_OFFER>\s+)+(?:is|are|seems|appears|looks)\s+<WRONG>
    (?:they|these|those)\s+are\s+all\s+<WRONG>
    (?<!are )(?<!were )all\s+(?:are\s+|is\s+)?(?:wrong|incorrect|false)
    none\s+apply
    \bnota\b
    none\s*/\s*other
    """,
    OF_OFFER=_OF_OFFER,
    NO_FINDING=_NO_FINDING,
    THEN=_THEN,
    LIST=_LIST,
    FITS=_FITS,
    ANY=ANY,
    RIGHT=_RIGHT,
    SUBJECT=_SUBJECT,
    LISTED=_LISTED,
    WRONG=_WRONG,
)
#: In scripts without blanks between words.
_GLUED_WORDS = phrases_of(
    r"""
    (?:以上|上述|上面|这些|所有|四个|四项|其他)?(?:的)?(?:所有|全部|任何|各)?(?:选项|答案|各项|诊断|选择)?(?:都|
        均|皆|全)(?:不是|不对|不正确|不符合|不符|错误|不适用|不匹配|错|
        非|不符合题意|不成立)
    (?:以上|上述)(?:皆非|全非|无|没有一个|没有|任何一个都不是|任何选项都不正确)(?:一项|一个|选项)?(?:正确|符合|
        对的|适用)?(?:的)?(?:选项|答案)?
    (?:没有|无|沒有)(?:任何)?(?:一个|一项|一個)?(?:正确|合适|符合|匹配|适用|適合|正確)?(?:的)?(?:选项|答案|
        選項)(?:是)?(?:都)?(?:正确|符合|适用|匹配|正確)?(?:的)?
    (?:上記|以上|上の|選択肢)?(?:の|は)?(?:うち|中|選択肢)?(?:の|に)?(?:いずれ|どれ)(?:で|に)?も(?:ない|
        ありません|該当しない|該当しません|当てはまらない|当てはまりません|なし)
    該当(?:なし|するものはありません|するものはない|する選択肢はありません|する選択肢はない)
    (?:위의?|보기|선택지|상기)?\s?(?:중|의)?\s?(?:어느 ?것도|모두|어떤 것도|정답이|해당 사항|해당되는 것|
        해당하는 것)(?:이|도)?\s?(?:아님|아니다|아닙니다|없음|없습니다|없다|
        해당되지 않음|해당하지 않음|해당되지 않습니다|해당하지 않습니다)
    해당\s?(?:사항\s?)?(?:없음|없습니다)
    모두 아(?:님|닙니다)
    """,
)
_IN_OTHER_LANGUAGES = phrases_of(
    r"""
    ningun[oa]s?\s+de\s+(?:l[ao]s|estas|estos|ellas|ellos|entre)\b(?:\s+(?:anteriores|opciones|alternativas|
        respuestas|mencionad[ao]s|opciones anteriores|dadas|es correcta|son correctas|diagnósticos))*
    ninguna(?:\s+opción)?\s+es\s+correcta
    ninguna\s+opción(?:\s+\w+)?
    aucun[e]?\s+(?:de|des|d'entre)\s+(?:ces\s+|les\s+|elles|eux)?(?:réponses?|options?|choix|propositions?|
        diagnostics?|alternatives?|ci-dessus|précédent[es]*)?(?:\s+(?:ci-dessus|proposé[es]*|précédentes?|
        données?))*
    aucune\s+(?:réponse|option|proposition)(?:\s+\w+)?
    rien de tout cela
    keine[rs]?\s+davon
    kein[er]?s?\s+(?:der|von|dieser)\s+(?:(?:oben|oberen|obigen|genannten|aufgeführten|angegebenen|vorgegebenen|
        vorgeschlagenen|diesen|den|obengenannten|gegebenen|angebotenen)\s*)*(?:antworten|optionen|möglichkeiten|
        auswahlmöglichkeiten|diagnosen|alternativen|genannten)?
    keine\s+(?:antwort|option)\s+(?:ist\s+richtig|trifft\s+zu|passt|stimmt)
    nichts davon
    nessun[oa]?\s+(?:delle|dei|di|tra|fra)\s+(?:le\s+)?(?:precedenti|opzioni|risposte|queste|alternative|quelle|
        scelte|diagnosi|suddette|elencate|indicate|questi)(?:\s+(?:precedenti|elencate|indicate|sopra))*
    nessuna\s+(?:opzione|risposta)(?:\s+\w+)?
    nenhum[a]?\s+(?:das|dos|destas|delas|dessas)\s*(?:anteriores|opções|alternativas|respostas|acima|opções acima|
        mencionadas|alternativas anteriores|diagnósticos)?(?:\s+(?:acima|anteriores|mencionadas|apresentadas))*
    nenhuma\s+(?:opção|alternativa|resposta)(?:\s+\w+)?
    (?:ничего|ничто|ни\s+один|ни\s+одно|ни\s+одна|никакой|нет\s+правильного)\s+(?:из\s+)?(?:(?:выше)?перечисленн\w+|
        вариант\w*|ответ\w*|этих|указанн\w+|предложенн\w+|них|приведенн\w+|диагноз\w*)(?:\s+(?:вариант\w*|ответ\w*|
        выше))*
    لا شيء مما (?:سبق|ذكر)
    لا شيء من (?:هذه|الخيارات)
    ليس أي مما سبق
    لا شيء مما ذكر أعلاه
    لا توجد إجابة صحيحة
    geen\s+van\s+(?:de\s+)?(?:bovenstaande|deze|opties|genoemde|antwoorden)\w*(?:\s+\w*opties)?
    ingen\s+(?:av|af)\s+(?:de\s+)?(?:ovanstående|ovennævnte|ovenstående|dessa|disse|alternativen)
    (?:yukarıdakilerin\s+)?hiçbiri(?:\s+değil)?
    żadn[ae]\s+z\s+(?:powyższych|tych|podanych)(?:\s+\w+)?
    žádn[áé]\s+z\s+(?:výše\s+)?uvedených
    niciuna\s+dintre\s+\w+
    không\s+(?:có\s+)?(?:đáp án|phương án|lựa chọn)\s+nào(?:\s+\w+){0,2}
    tidak\s+(?:ada\s+)?(?:satu\s*pun\s+)?(?:dari\s+)?(?:di\s+atas|semua|pilihan)(?:\s+di\s+atas)?
    bukan\s+(?:semua|salah satu)
    उपरोक्त में से कोई नहीं
    इनमें से कोई नहीं
    ไม่มีข้อใดถูก
    """,
)
_PATTERN = FirstOf([*(rf"(?<![^\W_])(?:{phrase})" for phrase in _WORDS + _IN_OTHER_LANGUAGES), *_GLUED_WORDS])

#: After it, nothing was rejected: that none can be *told* is a refusal.
_UNTOLD = gated(
    table(
        r"""
        [\s,]*(?:\w+\s){0,3}?(?:can|could|may|is possible to|are possible to)\s?(?:not\s)?(?:be\s)?(?:\w+ly\s)?
            (?:determin|confirm|verif|select|chos|establish|assess|diagnos|exclu|ruled|answer|evaluat|identif|
            distinguish|ascertain|conclu|told|inferr|judg)
        """,
    ),
)
_FOLLOWED = gated(
    table(
        r"""
        [\s,]*(?:can|could)\s(?:be\s)?(?:\w+ly\s)?(?:determin|confirm|verif|select|chos|establish|assess|
        diagnos|exclu|
            ruled|evaluat|identif|answer)
        """,
    ),
)
#: A whole response or payload that says it in one word.
_ONE_WORD = gated(
    r"(?:none|nothing|neither|ninguna|ninguno|aucune?|keine[rs]?|nessun[ao]|nenhuma?|无|都不是|なし|없음|нет|geen|hiçbiri)",
    re.I,
)
_OTHERS = gated(r"\b(?:other|others|rest|remaining)\b")


def rewrite_rejection(text: str, rejecting: str) -> str:
    """``text`` with every none-of-the-above in words as the mention ``rejecting``."""

    def replaced(found: re.Match[str]) -> str:
        if _OTHERS.search(found.group()) or _UNTOLD.match(text, found.end()):
            return found.group()
        return f" {rejecting} "

    return _APPLIES.sub(
        lambda found: found[1] if rejecting in found[1] else found.group(), _PATTERN.sub(replaced, text)
    )


#: What "none of the listed diagnoses" may do, which adds nothing.
_APPLIES = gated(rf"({ANY})\s+(?:appl(?:y|ies)|fits?|match(?:es)?)\b(?=\W*(?:$|\n))")


def is_one_word_rejection(phrase: str) -> bool:
    """Whether a whole answer is "none" or its like.

    >>> is_one_word_rejection("None"), is_one_word_rejection("none seen")
    (True, False)
    """
    return _ONE_WORD.fullmatch(phrase.strip(" .!,;:\"'()[]*")) is not None


def rejection_is_untold(text: str, mentioned_rejection: str) -> bool:
    """Whether the rejection option's own text is said not to be tellable ("None of the above can be confirmed")."""
    return any(_FOLLOWED.match(text, m.end()) for m in re.finditer(re.escape(mentioned_rejection), text))
