"""The words around a mention, as tables: what picks, what denies, what only considers, and what adds nothing.

Patterns are over rewritten text (`mentions`): lower case, an option is one character. ``LIST`` is one mention or
several joined by "and", "or", commas and the like.
"""

from __future__ import annotations

import re

from .mentions import ANY, BY_LETTER
from .normalise import ARROW, CROSS, TICK

_JOIN = (
    rf"\s?(?:,|/|&|\+|;|{ARROW}|\bplus\b|\band/or\b|\band\b|\bor\b|\bnor\b|\bas well as\b|\bund\b|\boder\b|\bet\b|\bou\b|\by\b|\be\b|\bo\b|\bи\b|\bили\b|"
    r"和|或者?|与|及|跟|還是|还是|または|と|또는|과|와)\s?"
)
LIST = rf"{ANY}(?:(?:{_JOIN}){{1,2}}(?:(?:either|both|an?|the|also|even|neither) )?{ANY}){{0,9}}"
_WORD = r"[^\s,;:.!?()\ue000-\ue2ff→]{1,30}"


def _few(count: int, *, commas: bool = False, verbs: bool = True) -> str:
    """Up to ``count`` words, none of them a mention or the start of another statement."""
    stop = r"(?!(?:but|so|therefore|thus|hence|because|since|however|rather|instead)\b)"
    if not verbs:
        stop += r"(?!(?:is|are|was|were|be|would|seems?|i|i'd|we)\b)"
    return rf"(?:{stop}{_WORD}{',?' if commas else ''}\s){{0,{count}}}"


#: Said before the statement proper; rewritten so that the other patterns need not know them.
IDIOMS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b(?:if|when)\s(?:(?:i|one|we)(?:'m|\sam|\swere|\swas|'d|\shad|\shave|\smust|\sis)?|really|absolutely)?\s?(?:had|have|forced|pressed|pushed|obliged|compelled|asked|required|must)?\s?(?:to\s)?(?:pick|choose|select|guess|answer|decide|commit|go with one|give (?:an|one|a single) answer|make a (?:choice|guess|pick))?(?:\s(?:one|an option|an answer|a single (?:option|answer|letter)|only one|just one|from (?:the|these|those) (?:\w+\s)?(?:options|choices)|among (?:the|these|those) (?:\w+\s)?options|now|something))?\s?[,:-]\s?", " i choose "),
        (r"\bfor the (?:purposes?|sake) of (?:this|the) \w+(?: \w+)?\s?[,:]\s?", " "),
        (r"\b(?:there is |there's )?(?:no|without (?:a |any )?|beyond (?:a |any )?(?:reasonable )?)\s?doubt(?: that)?\b|\bundoubtedly\b", " clearly "),
        (r"\bnot only\b", " "),
        (r"\bnot (?:unlikely|impossible|implausible|unreasonable)\b", " possible "),
        (r"\bsuch as\b|\bfor example\b|\bfor instance\b", " eg "),
        (r"\bas well as\b", " and "),
        (r"\b(?:can(?:no|')t|can not|could(?: not|n't)|may not|might not|isn't|is not|not) (?:be )?(?:entirely |completely |fully |definitively |totally |be )?(?:excluded?|ruled? out|dismissed?|discounted?)\b", " remains possible "),
        (r"\b(?:can(?:no|')t|can not|could(?: not|n't)) (?:entirely |completely |fully )?(?:exclude|rule out|dismiss)\b", " considered "),
        (r"\bhas (?:to|got to) be\b|\bought to be\b", " must be "),
        (r"\bmy (?:first|top|final|own|personal|best|preferred) (choice|pick|guess|answer|option)\b", r" my \1 "),
    )
)  # fmt: skip

#: Words that add nothing: a clause of a mention and only these *is* the mention.
_FILLERS = (
    "a an the of to for in as at on it is it's its this that that's these those there there's here here's be being been "
    "am are was were will would should must may might could can shall has have had do does did seem seems seemed look "
    "looks looking like appear appears appeared remains i i'd i'll i'm i've we we'd we'll you my our me us your mine "
    "so thus therefore hence then ergo accordingly consequently ok okay well yes yeah yep sure certainly absolutely right correct "
    "great good alright indeed clearly obviously definitely surely evidently apparently probably possibly perhaps maybe "
    "likely most more very quite rather highly almost fairly presumably seemingly likely probable plausible "
    "overall finally ultimately conclusion summary short brief sum all total conclude concluding case "
    "ans opt prob prolly def think believe guess suspect say choose pick select go going with vote opt assume suppose reckon feel bet lean leaning "
    "towards toward answer answers answering option options choice choices letter pick selection selected selecting choosing picking "
    "response final best correct right true proper appropriate suitable fitting accurate single one only just simply "
    "diagnosis finding impression category class classification type label result verdict decision prediction solution "
    "output opinion view mind name called named known based above below given following image picture scan mri shown "
    "question number no. nr confidence confident high medium low moderate level score certainty probability % percent sure "
    "and but or however though although yet while still also too again now let let's lets go me please note "
    "consistent compatible keeping suggestive suggesting suggests suggest indicates indicating represents represent "
    "corresponds correspond corresponding matches match matching fits fit described describe classified classify "
    "characteristic typical diagnostic favored favoured favor favour supports support shows show demonstrates reveals "
    "depicts means meaning e.g. ie eg namely specifically i.e. viz both either "
    "brain axial slice sequence modality shape size location spread lesion tumor tumour mass patient case "
    "hmm oh ah uh um alright got "
    # other languages
    "es la el los las un una son sería seria creo que yo elijo escojo selecciono respuesta opción opcion correcta final "
    "est le les l' une c'est serait je crois choisis pense réponse bonne correcte option choix "
    "ist die der das ein eine ich wähle denke glaube antwort richtige richtig lösung wahrscheinlich auswahl "
    "è risposta corretta scelgo penso sia é resposta correta alternativa letra escolho acho "
    "ответ правильный это вариант я думаю выбираю итак الإجابة الصحيحة هي هو الجواب "
    "antwoord juiste het is cevap doğru odpowiedź to prawidłowa đáp án là jawaban adalah yang benar उत्तर है सही"
).split()
_FILLERS_GLUED = (
    "答案|正确|正確|最终|最終|选项|選項|选择|選擇|我|认为|認為|应该|應該|应|應|选|選|是|为|為|的|故|因此|所以|综上|综上所述|本题|这|這|"
    "最可能|可能|诊断|診斷|结论|結論|属于|图像|显示|为|会|将|了|一个|最|佳|合适|符合|"
    "答え|解答|正解|回答|は|です|だ|を|が|選びます|選択|選ぶ|と思います|思います|"
    "정답|답변|답|은|는|이|가|입니다|이다|입니다|선택|합니다|을|를|최종"
)
FILLER = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(sorted(map(re.escape, set(_FILLERS)), key=len, reverse=True))})(?![^\W_]|-\w)|{_FILLERS_GLUED}|\d+(?:\.\d+)?"
)
_SOME_FILLERS = (
    r"(?:(?:the|a|an|most|more|very|quite|likely|probably|possibly|perhaps|maybe|definitely|clearly|certainly|indeed|"
    r"therefore|thus|hence|then|simply|just|either|both|option|choice|letter|answer|to|be|with|of|is|are|it|it's|that|as|on|for|in|"
    r"follows|given|by|would|should|must|la|el|le|die|l'|é|è|est|es|ist|opción|letra|also|still|actually|strongly|confidently|"
    r"my|final|best|correct|right|one|single|here|i|would|think|believe|say|specifically|rather|now|instead)\s){0,6}"
)

_ADJECTIVE = (
    r"(?:final|finally|correct|right|best|likely|probable|appropriate|suitable|fitting|accurate|overall|chosen|selected|"
    r"proper|true|updated|revised|corrected|new|ultimate|definitive|definite|own|short|single|proposed|predicted|preferred|model|my|the|our|concluding|supported|plausible|consistent)"
)
#: Words that announce an answer. "diagnosis" and its like do so only right before the answer.
_LABEL = (
    rf"(?:(?:{_ADJECTIVE}\s){{0,3}}(?:answers?|ans|choices?|selections?|picks?|response|solution|verdict|decision|prediction|predicted|"
    r"result|guess|output|edit|update|options?|option letter|letters?|label|conclusion|final|selected|correct|chosen|correction|updated|revised|answer key|bottom line|tl;?dr|"
    r"final diagnosis|diagnosis|impression|q\s?\d{1,3}|question\s?\d{1,3})\b|"
    r"(?:最终|最終|正确|正確|我的|标准|參考|参考)?(?:答案|答复|答覆|选择|選擇|选项|選項|结论|結論|回答|解答)|答え|正解|解答|回答|(?:최종\s?|올바른\s?)?(?:정답|답변|답|대답)|"
    r"(?:respuesta|opción|elección|conclusión)(?: (?:correcta|final|es|más probable))?|(?:la )?(?:bonne |meilleure )?(?:réponse|conclusion|choix)(?: (?:correcte?|finale?|exacte|juste|est|la plus probable))?|"
    r"(?:die |finale |richtige |korrekte |beste |meine |endgültige )*(?:antwort|lösung|auswahl)(?: (?:lautet|wäre))?|risposta(?: (?:corretta|finale|esatta|giusta|è))?|(?:a )?(?:resposta|alternativa|opção|gabarito)(?: (?:correta|final|certa))?|"
    r"(?:правильный |окончательный |верный |мой )?(?:ответ|вариант)|(?:الإجابة|الجواب|الاجابة|الخيار)(?: (?:الصحيحة|الصحيح|النهائية))?|antwoord|(?:doğru )?(?:cevap|yanıt)|(?:prawidłowa |poprawna )?odpowied[źz]|(?:prawidłowa )?odpověď|"
    r"đáp án(?: đúng)?|câu trả lời|jawaban(?: yang benar| akhir)?|(?:सही )?उत्तर|svar(?:et)?|vastaus|απάντηση|відповідь|תשובה|پاسخ|คำตอบ|răspuns(?:ul)?|válasz|jawapan)"
)
_LINK = (
    r"(?:\s?[:=]+\s?|\s?-+\s|\s?→\s?|\s?\|\s?|\s(?:is|are|was|be|would be|will be|should be|must be|could be|might be|may be|seems to be|appears to be|remains|has to be|"
    r"es|est|ist|è|é|lautet|wäre|sería|هي|هو|là|adalah|är|er|jest|to|becomes|is as follows:?)\s?[:=]?\s?|\s?(?:是|为|為|应该是|应为|應為|应该为|应是|は|은|는|이|가)\s?[:]?\s?|(?<=\w)'s\s)"
)
_ABOUT = r"(?:\s(?:to|for|here|among|of|in|from|is|would|that|which|based|on|the|this|these|those|question|questions|multiple-choice|mcq|options?|choices?|listed|given|provided|above|image|i|q\d{1,3}|case|my|opinion|\d|be|with|regard|most|likely|on|findings|a|quiz|puzzle|task|problem|would|choose|select|pick|give|letter)){0,9}?"

MARKER = re.compile(
    rf"(?<![^\W_])(?P<label>{_LABEL})(?:\([^()]{{0,20}}\))?s?{_ABOUT}\s?(?:{_LINK})(?:[\s\"'(:\[→{TICK}-]{{0,3}}){_SOME_FILLERS}[\"'(\[]?(?P<list>{LIST})"
)
#: The mention is said to be the answer: "B is the best choice".
PREDICATED = re.compile(
    rf"(?P<list>{LIST})\s(?:is|are|was|would be|must be|should be|seems|appears|has to be)\s(?:(?:to be|clearly|therefore|thus|definitely|likely|probably|most likely|indeed|both|all|also|the|a|my|most|single|only|by far|hence)\s){{0,5}}"
    rf"(?:(?:correct|right|best|accurate|appropriate|suitable|likely|plausible|probable|consistent|fitting|proper|final|closest|strongest|top|preferred|better|obvious|first|only)\s(?:\w+\s)?(?:answers?|options?|choices?|ones?|picks?|selections?|fit|match)\b|(?:answers?|right|correct)\b)(?!\s(?:if|only if|when|unless|for)\b)"
)
#: Only held possible, not said to be so.
POSSIBLE = re.compile(r"\b(?:could|might|may|possibly|perhaps|maybe|potentially|conceivably)\b")
#: "none" as a whole answer, after its announcement or verb.
NONE_ANNOUNCED = re.compile(
    rf"(?P<before>^[^\w\n\ue000-\uf8ff]{{0,4}}{ANY}\s?[:.)|,(=-]{{1,2}}\s?|(?<![^\W_])(?:{_LABEL}){_ABOUT}\s?{_LINK}|\b(?:choose|pick|select|say|answer)\s)(?:none|neither|nothing|无)(?=\s?[.!\"')]*\s?(?:$|\n))",
    re.M,
)
#: The announcement of what then turns out a refusal.
ANNOUNCED = re.compile(rf"(?:^|[\s.,])(?:{_LABEL})\s?[:=]+\s?\W{{0,2}}$")
#: The announcement alone on a line: its answer is on the next.
LABEL_LINE = re.compile(
    rf"^(?P<label>\W{{0,3}}(?:(?:so|therefore|thus|here is|here's)[, ]+)?{_LABEL}(?:\s(?:is|to the question|es|est|ist))?)\s?:?\s?\n+(?=\W{{0,4}}[^\W_]|\W{{0,4}}{ANY})",
    re.M,
)
FINALITY = re.compile(
    r"\bfinal|\bconclu|最终|最終|최종|\bultimate|\bdefinitiv|\brevised|\bupdated|\bcorrect(?:ed|ion)\b|окончательн|النهائ|endgültig|bottom line|tl;?dr"
)

#: Verbs of choosing, right before the mention.
PICK = re.compile(
    rf"(?:\b(?:choos\w+|chose|select(?:ing|ed)?|chosen|pick(?:ing|ed)?|go(?:ing)? (?:ahead )?(?:with|for)|went with|opt(?:ing)?(?: for)?|vot(?:e|ing)(?: for)?|"
    rf"i(?:'d| would| will|'ll)? answer|answering|answer(?: with)?|settl\w+ (?:on|for)|lean(?:s|ing)?(?: \w+)? (?:to|toward|towards)|stick(?:ing)? with|bet on|guess(?:ing)?|say|"
    rf"conclud\w+(?: that)?|(?:my )?answers? to|chang\w+(?: (?:my|the) (?:answer|choice|mind|selection|pick))? to|switch\w*(?: (?:my|the) (?:answer|choice))? to|revis\w+(?: (?:my|the) (?:answer|choice))? to|"
    rf"prefer|i(?:'d)? favou?r|submit|i(?:'d| would|'ll)? (?:take|mark|tick|circle|put|assign|rank)|predicts?|rank(?:ed|ing)?|i(?:'m| am) (?:confident|certain|sure)(?: that)?|i (?:think|believe|suspect|meant?|assume)(?: that)?|elijo|escojo|selecciono|choisis|je (?:dirais|pense)|wähle|scelgo|escolho|выбираю|kies|"
    rf"point\w* to(?:ward)?s?)\s|(?:应选|故选|应该选|我选择|我选|我会选择?|选择|选|選擇|選|故答案为))\s?[:\"'(]?\s?{_SOME_FILLERS}(?P<list>{LIST})"
)

_HEDGE = r"(?:possibly|perhaps|maybe|potentially|less likely|less probably|alternatively|could also be|might also be|may also be|conceivably|followed by|then|second(?:ly|arily)?|otherwise|if not|with|less so|to a lesser extent|at most|at a stretch)"
#: After a stated lead, what is named as a second thought.
_SECOND_THOUGHT = rf"(?<=[\ue000-\ue2ff])(?P<gap>(?:\s?(?:first|most likely|more likely|probably|likely))?\s?[,;(]?\s?(?:(?:or|and|but|though|although)\s)?(?:it\s)?{_HEDGE}\s)(?:even\s|an?\s)?(?P<list>{LIST})\)?(?:\s(?:is|as)\s(?:a\s)?(?:second\w*|possible|alternative))?"

_DRAFT = (
    r"(?:initially|at first(?: glance| sight| look| blush)?|originally|previously|earlier|first (?:thought|impression|guess|instinct|considered|glance|look|sight)|"
    r"first i|my initial \w+|initial (?:impression|thought|guess|answer)|preliminary|tentative(?:ly)?|i (?:had |first |at first |originally |initially )?thought|had thought|was going to (?:say|answer|choose|pick|go with)|was about to|"
    r"would have (?:said|chosen|picked|guessed|answered)|was tempted|tempted to|one might|some might|you might|draft|first pass|instead of my)"
)
#: What is only mentioned: each pattern's mentions are no claim. The group ``list`` where given, else all of them.
CONSIDERED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:between|among)\s(?P<list>{ANY}\s(?:and|or|&|vs)\s{ANY})",
        rf"^\W*if\b[^\ue000-\uf8ff]{{0,80}},\s(?:then\s)?(?:it\s(?:is|may be|might be|could be|would be)\s|i(?:'d|\swould)\s\w+\s)?(?P<list>{LIST})",
        _SECOND_THOUGHT,
        rf"\b{_DRAFT}\b[^\ue000-\ue2ff.;→]{{0,60}}(?:{LIST})",
        rf"\b(?:between|among|amongst|whether|differentiat\w+|distinguish\w*|separat\w+|discriminat\w+|choices? (?:are|include|were|being)|(?<!correct )(?<!right )(?<!best )options? (?:are|include|were|being|available are|given are|listed are|provided are)|"
        rf"candidates?(?: (?:are|include))?:?|differentials?(?: diagnos[ie]s)?(?: (?:is|are|includes?|list|considerations?(?: include)?))?:?|compar(?:ed?|ing)(?: (?:to|with))?|mimic(?:s|ked|king)?|eg|including|includes?|unless|excluding|possibilities(?: (?:are|include))?:?|"
        rf"considerations?(?: (?:are|include))?:?|alternatives?:?|runner-up:?|second choice:?|second(?: best| most likely)?:|less likely:|distractors?:?|features that (?:suggest|favou?r)|depends on)\s(?:{_few(2, verbs=False)})(?:from\s)?(?:{LIST})(?:\sfrom\s(?:{LIST}))?",
        rf"(?<!all )\b(?:of|from)\s(?P<list>{ANY}(?:(?:{_JOIN}){{1,2}}{ANY})+)",
        rf"\b(?:considered|considering|consider)\s{_few(2)}(?P<list>{LIST})(?!\s(?:the|as|to)\b)",
        rf"(?:{LIST})\s(?:vs\.?|versus)\s(?:{LIST})",
        rf"\b(?:typically|usually|commonly|often|generally|classically|frequently)\s(?:\w+\s){{0,3}}(?P<list>{LIST})",
        rf"(?P<list>{ANY})\s?(?:,\s)?(?:(?:is|are|was|were|can|could|may|might|would|should|seems?|remains?|looks?|also|still|be|an?|the|another|only|have|been|being|had|it|initially|less|somewhat|too)\s){{0,5}}"
        rf"(?:remains? possible|possible|a possibility|possibility|plausible|alternative|considered|considerations?|differential|tempting|conceivable|mentioned|discussed|second|possible too|my first (?:thought|impression|guess|instinct)|seemed (?:right|likely|plausible)|attractive)\b(?!\s(?:answers?|options?|choices?))",
        rf"\bremains? possible\s{_few(2)}(?P<list>{ANY})",
        rf"(?P<list>{LIST})\s(?:typically|usually|commonly|often|generally|classically|frequently|would|tends?)\b(?!\s(?:be\s(?:the|my|most|more|a good|best|correct|right)|fit|match|best|the best|seem))",
        rf"(?P<list>{BY_LETTER}(?:(?:{_JOIN}){{1,2}}{BY_LETTER})*)\s(?:describes?|means|refers|indicates|requires?|has|have|show\w*|present\w*|occurs?|arises?|enhances?)\b(?!\s(?:the\s)?(?:best|most|highest|strongest|greatest|correct))",
        rf"\b(?:common|frequent|known|many|other|some)\s(?:\w+[\s-]){{0,4}}?(?:include|includes|are)\s(?P<list>{LIST})",
    )
)  # fmt: skip

_NOT = r"(?:\bnot|n't|\bcannot|\bnever|\bno|\bneither|\bnor|\bwithout|\brather than|\binstead of|\bas opposed to|\bopposed to|\bunlike|\bexcept(?: for)?|\bapart from|\bother than|\bversus|\babsence of|\bfar from|\bnicht|\bkein\w*|\bpas|\bnon|\bnão|\bне|\bni|\bniet|\bikke|\binte|\bnie)"
_ELIMINATE = r"(?:rul(?:es?|ed|ing) out|exclud(?:es?|ed|ing)|eliminat(?:es?|ed|ing)|reject(?:s|ed|ing)?|discard(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|against|than|over|unlikely(?: to be)?|less like(?:ly)?|incorrect:?|wrong:?|excluded:?|ruled out:?|eliminated:?|unlikely:|incorrect options?:?|wrong options?:?|not consistent with|inconsistent with|incompatible with|differs? from|different from|doubt)"
_VERB_NO = (
    r"(?:not\b|n't\b|no\b|incorrect|wrong|unlikely|less\s|least\s|excluded|ruled out|eliminated|rejected|discarded|dismissed|false|inaccurate|inconsistent|incompatible|impossible|"
    r"improbable|rare\b|rarer|rarely|does(?:n't| not)|do(?:n't| not)|did(?:n't| not)|can(?:no|')t|can not|is(?:n't| not)|are(?:n't| not)|was(?:n't| not)|were(?:n't| not)|wo(?:n't)|will not|would(?:n't| not)|could(?:n't| not)|fails?\b|lacks?\b|"
    rf"out\b(?! of)|nope|{CROSS}|不对|不正确|错误|错|不符合|不是|不正確|falsch|incorrect[ao]?|faux|errat|sbagliat|errad|неверн|неправильн)"
)
DENIED = tuple(
    re.compile(pattern)
    for pattern in (
        # "less likely than D" makes D the better one: see COMPARED
        rf"(?P<list>{LIST})(?:,\s?no\s?(?=[;,.]|$)|\s?\((?:no|not|incorrect|wrong|unlikely|excluded|false|less likely)\))",
        rf"(?P<list>{LIST})[\s:)|.-]{{0,4}}(?:(?:is|are|was|were|seems?|looks?|appears?|would|should|be|all|both|also|therefore|thus|clearly|probably|likely|very|quite|much|too|definitely|certainly|it|they|he|simply|just|can|could|may|option|here|to)\s){{0,5}}{_VERB_NO}\)?",
        rf"{_NOT}\s{_few(6)}(?P<list>{LIST})",
        rf"(?:不是|并非|不选|而非|排除|不符合|ではなく|아니라|非)\s?(?P<list>{LIST})",
        rf"(?P<list>{LIST})\s?(?:ではなく|ではない|이? ?아니라|이? ?아닙니다)",
        rf"\b{_ELIMINATE}\s{_few(3)}(?P<list>{LIST})",
        rf"(?P<kept>\bprefer\w*\s{_few(2)}{ANY}\s)(?:to|over)\s(?P<list>{LIST})",
        rf"(?<=[\ue000-\ue2ff])\s?(?:[(,]\s?)?>{{1,3}}\s?(?P<list>{LIST})",
    )
)  # fmt: skip
#: Several that are all held possible.
BOTH_POSSIBLE = re.compile(
    rf"(?P<list>{ANY}(?:(?:{_JOIN}){{1,2}}{ANY})+)\s(?:are|seem|remain|could be|may be|might be|look|would be|would|could|can be|can)\s(?:both |all |equally |also |each |be ){{0,3}}(?:possible|plausible|valid|reasonable|acceptable|viable|likely|conceivable)"
    rf"|(?:torn|toss-?up|undecided|split|tie) between\s(?P<tied>{LIST})"
    rf"|^\W*(?P<versus>{ANY}\s(?:vs?|versus)\s{ANY})\W*$"
)
#: The worse side first; the better side stays.
COMPARED = re.compile(
    rf"(?P<list>{LIST})\s(?:(?:is|are|was|seems?|looks?|appears?|would be|much|somewhat|far|slightly|also|even)\s){{0,3}}(?:less|not as|not so|worse|weaker)\b[^\ue000-\ue2ff.;]{{0,30}}(?:than|as)\s(?={ANY})"
)

_PREDICATE = (
    r"(?:correct|right|best|most\b|more likely|more probable|better|likely|probable|favou?red|preferred|appropriate|true\b|accurate|fits?\b|match(?:es)?|"
    r"applies|apply|answer|diagnosis|present\b|seen\b|shown|visible|suspected|identified|noted|demonstrated|depicted|evident|it\b|wins?|chosen|selected|suggested|supported|yes\b|stands|what\b|the one\b|"
    rf"{TICK}|正确|对的|对|正確|正しい|正解|맞|옳|correct[ao]?|richtig|juste|certa|verdader[ao]|верн|правильн)"
)
_BE = r"(?:is|are|was|seems?|seemed|looks?|appears?|would be|should be|must be|remains|as|to be|it's|be|would|should|the|by far|clearly|therefore|thus|hence|probably|definitely|certainly|indeed|also|quite|very|far|much|a|an|here|here's|option|good|closest|strongest|single|only|overall|single|fully|strongly|slightly|somewhat|well|really|actually|my|is therefore|both|all|es|est|ist|è|é|la|die|le|être|at|in|this)"
#: The mention is what a predicate of picking says something of: "B is the best fit".
ASSERTED_AFTER = re.compile(rf"(?P<list>{LIST})\s?(?:[,:({ARROW}|-]\s?)?(?:{_BE}\s){{0,5}}{_PREDICATE}")
#: The mention is what a statement ends in: "the features are most in keeping with B".
_CUE = (
    r"(?:most likely|likely|probabl[ey]|consistent with|compatible with|keeping with|in line with|correspond(?:s|ing)? (?:to|with)|match(?:es|ing)?(?: with)?|fits?(?: with)?|best described (?:as|by)|described (?:as|by)|"
    r"classif(?:y|ied)(?: \w+){0,4} as|categori[sz]ed?(?: \w+){0,4} as|diagnos(?:is|ed)(?: \w+)? ?(?:of|as|is|with)?|represent(?:s|ing)?|suggest(?:s|ing|ive of)?|indicat(?:es?|ing|ive of)|support(?:s|ing)?|points? (?:to|toward|towards|at)|"
    r"favou?r(?:s|ed|ing)?|confirm(?:s|ing)?|show(?:s|ing|n)?|demonstrat(?:es?|ing)|reveal(?:s|ing)?|depict(?:s|ing)?|display(?:s|ing)?|identif(?:y|ied)(?: \w+){0,3} as|characteri[sz]ed(?: \w+){0,2} (?:as|by)|"
    r"characteristic (?:of|for)|typical (?:of|for)|suspicious (?:of|for)|concerning for|diagnostic of|pathognomonic (?:of|for)|specifically|namely|called|is|are|was|be|being|falls? (?:in|into|under)|belongs? to|located (?:in|at|on)|lies (?:in|at|on)|situated (?:in|at|on)|"
    r"seen (?:in|at|on)|centered (?:in|at|on)|has|have|with|appears?|seems?|looks?(?: more)? like|resembl(?:es|ing)|suspect|call(?: it)?|consider(?: it| this)?(?: to be)?|constitut\w+|mak(?:es|ing) (?:it|this)|as|more|therefore|thus|hence|so|conclusion|impression|overall|leav(?:es|ing)(?: us)?(?: with)?(?: only| just)?|elimination|"
    rf"{ARROW}|=|:|最可能的?(?:诊断)?是|是|为|符合|考虑|显示|提示)"
)
ASSERTED_BEFORE = re.compile(
    rf"(?<![^\W_]){_CUE}\s?(?:[\"'(]\s?)?{_few(6, commas=True)}(?P<list>{LIST})|[{ARROW}=:]\s?{_few(3)}(?P<arrow>{LIST})"
)
#: Said so plainly that it stands beside the words of a refusal.
STRONG = re.compile(
    r"\bmost (?:\w+ )?(?:likely|consistent|probable|compatible|suggestive|in keeping|closely|fitting|appropriate|plausible)|\bbest\b|\bmore likely\b|\b(?:this|it|image|lesion|finding|findings|appearance|appearances|pattern|signal)s? (?:\w+ ){0,3}?(?:looks?|appears?|suggests?|favou?rs?|resembles?|points?)\b"
    r"|\bconsistent with\b|\bin keeping with\b|\bcompatible with\b|\bi (?:would|'d)? ?(?:say|guess|lean|suspect|think|believe)|\bi'd (?:say|guess|lean)"
)
#: Of several texts, the one that is said to be the best.
SUPERLATIVE = re.compile(
    r"\bmost (?:\w+ )?(?:likely|consistent|probable|compatible|suggestive|in keeping|closely|fitting|appropriate|plausible)|\bbest\b|\b(?:top|leading|first) (?:\w+ )?(?:diagnosis|choice|consideration|differential)|\bfirst:"
)
#: Questions that ask, and do not answer with a mark of doubt.
ASKING = re.compile(r"^\W*(?:and |or |so |but )?(?:does|do|did|is|are|was|were|could|should|can|would|will|may|might|what|which|who|where|when|why|how|has|have|shall)\b")
CONCLUDES = re.compile(
    rf"^\W*(?:so|thus|therefore|hence|overall|in conclusion|in summary|to conclude|to summari[sz]e|in short|ultimately|finally|consequently|accordingly|summary|综上|因此|所以|故)\b|{ARROW}|\b(?:therefore|thus|hence|so)\b|\bmost\b|\bmore likely\b|\bbest\b|\bconclusion\b|综上|因此|所以"
)

#: A turn of mind: what was said before it no longer holds if something is said after it.
CORRECTION = re.compile(
    r"\b(?:no,? wait|wait|hold on|correction|scratch that|strike that|on second thoughts?|(?:on|upon|after) (?:further |closer |careful |more |second |additional |re-?|a |the )*(?:reflection|consideration|inspection|review|look|evaluation|examination|analysis|thought|assessment|reconsider\w*|check\w*|exam)|"
    r"let me (?:re\w+|double[- ]check|correct|check again|think again|look again)|re-?(?:considering|evaluating|checking|examining|assessing|viewing|thinking)|i(?:'ll| will|'m| am)?(?: therefore| thus| now| will| must| should| have to| would)? (?:chang(?:e|ed|ing)|revis(?:e|ed|ing)|correct|switch|amend|update|retract)\b|"
    r"i (?:meant|mean|was wrong|take (?:that|it) back|misspoke|stand corrected|made a mistake)|(?:my|a) mistake|my bad|that(?:'s| is| was)(?: \w+)? (?:wrong|incorrect|not right|a mistake)|oops|changed? my mind|(?:revised|updated|corrected|amended|new) (?:final )?(?:answer|choice|selection)|(?:edit|update)(?=:)|"
    r"chang(?:e|ed|ing) (?:it |this |that )?to|actually,? no|actually|hmm|instead)\b|(?:^|[-,.…?!]\s?)no(?=[,:]\s?\S)|(?:^|[.!?]\s)no\.\s|更正|等等|等一下|不对[,，]|重新考虑|仔细看|待って|いや|아니[,.]|espera\b|attendez\b|moment mal"
)
#: Corrections that may also be ordinary words: they count only before a conclusion or an announced answer …
WEAK_CORRECTION = re.compile(r"actually|hmm|instead")
#: … and second looks only before a letter.
SECOND_LOOK = re.compile(r"(?:on|upon|after) (?!second thought).*|re.*|let me .*")
#: Takes back what was said, whatever follows.
RETRACTION = re.compile(
    r"\b(?:scratch|strike) that\b|\bthat(?:'s| is| was)(?: \w+)? (?:wrong|incorrect|not right|a mistake)\b|\bi take (?:that|it) back\b"
)

#: Where one clause ends and another statement begins.
BREAK = re.compile(
    r"\s(?=(?:but|however|so|therefore|thus|hence|nevertheless|nonetheless|although|though|even though|while|whereas|because|since|given|that said|having said that|still,|yet|due to|owing to|with that said|despite|whilst|mais|pero|sondern|aber|deshalb|donc|ma|mas|но|поэтому)\b)"
    rf"|;(?!(?<=^{ANY};)\s?{ANY}\W*$)\s?|(?<=[^\s:])\s-\s(?=.)(?!no\b|yes\b|not\s(?!(?:an?\s|the\s)?{ANY})|(?:very\s|most\s|less\s|more\s)?(?:unlikely|likely|incorrect|wrong|correct|right|excluded|ruled|eliminated|possible|plausible|best|false|true|doesn't|does\snot|isn't)\b|[{TICK}{CROSS}])|(?<=[a-z0-9])\s?→\s?(?=[\ue000-\ue2ff])|…\s?|(?<=[\ue000-\ue2ff,])\s?(?=as\s(?!an?\s(?:ai|large)))|而是|因为|,\s(?=it's\s|it is\s|this is\s|that's\s|rather,|rather\s(?!than)|i\s|i'd\s|i'll\s)"
)
#: Ends of sentences.
SENTENCE = re.compile(r"(?<=[.!?…])(?:[\"')\]]{0,2})\s+|\n+")
