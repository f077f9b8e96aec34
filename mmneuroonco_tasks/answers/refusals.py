"""Words of a refusal: the model declines, cannot tell, or lacks the picture.

They decide two things: what a response without a pick is called (*refused*, not *unparsed*), and which mentions are no
pick ("I cannot tell whether this is a meningioma"). A clear pick beside them stands and is marked as hedged.
"""

from __future__ import annotations

import re

_CANNOT = (
    r"(?:can(?:no|')t|cant|can not|could not|couldn't|(?:am|are|is|be|i'm|being|was|were|remain|feel)?\s?(?:unable|not able|incapable|unqualified|"
    r"not (?:possible|feasible|allowed|permitted|authori[sz]ed|qualified|equipped|trained|licensed|designed|capable|"
    r"comfortable|in a position|appropriate|advisable|safe|ethical|willing|going|supposed|meant|intended|programmed))|impossible|infeasible|"
    r"isn't possible|aren't able|isn't able|isn't appropriate|wouldn't be appropriate|would not be appropriate|"
    r"wouldn't be able|won't|will not|refuse|refusing|decline|declining|must refrain|have to refrain|inappropriate|irresponsible|unethical|"
    r"unsafe|not (?:feel )?comfortable|(?:do|does)(?:n't| not) (?:feel comfortable|have (?:the |an? |any |enough |sufficient |adequate |the necessary |the required )?"
    r"(?:ability|abilities|capability|capabilities|capacity|expertise|qualifications?|training|means|access|information|context|data|tools|authority))"
    r"|lacks? (?:the )?(?:ability|capability|capacity|expertise|qualifications?|training|information|context)|no way|not something i can)"
)
_DO = (
    r"(?:provid|giv(?:e|ing)|be given|offer|mak(?:e|ing)|made|drawn|render|interpret|analy[sz]|diagnos|assess|evaluat|determin|identif|tell|say|"
    r"answer|help|assist|compl(?:y|ete)|confirm|see\b(?! an[oy] )|view|access|process|fulfil|discuss|comment|classif|decid|"
    r"choos|chos|call|select|pick|conclu|ascertain|establish|judg|read\b|engage|proceed|continue|support|advis|verif|"
    r"certain|sure\b|definitive|reliabl|accurate|distinguish|differentiat|discern|describ|examin|review|measur|estimat|"
    r"draw|reach|commit|specif|recogni[sz]|infer|speculat|guess|respond|do (?:that|this|so)|shar|generat|perform|"
    r"replac|substitut|grade|categori[sz]|characteri[sz]|know\b|be known|rely|relied|open|load|display|deduc|arriv|form\b|locali[sz]|pinpoint|locat|find\b|detect|appreciat|stat(?:e|ing)\b)"
)
_PERSON = (
    r"(?:doctors?|physicians?|(?:neuro)?-?radiologists?|neurologists?|specialists?|professionals?|providers?|clinicians?|"
    r"experts?|oncologists?|neurosurgeons?|practitioners?|gp|medical (?:advice|attention|help|opinion)|medical team|care team)"
)
_PICTURE = r"(?:image|picture|photo|photograph|scan|mri|slice|attachment|file|upload|study|figure)s?"
_MATTER = (
    r"(?:information|data|details?|context|evidence|detail|quality|resolution|history|images?|views?|sequences?|slices?|"
    r"knowledge|clarity|findings?|imaging|input|features|clues|basis|tests?|testing|investigations?|scans?|studies|clinical)"
)

#: In English, each with the words that may stand in between.
_ENGLISH = (
    # declines, or is not able
    rf"{_CANNOT}(?:[\s,]+[\w'-]+){{0,6}}?[\s,]+(?:\w+-)?{_DO}",
    r"(?:can(?:no|')t|can not|could not|couldn't|cannot) (?:do|be) (?:so|that|this|certain|sure|done|definite|definitive)\b",
    r"not (?:[\w-]+ )?(?:determinable|assessable|interpretable|diagnosable|answerable|evaluable|identifiable from|decidable|discernible from)",
    r"(?:i'?m|i am) (?:very |so |really |truly )?sorry\b(?!,? i (?:meant|mean)\b)|^\W*sorry\b(?!,? (?:i (?:meant|mean)|it'?s|not)\b)|\b(?:i|we) (?:sincerely |must |do )?apologi[sz]e|^\W*(?:my )?apologies\b",
    r"(?:i|we)(?:'d| would| will|'ll)? (?:rather|prefer) not\b|prefer not to|(?:i|we)(?:'m| am|'ll| will| must| have to| would| should)? (?:going to )?(?:\w+ly )?(?:decline|refrain|abstain|pass)\b|no comment",
    r"beyond what (?:i|we)\b|(?:choose|chose|prefer|opt|elect|wish|want)s? not to\b|\b(?:i|we) (?:do not|don't|never) (?:provide|give|offer|make|do|interpret|diagnose|answer|perform|issue|render|analy[sz]e|read|assess|evaluate|handle|discuss|engage)\b",
    r"\b(?:irresponsible|unethical|inappropriate|unsafe|unwise)\b|(?:not|n't) (?:be )?(?:safe|appropriate|responsible|ethical|advisable|prudent|wise)\b|violat\w+ (?:\w+ ){0,4}(?:polic|guideline)",
    r"(?:not|n't) (?:\w+ )?(?:sufficient|enough|adequate) (?:to|for)\b|\binsufficient (?:to|for)\b|(?:not|n't) (?:\w+ )?(?:allow|permit|suffice)\b|\bi(?:'d| would) (?:\w+ )?need\b",
    r"^\W*(?:request |question )?(?:declined|refused|denied)\b|\bi give up\b|\bbeats me\b|^\W*(?:cannot|can't|can not|unable|impossible)\W*$|(?:cannot|can't) (?:answer|help|assist|comply|tell|say)",
    r"(?:my|our|the|company|openai|safety|content|usage) (?:guidelines?|polic(?:y|ies)|programming|safety)\b[^.]{0,40}(?:not|n't|prevent|prohibit|forbid|against)|(?:against|violates?) (?:my|our|the) (?:guidelines|polic(?:y|ies)|programming)",
    r"(?:outside|beyond) (?:of )?(?:my|the scope)|(?:not|n't) (?:within|in) my (?:scope|capabilit|abilit|power)",
    r"(?:am|i'm|as|being|just|only|merely|,) (?:just |only |merely )?(?:an? )?(?:ai|artificial intelligence|language model|large language model|text-based|llm|chatbot|virtual assistant)\b[^.]{0,80}(?:not|n't|unable|cannot|no )",
    rf"\bnot (?:a|an)(?: \w+){{0,3}} {_PERSON}|not (?:a )?(?:substitute|replacement)|(?:not|n't) (?:be )?(?:used|relied|taken)\b[^.]{{0,30}}(?:diagnos|medical)",
    rf"(?:consult|see|seek|contact|ask|refer|speak|talk|visit|turn|evaluat\w+|review\w*|interpret\w+|assess\w*|read|analy[sz]ed|need\w*|requir\w+|recommend|discuss\w*|share|examined|checked|confirmed|advice|opinion|expertise|input|judg\w+|left|defer|leave)\b(?:[\s,]+[\w'-]+){{0,8}}?[\s,]+{_PERSON}\b",
    rf"{_PERSON}\b(?:,[^,.]{{0,40}},)? (?:should|must|needs? to|has to|have to|would need|is needed|is required|will need|ought)",
    rf"\b(?:take|takes|need|needs|require|requires) an? (?:\w+ )?{_PERSON}\b",
    # does not know
    r"(?:do|does|did)(?:n't| not) (?:really |actually |honestly )?know\b|\bno idea\b|\bnot? clue\b|\bunsure\b|\bi am not aware\b|\bidk\b",
    r"(?:not|n't) (?:\w+ |100 ?% )?(?:sure|certain|confident)\b|\b(?:i'm|i am|it'?s|it is|is|remains|am) uncertain\b|^\W*uncertain\b",
    r"(?:hard|difficult|tough|challenging|tricky) (?:for me )?(?:to|for) (?:\w+ )?(?:say|tell|determine|know|be (?:sure|certain)|assess|judge|decide|identify|distinguish|diagnose|answer|conclude|give|make|establish|evaluate|pinpoint|discern|interpret)",
    r"\b(?:undetermined|indeterminate|inconclusive|undeterminable|nondiagnostic|non-diagnostic|undecided|unanswerable|uninterpretable|unassessable|unidentifiable|indeterminable|unable to)\b",
    r"(?:\bnot|n't) (?:\w+ )?clear (?:from|which|whether|if|enough|what|how)\b|(?:answer|diagnosis|choice|option|response|result)\s?[:=]+\W{0,4}(?:unknown|unclear|uncertain|n/?a\b|undetermined|not sure|no answer)|\bunclear (?:whether|if|which|what|from|how|to me)|(?:it|diagnosis|answer|this)(?:'s| is| remains) (?:\w+ )?unclear|^\W*(?:unclear|unknown|undefined)\W*$|(?:answer|diagnosis|sequence|size|shape|it|this) (?:is|remains)(?: \w+)? unknown",
    r"\bno (?:\w+ )?(?:diagnosis|assessment|answer|conclusion|determination|interpretation|statement|decision|judge?ment|opinion|classification|evaluation)\b(?: \w+){0,3}? (?:can|could|may|is possible|possible|is available|given|be (?:made|given|drawn|reached))|^\W*no answer\W*$",
    r"(?:not|n't|no) (?:\w+ ){0,2}(?:possible|way) (?:for me )?to\b|\bimpossible\b[^.]{0,20} to\b|^\W*(?:not|im)\s?possible\W*$|is (?:not possible|impossible)\b",
    rf"\b(?:none|neither|nothing|nobody)\b[^.]{{0,60}}?\b(?:can|could|may) (?:\w+ )?be (?:\w+ly )?{_DO}",
    # too little to go by
    rf"(?:\b|n't )(?:insufficient|inadequate|not enough|enough(?<=n't enough)|sufficient(?<=n't sufficient)|not sufficient|not adequate|too little|too few|limited|lack of|lacking|lacks?|missing|absence of|without|lacking)(?: (?:any|more|further|additional|sufficient|enough|the|adequate|clinical|patient|other|diagnostic|image|imaging|visual|relevant|specific|and|proper|full|complete)){{0,4}} {_MATTER}\b",
    r"(?:not|n't) (?:provide|contain|have|offer|show|give|include|carry|present|supply)\w* (?:\w+ ){0,3}?(?:enough|sufficient|adequate|necessary)\b",
    r"(?:is|are|would be|will be|may be) (?:required|needed|necessary|essential|mandatory) (?:to|for|before|in order)\b",
    rf"(?:need|require|want|like)s?(?: to (?:see|have|know|review))?(?: (?:any|some|more|further|additional|other|the|a|an|full|complete|clinical|patient'?s?|patient|detailed|better|higher|post-contrast|pre-contrast|multiple|entire|actual)){{0,4}} {_MATTER}\b(?! of the csf)",
    rf"\b(?:more|further|additional|other|complementary|clinical|better)(?: \w+){{0,2}} {_MATTER}(?: \w+){{0,4}}? (?:is|are|would be|may be|will be|be)?\s?(?:needed|required|necessary|helpful|essential)",
    r"\b(?:biopsy|histopatholog\w+|histolog\w+|patholog\w+|contrast|spectroscopy|perfusion|follow-up|clinical correlation|correlation)\b(?: \w+){0,4}? (?:is|are|would be|may be|be|will be)\s?(?:needed|required|necessary|recommended|mandatory|advised|essential|warranted)",
    rf"(?:quality|resolution|contrast|clarity|sharpness)(?: of (?:the|this) \w+)?(?: \w+)? (?:is|are|appears?|seems?|was|being)(?: \w+)? (?:poor|insufficient|low|inadequate|limited|bad|not (?:sufficient|good|adequate))|(?:poor|low|insufficient|inadequate|bad|suboptimal) (?:image |picture |scan )?(?:quality|resolution)",
    rf"{_PICTURE} (?:is|are|was|looks?|appears?|seems?)(?: \w+)? (?:too |very |so |extremely )?(?:blurr\w+|unclear|dark|grainy|noisy|pixelated|low|poor|illegible|unreadable|small to|not clear)|too (?:blurr\w+|dark|grainy|noisy|pixelated|unclear|low|poor|limited|ambiguous|faint)",
    # no picture
    rf"\bno (?:\w+[ -]){{0,2}}?{_PICTURE}\b(?: (?:was|were|is|are|has|have|had|been|to|in|for|with|here|attached|provided|uploaded|included|visible|available|found|given|present|shared|supplied|received|displayed|shown|input|data))+|^\W*no (?:\w+ )?{_PICTURE}\W*$",
    rf"(?:do|does|did|can|could|have|has|had|is|are|was|were|would)(?:n't|not| not)(?: \w+){{0,4}}? (?:any |an? |the |your |actual )?(?:\w+ )?{_PICTURE}(?: \w+)?(?: (?:attached|provided|uploaded|included|available|given|shared|yet|here|in))?\W*(?:$|[.,;!]|\b(?:to|in|attached|provided|uploaded|so|and|that|from|with|directly)\b)",
    rf"{_PICTURE} (?:\w+ )?(?:is|was|has|did|does|appears?|seems?|could|can|failed|fails)(?: (?:to|be|have|not|n't|been|to be|still|either))*\s?(?:n't |not )?(?:be |been )?(?:missing|blank|empty|corrupt\w*|black|unreadable|unavailable|broken|failed|load|loaded|attached|provided|display\w*|shown|uploaded|come through|open(?:ed)?|viewed|accessible|inaccessible|rendered|received|included|available|visible)\b(?<!is available)(?<!is visible)(?<!is provided)(?<!is shown)(?<!was provided)(?<!is attached)(?<!was uploaded)(?<!was shown)(?<!is displayed)",
    rf"(?:^\W*|please |kindly |you (?:can |could |please |would )?|to |and |then )(?:upload|attach|re-?send|re-?upload|provide|share|send|supply|include|insert|submit)\b(?: (?:me|us|it|again|the|a|an|your|actual|mri|brain|relevant|original|clear\w*|high\w*|better|more|with|of|medical|additional|full))* (?:{_PICTURE}|it|again|information|details|history|context)\b",
    rf"(?:see|find|have|got|received?|get|have received) no (?:\w+ )?{_PICTURE}|{_PICTURE} not (?:provided|found|available|attached|visible|loaded|shown|received|displayed|supplied|given|uploaded|included)|where(?:'s| is) the (?:\w+ )?{_PICTURE}",
    rf"forgot(?:ten)? to|(?:without|lacking) (?:the |an? |any |seeing |access to |being able to (?:see|view) )+(?:the |an? |actual )?(?:\w+ )?{_PICTURE}",
)

#: In other languages, by word stems.
_OTHERS = (
    # Chinese
    r"无法|無法|不能(?!排除|是|够)|不確定|不确定|难以(?!置信)|難以|不知道|不清楚|不可能(?:判断|确定)|没办法|沒辦法",
    r"抱歉|对不起|對不起|很遗憾|信息不足|資訊不足|图像质量|圖像質量|没有(?:提供|看到|收到|上传|附上|足够)|未提供|看不到|看不清|请(?:咨询|提供|上传|就医|联系|教)|請(?:諮詢|提供|上傳)|咨询(?:专业|医生|医师)|不是医生|不具备|不适合|建议(?:您)?(?:咨询|就医|寻求|由)|需要(?:更多|进一步|结合|专业)|拒绝(?:回答|提供)|不予回答|超出了?我的|作为(?:一个)?(?:ai|人工智能|语言模型)",
    # Japanese, Korean
    r"(?:でき|出来)(?:ません|ない|かね)|わかりません|分かりません|わからない|判断(?:でき|し(?:かね|兼ね))|申し訳|ごめんなさい|すみません|不明です|不可能です|お答えでき|困難です|難しいです|専門医|医師に|画像が(?:あり|提供|見え)|情報が不足|かねます",
    r"(?:할|될|볼|알|릴|드릴|줄|낼|지을|내릴|힐|릴) ?수(?:가|는)? ?없|못합니다|모르겠|모릅니다|죄송|미안|불가능|어렵습니다|어려워|불가합니다|알 수 없|판단할 수|확인할 수 없|전문의|의사와|의사에게|정보가 부족|이미지가 (?:없|제공)",
    # Spanish, Portuguese, Italian, French
    r"\bno (?:me )?(?:puedo|podemos|puede|se puede|es posible|soy capaz|tengo (?:la |suficiente|acceso|información)|sé\b|lo sé|estoy (?:seguro|en condiciones|capacitad|autorizad|cualificad)|dispongo|cuento con|hay (?:suficiente|información|ninguna imagen|imagen)|se (?:ha )?(?:proporcion|adjunt|observa ninguna imagen)|veo (?:ninguna|la) imagen)|lo siento|lamento|disculp|imposible|indeterminad|consult[ae] (?:a|con)|desconozco|información insuficiente|calidad (?:de la imagen )?(?:insuficiente|es)|como (?:modelo|ia|inteligencia)",
    r"\bnão (?:posso|podemos|pode|é possível|sou capaz|consigo|sei\b|tenho|estou (?:apto|certo|em condições|autoriz|qualific)|há (?:informaç|imagem|dados)|foi (?:fornecid|possível|enviad|anexad)|se pode|dá para|vejo)|desculp|lamento|sinto muito|impossível|consulte|informações? insuficiente|indeterminad",
    r"\bnon (?:posso|possiamo|può|è possibile|si può|sono (?:in grado|sicuro|un medico|qualificat|autorizzat)|lo so|so\b|riesco|ho (?:abbastanza|accesso|informazioni|la capacità)|ci sono (?:abbastanza|informazioni)|vedo|è stata (?:fornita|allegata))|mi dispiace|spiacente|scusa|impossibile|consult(?:i|are|a) (?:un|il)|informazioni insufficienti|indeterminat",
    r"\b(?:ne|n')\s?(?:peux|pouvons|peut|suis pas|sais pas|saurais|sommes pas|dispose pas|dispose|ai pas (?:accès|assez|suffisamment|la capacité)|est pas possible|vois (?:pas|aucune)|permet pas)|\bdésolée?\b|je regrette|impossible|veuillez (?:consulter|fournir|télécharger)|consulte[zr] un|informations? insuffisante|indéterminé|aucune image|pas (?:d'image|possible|assez)|je (?:m'|ne )?(?:excuse|préfère ne pas)|il m'est impossible|difficile (?:à|de) (?:dire|déterminer)|sais pas",
    # German, Dutch, Scandinavian
    r"\b(?:kann|können|könnte|konnte|darf|möchte|werde)\b[^.!?]{0,80}\b(?:nicht|kein\w*)\b|kein\w* (?:\w+ ){0,4}(?:möglich|ableiten|treffen|stellen)|nicht (?:in der lage|möglich|bestimm\w+|beurteil\w+|beantwort\w+|sicher|feststell\w+|erkennbar|eindeutig)|lässt sich (?:\w+ ){0,6}nicht|tut mir (?:\w+ )?leid|entschuldig|leider|weiß (?:ich )?(?:es )?nicht|weiss (?:es )?nicht|unmöglich|wenden sie sich|konsultieren|suchen sie|unzureichend|unklar|unbestimm|kein bild|bin kein(?:e)? (?:arzt|ärztin|radiolog)",
    r"\b(?:kan|kunnen)\b[^.!?]{0,60}\b(?:niet|geen|ikke|inte|ingen)\b|het spijt me|helaas|weet (?:ik )?(?:het )?niet|niet mogelijk|onmogelijk|raadpleeg|beklager|undskyld|förlåt|tyvärr|desværre|inte möjligt|ikke mulig|vet (?:inte|ikke)|ved (?:det )?ikke|en voi|valitettavasti",
    # Slavic
    r"не (?:могу|можем|может|можно|могли|имею|в состоянии|знаю|уверен|способ|представляется|удалось|удаётся|удается|хватает|вижу|предоставлен|врач|являюсь)|невозможно|извините|простите|сожалени|прошу прощения|затрудня|обратитесь|проконсультируйтесь|недостаточно|нет изображения|изображение (?:отсутствует|не)|трудно сказать|неизвестно|неясно",
    r"не (?:можу|можна|знаю)|неможливо|вибачте|на жаль|недостатньо|\bnie (?:mogę|możemy|można|jestem|wiem|da się|mam|potrafię|widzę)|przepraszam|niestety|niemożliwe|skonsultuj|\bnemohu|nelze|bohužel|omlouvám|nevím|\bnu (?:pot|pot(?:em)?|știu|este posibil|se poate)|îmi pare rău|nem tud|sajnálom|δεν μπορώ|λυπάμαι|δεν γνωρίζω|δεν είναι δυνατ",
    # Arabic, Persian, Hebrew, Turkish, Indic and South-East Asian languages
    r"لا (?:أستطيع|يمكنني|يمكن|أعرف|أعلم|يمكننا|أقدر|تتوفر|توجد (?:صورة|معلومات)|أملك|يوجد)|عذر|آسف|اعتذر|أعتذر|للأسف|غير (?:قادر|ممكن|واضح|كاف|مؤهل)|لست (?:طبيب|مؤهل|متأكد)|استشارة|يرجى (?:استشارة|تقديم)|من المستحيل|لم يتم (?:تقديم|إرفاق)",
    r"نمی ?(?:توان|دان)|متأسف|متاسف|ببخشید|לא (?:יכול|ניתן|יודע|אפשר)|מצטער|סליחה|bilmiyorum|üzgünüm|maalesef|(?:koy|ver|yap|yorumla|söyle|belirle|cevapla|yanıtla|tespit ed|tanımla|görüntüle|değerlendir)\w{0,4}(?:amam|emem|amıyorum|emiyorum|amıyoruz|emiyoruz|amaz|emez)|mümkün değil|belirlenemez|danışın|yetersiz|emin değilim",
    r"क्षमा|माफ़|माफ|खेद|नहीं (?:दे|कर|बता|जान|पता|हूँ|हूं|सकता|सकती|है)|असमर्थ|असंभव|দুঃখিত|পারি না|পারছি না|மன்னிக்க|முடியாது|క్షమించ|xin lỗi|rất tiếc|không thể|không biết|không đủ|không có hình|tham khảo ý kiến|maaf|tidak (?:dapat|bisa|tahu|mungkin|yakin|ada gambar|cukup)|tak (?:dapat|bisa)|mohon maaf|hindi ko|paumanhin|ขออภัย|ขอโทษ|ไม่สามารถ|ไม่ทราบ|ไม่รู้|samahani|siwezi",
)
_PATTERN = re.compile("|".join(f"(?:{words})" for words in (*_ENGLISH, *_OTHERS)))

#: Where a clause goes on, after its refusal, to what may be a pick.
RESUMES = re.compile(
    r"[,:]\s*(?=(?:i\b|i'd|i'll|my\b|here\b|the (?:best|most|answer|correct|findings?|images?|lesion|appearances?|features|likely)|"
    r"this\b|it\b|it's\b|these\b|answer|best\b|most\b|more likely|probably|possibly|perhaps|maybe|likely|if\b|based|overall|"
    r"[\ue000-\ue2ff]\s*(?:is|seems|appears|looks|would|fits|matches|[.!]|$)))"
)


def refusal_in(clause: str) -> re.Match[str] | None:
    """The first words of a refusal in a lower-case clause.

    >>> refusal_in("i cannot determine the diagnosis") is not None, refusal_in("this cannot be fat") is None
    (True, True)
    """
    return _PATTERN.search(clause)
