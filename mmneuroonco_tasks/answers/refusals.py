"""Words of a refusal: the model declines, cannot tell, or lacks the picture.

They decide two things: what a response without a pick is called (*refused*, not *unparsed*), and which mentions are no
pick ("I cannot tell whether this is a meningioma"). A clear pick beside them stands and is marked as hedged.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .gates import FirstOf, gated
from .tables import any_of, phrases_of, table, words_of

_CANNOT = any_of(
    r"can(?:no|')t cant can_not could_not couldn't",
    (
        r"(?:am|are|is|be|i'm|being|was|were|remain|feel)?\s?(?:unable|not_able|incapable|unqualified|"
        r"not_(?:possible|feasible|allowed|permitted|authori[sz]ed|qualified|equipped|trained|licensed|designed|"
        r"capable|comfortable|in_a_position|appropriate|advisable|safe|ethical|willing|going|supposed|meant|intended|"
        r"programmed))"
    ),
    r"impossible infeasible isn't_possible aren't_able isn't_able isn't_appropriate wouldn't_be_appropriate",
    r"would_not_be_appropriate wouldn't_be_able won't will_not refuse refusing decline declining must_refrain",
    r"have_to_refrain inappropriate irresponsible unethical unsafe not_(?:feel_)?comfortable",
    (
        r"(?:do|does)(?:n't|_not)_(?:feel_comfortable|have_(?:the_|an?_|any_|enough_|sufficient_|adequate_|"
        r"the_necessary_|the_required_)?(?:ability|abilities|capability|capabilities|capacity|expertise|"
        r"qualifications?|training|means|access|information|context|data|tools|authority))"
    ),
    r"lacks?_(?:the_)?(?:ability|capability|capacity|expertise|qualifications?|training|information|context)",
    r"no_way not_something_i_can",
)
_DO = any_of(
    r"provid giv(?:e|ing) be_given offer mak(?:e|ing) made drawn render interpret analy[sz] diagnos assess evaluat",
    r"determin identif tell say answer help assist compl(?:y|ete) confirm see\b(?!_an[oy]_) view access process",
    r"fulfil discuss comment classif decid choos chos call select pick conclu ascertain establish judg read\b",
    r"engage proceed continue support advis verif certain sure\b definitive reliabl accurate distinguish",
    r"differentiat discern describ examin review measur estimat draw reach commit specif recogni[sz] infer",
    r"speculat guess respond do_(?:that|this|so) shar generat perform replac substitut grade categori[sz]",
    r"characteri[sz] know\b be_known rely relied open load display deduc arriv form\b locali[sz] pinpoint locat",
    r"find\b detect appreciat stat(?:e|ing)\b attempt nam(?:e|ed|ing)\b rat(?:e|ed|ing)\b assign settl work_out",
    r"figure_out fill",
)
_PERSON = any_of(
    r"doctors? physicians? (?:neuro)?-?radiologists? neurologists? specialists? professionals? providers?",
    r"clinicians? experts? oncologists? neurosurgeons? practitioners? gp medical_(?:advice|attention|help|opinion)",
    r"medical_team care_team",
)
_PICTURE = r"(?:image|picture|photo|photograph|scan|mri|slice|attachment|file|upload|study|figure)s?"
_MATTER = any_of(
    r"information data details? context evidence detail quality resolution history images? views? sequences?",
    r"slices? knowledge clarity findings? imaging input features clues basis tests? testing investigations? scans?",
    r"studies clinical",
)

#: In English, each with the words that may stand in between.
_ENGLISH = phrases_of(
    r"""
    # declines, or is not able
    <CANNOT>(?:[\s,]+[\w'-]+){0,6}?[\s,]+(?:\w+-)?<DO>
    (?:can(?:no|')t|can not|could not|couldn't|cannot) (?:do|be) (?:so|that|this|certain|sure|done|definite|
        definitive)\b
    not (?:[\w-]+ )?(?:determinable|assessable|interpretable|diagnosable|answerable|evaluable|identifiable from|
        decidable|discernible from)
    (?:i'?m|i am) (?:very |so |really |truly )?sorry\b(?!,? i (?:meant|mean)\b)
    ^\W*sorry\b(?!,? (?:i (?:meant|mean)|it'?s|not|for the (?:short|brief|late|long|delay|confusion))\b)
    \b(?:i|we) (?:sincerely |must |do )?apologi[sz]e
    ^\W*(?:my )?apologies\b
    (?:i|we)(?:'d| would| will|'ll)? (?:rather|prefer) not\b
    prefer not to
    (?:i|we)(?:'m| am|'ll| will| must| have to| would| should)? (?:going to )?(?:\w+ly )?(?:decline|refrain|abstain|
        refuse|pass)\b
    no comment
    beyond what (?:i|we)\b
    (?:choose|chose|prefer|opt|elect|wish|want)s? not to\b
    \b(?:i|we) (?:do not|don't|never) (?:provide|give|offer|make|do|interpret|diagnose|answer|perform|issue|render|
        analy[sz]e|read|assess|evaluate|handle|discuss|engage|guess|speculate)\b
    \b(?:irresponsible|unethical|inappropriate|unsafe|unwise)\b
    (?:not|n't) (?:be )?(?:safe|appropriate|responsible|ethical|advisable|prudent|wise)\b
    violat\w+ (?:\w+ ){0,4}(?:polic|guideline)
    (?:not|n't) (?:\w+ )?(?:sufficient|enough|adequate)(?: \w+){0,4} (?:to|for)\b
    \binsufficient (?:to|for)\b
    (?:not|n't) (?:\w+ )?(?:allow|permit|suffice|let (?:me|us))\b
    \bi(?:'d| would) (?:\w+ )?need\b
    ^\W*(?:request |question )?(?:declined|refused|denied)\b
    \bi give up\b
    \bnot for (?:me|us)\b
    (?:not|n't) (?:an? )?(?:question|thing|matter) (?:that |which )?(?:i|we)\b
    \bno can do\b
    \boff[- ]limits\b
    \boverstep
    \bi can do neither\b
    \bno answer from (?:me|us)\b
    \bno basis (?:for|to|on)\b
    \bguesswork\b
    \bwhat (?:i|we) (?:cannot|can't|can not|am unable to|won't) (?:do|tell|say|give|provide)\b
    \b(?:designed|instructed|trained|programmed|told|asked|built) (?:not to|to (?:avoid|refuse|decline))\b
    ^\W*(?:answer\W{1,4})?(?:refuse[ds]?|decline[ds]?)\W*$
    \bbeats me\b
    ^\W*(?:cannot|can't|can not|unable|impossible)\W*$
    (?:cannot|can't) (?:answer|help|assist|comply|tell|say)
    (?:my|our|the|company|openai|safety|content|usage) (?:guidelines?|polic(?:y|ies)|programming|safety)\b[^.]{0,40}
        (?:not|n't|prevent|prohibit|forbid|against)
    (?:against|violates?) (?:my|our|the) (?:guidelines|polic(?:y|ies)|programming)
    (?:outside|beyond) (?:of )?(?:my|the scope)
    (?:not|n't) (?:within|in) my (?:scope|capabilit|abilit|power)
    (?:am|i'm|as|being|just|only|merely|,) (?:just |only |merely )?(?:an? )?(?:ai|artificial intelligence|
        language model|large language model|text-based|llm|chatbot|virtual assistant)\b[^.]{0,80}(?:not|n't|unable|
        cannot|no )
    \bnot (?:a|an)(?: \w+){0,3} <PERSON>
    not (?:a )?(?:substitute|replacement)
    (?:not|n't) (?:be )?(?:used|relied|taken)\b[^.]{0,30}(?:diagnos|medical)
    (?:consult|see|seek|contact|ask|refer|speak|talk|visit|turn|evaluat\w+|review\w*|interpret\w+|assess\w*|read|
        analy[sz]ed|need\w*|requir\w+|recommend|discuss\w*|share|examined|checked|confirmed|advice|opinion|
        expertise|input|judg\w+|left|defer|leave)\b(?:[\s,]+[\w'-]+){0,8}?[\s,]+<PERSON>\b
    \bonly (?:an? )?(?:\w+ ){0,2}<PERSON>\b[^.,;]{0,80}? (?:can|could|may|is able|are able|should)\b
    (?:not|n't) (?:something|a thing|anything) (?:that )?(?:i|we)\b
    <PERSON>\b(?:,[^,.]{0,40},)? (?:should|must|needs? to|has to|have to|would need|is needed|is required|will need|
        ought)
    \b(?:take|takes|need|needs|require|requires) an? (?:\w+ )?<PERSON>\b
    # does not know
    (?:do|does|did)(?:n't| not) (?:really |actually |honestly )?know\b
    \bno idea\b
    \bnot? clue\b
    \bunsure\b
    \bi am not aware\b
    \bidk\b
    (?:not|n't) (?:\w+ |100 ?% )?(?:sure|certain|confident)\b
    \b(?:i'm|i am|it'?s|it is|is|remains|am) uncertain\b
    ^\W*uncertain\b
    (?:hard|difficult|tough|challenging|tricky) (?:for me )?(?:to|for) (?:\w+ )?(?:say|tell|determine|know|
        be (?:sure|certain)|assess|judge|decide|identify|distinguish|diagnose|answer|conclude|give|make|establish|
        evaluate|pinpoint|discern|interpret)
    \b(?:undetermined|indeterminate|inconclusive|undeterminable|nondiagnostic|non-diagnostic|undecided|unanswerable|
        uninterpretable|unassessable|unidentifiable|indeterminable|unable to)\b
    (?:\bnot|n't) (?:\w+ )?clear (?:from|which|whether|if|enough|what|how)\b
    (?:answer|diagnosis|choice|option|response|result)\s?[:=]+\W{0,4}(?:unknown|unclear|uncertain|n/?a\b|
        undetermined|not sure|no answer)
    \bunclear (?:whether|if|which|what|from|how|to me)
    (?:it|diagnosis|answer|this)(?:'s| is| remains) (?:\w+ )?unclear
    ^\W*(?:unclear|unknown|undefined)\W*$
    (?:answer|diagnosis|sequence|size|shape|it|this) (?:is|remains)(?: \w+)? unknown
    \bno (?:\w+ )?(?:diagnosis|assessment|answer|conclusion|determination|interpretation|statement|decision|
        judge?ment|opinion|classification|evaluation)\b(?: \w+){0,3}? (?:can|could|may|is possible|possible|
        is available|given|be (?:made|given|drawn|reached))
    ^\W*no answer\W*$
    (?:not|n't|no) (?:\w+ ){0,2}(?:possible|way) (?:for me )?to\b
    \bimpossible\b[^.]{0,20} to\b
    ^\W*(?:not|im)\s?possible\W*$
    is (?:not possible|impossible)\b
    \b(?:none|neither|nothing|nobody)\b[^.]{0,60}?\b(?:can|could|may) (?:\w+ )?be (?:\w+ly )?<DO>
    # too little to go by
    (?:\b|n't )(?:insufficient|inadequate|not enough|enough(?<=n't enough)|sufficient(?<=n't sufficient)|
        not sufficient|not adequate|too little|too few|limited|lack of|lacking|lacks?|missing|absence of|without|
        lacking)(?: (?:any|more|further|additional|sufficient|enough|the|adequate|clinical|patient|other|diagnostic|
        image|imaging|visual|relevant|specific|and|proper|full|complete)){0,4} <MATTER>\b
    (?:not|n't) (?:provide|contain|have|offer|show|give|include|carry|present|supply)\w* (?:\w+ ){0,3}?(?:enough|
        sufficient|adequate|necessary|(?:specific|definitive|conclusive|reliable) (?:information|evidence|clues?))\b
    (?:is|are|would be|will be|may be) (?:required|needed|necessary|essential|mandatory) (?:to|for|before|
        in order)\b
    (?:need|require|want|like)s?(?: to (?:see|have|know|review))?(?: (?:any|some|more|further|additional|other|the|
        a|an|full|complete|clinical|patient'?s?|patient|detailed|better|higher|post-contrast|pre-contrast|multiple|
        entire|actual)){0,4} <MATTER>\b(?! of the csf)
    \b(?:more|further|additional|other|complementary|clinical|better)(?: \w+){0,2} <MATTER>(?: \w+){0,4}? (?:is|are|
        would be|may be|will be|be)?\s?(?:needed|required|necessary|helpful|essential)
    \b(?:biopsy|histopatholog\w+|histolog\w+|patholog\w+|contrast|spectroscopy|perfusion|follow-up|
        clinical correlation|correlation)\b(?: \w+){0,4}? (?:is|are|would be|may be|be|will be)\s?(?:needed|
        required|necessary|recommended|mandatory|advised|essential|warranted)
    (?:quality|resolution|contrast|clarity|sharpness)(?: of (?:the|this) \w+)?(?: \w+)? (?:is|are|appears?|seems?|
        was|being)(?: \w+)? (?:poor|insufficient|low|inadequate|limited|bad|not (?:sufficient|good|adequate))
    (?:poor|low|insufficient|inadequate|bad|suboptimal) (?:image |picture |scan )?(?:quality|resolution)
    <PICTURE> (?:is|are|was|looks?|appears?|seems?)(?: \w+)? (?:too |very |so |extremely )?(?:blurr\w+|unclear|dark|
        grainy|noisy|pixelated|low|poor|illegible|unreadable|small to|not clear)
    too (?:blurr\w+|dark|grainy|noisy|pixelated|unclear|low|poor|limited|ambiguous|faint)
    # no picture
    \bno (?:\w+[ -]){0,2}?<PICTURE>\b(?: (?:was|were|is|are|has|have|had|been|to|in|for|with|here|attached|provided|
        uploaded|included|visible|available|found|given|present|shared|supplied|received|displayed|shown|input|
        data))+
    ^\W*no (?:\w+ )?<PICTURE>\W*$
    (?:do|does|did|can|could|have|has|had|is|are|was|were|would)(?:n't|not| not)(?: \w+){0,4}? (?:any |an? |the |
        your |actual )?(?:\w+ )?<PICTURE>(?: \w+)?(?: (?:attached|provided|uploaded|included|available|given|shared|
        yet|here|in))?\W*(?:$|[.,;!]|\b(?:to|in|attached|provided|uploaded|so|and|that|from|with|directly)\b)
    <PICTURE> (?:\w+ )?(?:is|was|has|did|does|appears?|seems?|could|can|failed|fails)(?: (?:to|be|have|not|n't|been|
        to be|still|either))*\s?(?:n't |not )?(?:be |been )?(?:missing|blank|empty|corrupt\w*|black|unreadable|
        unavailable|broken|failed|load|loaded|attached|provided|display\w*|shown|uploaded|come through|open(?:ed)?|
        viewed|accessible|inaccessible|rendered|received|included|available|visible)\b(?<!is available)
        (?<!is visible)(?<!is provided)(?<!is shown)(?<!was provided)(?<!is attached)(?<!was uploaded)(?<!was shown)
        (?<!is displayed)
    (?:^\W*|please |kindly |you (?:can |could |please |would )?|to |and |then )(?:upload|attach|re-?send|re-?upload|
        provide|share|send|supply|include|insert|submit)\b(?: (?:me|us|it|again|the|a|an|your|actual|mri|brain|
        relevant|original|clear\w*|high\w*|better|more|with|of|medical|additional|full))* (?:<PICTURE>|it|again|
        information|details|history|context)\b
    (?:see|find|have|got|received?|get|have received) no (?:\w+ )?<PICTURE>
    <PICTURE> not (?:provided|found|available|attached|visible|loaded|shown|received|displayed|supplied|given|
        uploaded|included)
    where(?:'s| is) the (?:\w+ )?<PICTURE>
    forgot(?:ten)? to
    (?:without|lacking) (?:the |an? |any |seeing |access to |being able to (?:see|view) )+(?:the |an? |actual )?
        (?:\w+ )?<PICTURE>
    """,
    CANNOT=_CANNOT,
    DO=_DO,
    PERSON=_PERSON,
    MATTER=_MATTER,
    PICTURE=_PICTURE,
)

#: In other languages, by word stems.
_OTHERS = (
    # Chinese
    *words_of(
        r"无法 無法 不能(?!排除|是|够) 不確定 不确定 难以(?!置信) 難以 不知道 不清楚 不可能(?:判断|确定)",
        r"没办法 沒辦法 (?:回答|判断|确定|看|说)不了 没有(?:能力|办法) 不方便 缺乏足够",
    ),
    *words_of(
        r"抱歉 对不起 對不起 很遗憾 信息不足 資訊不足 图像质量 圖像質量",
        r"没有(?:提供|看到|收到|上传|附上|足够) 未提供 看不到 看不清 请(?:咨询|提供|上传|就医|联系|教)",
        r"請(?:諮詢|提供|上傳) 咨询(?:专业|医生|医师) 不是医生 不具备 不适合",
        r"建议(?:您)?(?:咨询|就医|寻求|由) 需要(?:更多|进一步|结合|专业) 拒绝(?:回答|提供) 不予回答",
        r"超出了?我的 作为(?:一个)?(?:ai|人工智能|语言模型)",
    ),
    # Japanese, Korean
    *words_of(
        r"(?:でき|出来)(?:ません|ない|かね) わかりません 分かりません わからない",
        r"判断(?:でき|し(?:かね|兼ね)) 申し訳 ごめんなさい すみません 不明です 不可能です お答えでき",
        r"困難です 難しいです 専門医 医師に 画像が(?:あり|提供|見え) 情報が不足 かねます",
    ),
    *words_of(
        r"(?:할|될|볼|알|릴|드릴|줄|낼|지을|내릴|힐|릴)_?수(?:가|는)?_?없 못합니다 모르겠 모릅니다 죄송 미안",
        r"불가능 어렵습니다 어려워 불가합니다 알_수_없 판단할_수",
        r"확인할_수_없 전문의 의사와 의사에게 정보가_부족 이미지가_(?:없|제공)",
    ),
    # Spanish, Portuguese, Italian, French
    *words_of(
        (
            r"\bno_(?:me_)?(?:puedo|podemos|puede|se_puede|es_posible|soy_capaz|tengo_(?:la_|suficiente|acceso|"
            r"información)|sé\b|lo_sé|estoy_(?:seguro|en_condiciones|capacitad|autorizad|cualificad)|dispongo|"
            r"cuento_con|hay_(?:suficiente|información|ninguna_imagen|imagen)|se_(?:ha_)?(?:proporcion|adjunt|"
            r"observa_ninguna_imagen)|veo_(?:ninguna|la)_imagen)"
        ),
        r"lo_siento lamento disculp imposible indeterminad consult[ae]_(?:a|con) desconozco",
        r"información_insuficiente calidad_(?:de_la_imagen_)?(?:insuficiente|es)",
        r"como_(?:modelo|ia|inteligencia)",
    ),
    *words_of(
        (
            r"\bnão_(?:posso|podemos|pode|é_possível|sou_capaz|consigo|sei\b|tenho|estou_(?:apto|certo|"
            r"em_condições|autoriz|qualific)|há_(?:informaç|imagem|dados)|foi_(?:fornecid|possível|enviad|"
            r"anexad)|se_pode|dá_para|vejo)"
        ),
        r"desculp lamento sinto_muito impossível consulte informações?_insuficiente indeterminad",
    ),
    *words_of(
        (
            r"\bnon_(?:posso|possiamo|può|è_possibile|si_può|sono_(?:in_grado|sicuro|un_medico|qualificat|"
            r"autorizzat)|lo_so|so\b|riesco|ho_(?:abbastanza|accesso|informazioni|la_capacità)|"
            r"ci_sono_(?:abbastanza|informazioni)|vedo|è_stata_(?:fornita|allegata))"
        ),
        r"mi_dispiace spiacente scusa impossibile consult(?:i|are|a)_(?:un|il) informazioni_insufficienti",
        r"indeterminat",
    ),
    *words_of(
        (
            r"\b(?:ne|n')\s?(?:peux|pouvons|peut|suis_pas|sais_pas|saurais|sommes_pas|dispose_pas|dispose|"
            r"ai_pas_(?:accès|assez|suffisamment|la_capacité)|est_pas_possible|vois_(?:pas|aucune)|permet_pas)"
        ),
        r"\bdésolée?\b je_regrette impossible veuillez_(?:consulter|fournir|télécharger) consulte[zr]_un",
        r"informations?_insuffisante indéterminé aucune_image pas_(?:d'image|possible|assez)",
        r"je_(?:m'|ne_)?(?:excuse|préfère_ne_pas) il_m'est_impossible difficile_(?:à|de)_(?:dire|déterminer)",
        r"sais_pas",
    ),
    # German, Dutch, Scandinavian
    *words_of(
        r"\b(?:kann|können|könnte|konnte|darf|möchte|werde|vermag)\b[^.!?]{0,80}\b(?:nicht|kein\w*)\b",
        r"kein\w*_(?:\w+_){0,4}(?:möglich|ableiten|treffen|stellen)",
        (
            r"nicht_(?:in_der_lage|möglich|bestimm\w+|beurteil\w+|beantwort\w+|sicher|feststell\w+|erkennbar|"
            r"eindeutig)"
        ),
        r"lässt_sich_(?:\w+_){0,6}nicht tut_mir_(?:\w+_)?leid entschuldig leider weiß_(?:ich_)?(?:es_)?nicht",
        r"weiss_(?:es_)?nicht unmöglich wenden_sie_sich konsultieren suchen_sie unzureichend unklar unbestimm",
        r"kein_bild bin_kein(?:e)?_(?:arzt|ärztin|radiolog)",
    ),
    *words_of(
        r"\b(?:kan|kunnen)\b[^.!?]{0,60}\b(?:niet|geen|ikke|inte|ingen)\b het_spijt_me helaas",
        r"weet_(?:ik_)?(?:het_)?niet niet_mogelijk onmogelijk raadpleeg beklager undskyld förlåt tyvärr",
        r"desværre inte_möjligt ikke_mulig vet_(?:inte|ikke) ved_(?:det_)?ikke en_voi valitettavasti",
    ),
    # Slavic
    *words_of(
        (
            r"не_(?:могу|можем|может|можно|могли|имею|в_состоянии|знаю|уверен|способ|представляется|удалось|"
            r"удаётся|удается|хватает|вижу|предоставлен|врач|являюсь)"
        ),
        r"невозможно извините простите сожалени прошу_прощения затрудня обратитесь проконсультируйтесь",
        r"недостаточно нет_изображения изображение_(?:отсутствует|не) трудно_сказать неизвестно неясно",
    ),
    *words_of(
        r"не_(?:можу|можна|знаю) неможливо вибачте на_жаль недостатньо",
        r"\bnie_(?:mogę|możemy|można|jestem|wiem|da_się|mam|potrafię|widzę) przepraszam niestety niemożliwe",
        r"skonsultuj \bnemohu nelze bohužel omlouvám nevím \bnu_(?:pot|pot(?:em)?|știu|este_posibil|se_poate)",
        r"îmi_pare_rău nem_tud sajnálom δεν_μπορώ λυπάμαι δεν_γνωρίζω δεν_είναι_δυνατ",
    ),
    # Arabic, Persian, Hebrew, Turkish, Indic and South-East Asian languages
    *words_of(
        r"لا_(?:أستطيع|يمكنني|يمكن|أعرف|أعلم|يمكننا|أقدر|تتوفر|توجد_(?:صورة|معلومات)|أملك|يوجد) عذر آسف اعتذر",
        r"أعتذر للأسف غير_(?:قادر|ممكن|واضح|كاف|مؤهل) لست_(?:طبيب|مؤهل|متأكد) استشارة يرجى_(?:استشارة|تقديم)",
        r"من_المستحيل لم_يتم_(?:تقديم|إرفاق)",
    ),
    *words_of(
        r"نمی_?(?:توان|دان) متأسف متاسف ببخشید לא_(?:יכול|ניתן|יודע|אפשר) מצטער סליחה bilmiyorum üzgünüm",
        r"maalesef",
        (
            r"(?:koy|ver|yap|yorumla|söyle|belirle|cevapla|yanıtla|tespit_ed|tanımla|görüntüle|"
            r"değerlendir)\w{0,4}(?:amam|emem|amıyorum|emiyorum|amıyoruz|emiyoruz|amaz|emez)"
        ),
        r"mümkün_değil belirlenemez danışın yetersiz emin_değilim",
    ),
    *words_of(
        r"क्षमा माफ़ माफ खेद नहीं_(?:दे|कर|बता|जान|पता|हूँ|हूं|सकता|सकती|है) असमर्थ असंभव দুঃখিত পারি_না",
        r"পারছি_না மன்னிக்க முடியாது క్షమించ xin_lỗi rất_tiếc không_thể không_biết không_đủ không_có_hình",
        r"tham_khảo_ý_kiến maaf tidak_(?:dapat|bisa|tahu|mungkin|yakin|ada_gambar|cukup) tak_(?:dapat|bisa)",
        r"mohon_maaf hindi_ko paumanhin ขออภัย ขอโทษ ไม่สามารถ ไม่ทราบ ไม่รู้ samahani siwezi",
    ),
)
_PATTERN = FirstOf([*_ENGLISH, *_OTHERS])

#: Where a clause goes on, after its refusal, to what may be a pick.
RESUMES = gated(
    table(
        r"""
        [,:]\s*(?=(?:i\b|i'd|i'll|my\b|here\b|the (?:best|closest|nearest|most|answer|correct|findings?|images?|
            lesion|appearances?|features|likely)|this\b|it\b|it's\b|these\b|answer|best\b|closest\b|most\b|more likely|
            probably|possibly|perhaps|maybe|likely|if\b|based|overall|
            [\ue000-\ue2ff]\s*(?:is|seems|appears|looks|would|fits|matches|[.!]|$)))
        """,
    ),
)


@lru_cache(maxsize=4096)  # asked of a sentence at several steps
def refusal_in(clause: str) -> re.Match[str] | None:
    """The first words of a refusal in a lower-case clause.

    >>> refusal_in("i cannot determine the diagnosis") is not None, refusal_in("this cannot be fat") is None
    (True, True)
    """
    return _PATTERN.search(clause)
