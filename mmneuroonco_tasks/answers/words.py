"""What adds nothing to a mention, and what joins several: the small words of all patterns.

Patterns are over rewritten text (`mentions`): lower case, an option is one character.
"""

from __future__ import annotations

import re

from .gates import gated
from .mentions import ANY
from .normalise import ARROW
from .tables import set_of, table

JOIN = table(
    r"""
    \s?(?:,|/|&|\+|;|<ARROW>|\bplus\b|\band/or\b|\band\b|\bor\b|\bnor\b|\bas well as\b|\bund\b|\boder\b|\bet\b|
        \bou\b|\by\b|\be\b|\bo\b|\bи\b|\bили\b|和|或者?|与|及|跟|還是|还是|または|と|또는|과|와)\s?
    """,
    ARROW=ARROW,
)
#: One mention, or several that are joined.
LIST = table(
    r"""
    <ANY>(?:(?:<JOIN>){1,2}(?:(?:either|both|an?|the|also|even|neither) )?<ANY>){0,9}
    """,
    ANY=ANY,
    JOIN=JOIN,
)
_WORD = r"[^\s,;:.!?()\ue000-\ue2ff→]{1,30}"


def few(count: int, *, commas: bool = False, verbs: bool = True) -> str:
    """Up to ``count`` words, none of them a mention or the start of another statement."""
    stop = r"(?!(?:but|so|therefore|thus|hence|because|since|however|rather|instead)\b)"
    if not verbs:
        stop += r"(?!(?:is|are|was|were|be|would|seems?|i|i'd|we)\b)"
    return rf"(?:{stop}{_WORD}{',?' if commas else ''}\s){{0,{count}}}"


#: Words that add nothing: a clause of a mention and only these *is* the mention.
_FILLERS = set_of(
    "a an the of to for in as at on it is it's its this that that's these those there there's here here's be",
    "being been am are was were will would should must may might could can shall has have had do does did seem",
    "seems seemed look looks looking like appear appears appeared remains i i'd i'll i'm i've we we'd we'll you",
    "my our me us your mine so thus therefore hence then ergo accordingly consequently ok okay well yes yeah yep",
    "sure certainly absolutely right correct great good alright indeed clearly obviously definitely surely",
    "evidently apparently probably possibly perhaps maybe likely most more very quite rather highly almost fairly",
    "presumably seemingly probable plausible overall finally ultimately conclusion summary short brief sum all",
    "total conclude concluding case ans opt prob prolly def think believe guess suspect say choose pick select go",
    "going with vote assume suppose reckon feel bet lean leaning towards toward answer answers answering option",
    "options choice choices letter selection selected selecting choosing picking response final best true proper",
    "appropriate suitable fitting accurate single one only just simply diagnosis finding impression category",
    "class classification type label result verdict decision prediction solution output opinion view mind name",
    "called named known based above below given following image picture scan mri shown question number no. nr",
    "confidence confident high medium low moderate level score certainty probability % percent and but or however",
    "though although yet while still also too again now let let's lets please note consistent compatible keeping",
    "suggestive suggesting suggests suggest indicates indicating represents represent corresponds correspond",
    "corresponding matches match matching fits fit described describe classified classify characteristic typical",
    "diagnostic favored favoured favor favour supports support shows show demonstrates reveals depicts means",
    "meaning e.g. ie eg namely specifically i.e. viz both either brain axial slice sequence modality shape size",
    "location spread lesion tumor tumour mass patient hmm oh ah uh um got",
    # other languages
    "es la el los las un una son sería seria creo que yo elijo escojo selecciono respuesta",
    "opción opcion correcta est le les l' une c'est serait je crois choisis pense réponse",
    "bonne correcte choix ist die der das ein eine ich wähle denke glaube antwort richtige",
    "richtig lösung wahrscheinlich auswahl è risposta corretta scelgo penso sia é resposta",
    "correta alternativa letra escolho acho ответ правильный это вариант я думаю выбираю",
    "итак الإجابة الصحيحة هي هو الجواب antwoord juiste het cevap doğru odpowiedź prawidłowa",
    "đáp án là jawaban adalah yang benar उत्तर है सही",
)
_FILLERS_GLUED = (
    "答案|正确|正確|最终|最終|选项|選項|选择|選擇|我|认为|認為|应该|應該|应|應|选|選|是|为|為|的|故|因此|所以|综上|综上所述|本题|这|這|"
    "最可能|可能|诊断|診斷|结论|結論|属于|图像|显示|为|会|将|了|一个|最|佳|合适|符合|"
    "答え|解答|正解|回答|は|です|だ|を|が|選びます|選択|選ぶ|と思います|思います|"
    "정답|답변|답|은|는|이|가|입니다|이다|입니다|선택|합니다|을|를|최종"
)
#: What a filler may consist of, and what may join mentions: another word of such letters is no filler.
FILLER_LETTERS = frozenset(re.findall(r"[^\W_]+", " ".join(_FILLERS))) | set_of("or und oder et ou y e o nor plus")
FILLER = gated(
    rf"(?<![^\W_])(?:{'|'.join(sorted(map(re.escape, _FILLERS), key=lambda word: (-len(word), word)))})(?![^\W_]|-\w)|"
    rf"{_FILLERS_GLUED}|\d+(?:\.\d+)?"
)
#: The fillers that may stand between an announcement or a verb and its mention.
SOME_FILLERS = table(
    r"""
    (?:(?:the|a|an|most|more|very|quite|likely|probably|possibly|perhaps|maybe|definitely|clearly|certainly|indeed|
        therefore|thus|hence|then|simply|just|either|both|option|choice|letter|answer|to|be|with|of|is|are|it|it's|
        that|as|on|for|in|follows|given|by|would|should|must|la|el|le|die|l'|é|è|est|es|ist|opción|letra|also|still|
        actually|strongly|confidently|my|final|best|correct|right|one|single|here|i|would|think|believe|say|
        specifically|rather|now|instead)\s){0,6}
    """,
)
