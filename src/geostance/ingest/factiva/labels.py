"""The words that Factiva's interface puts around an article, in the languages of the interface."""

import re

# BCP 47 tags and the names that interfaces in English, French, German, Chinese, Spanish,
# Italian, Portuguese, Russian and Japanese give the language of an article.
_NAMES = {
    "ar": (
        "Arabic, Arabe, Arabisch, 阿拉伯语, 阿拉伯文, 阿拉伯語, Árabe, Arabo, Арабский, アラビア語"
    ),
    "az": (
        "Azerbaijani, Azerbaïdjanais, Aserbaidschanisch, 阿塞拜疆语, 阿塞拜疆文, 亞塞拜然文, "
        "亞塞拜然語, Azerbaiyano, Azerbaigiano, Azerbaijano, Азербайджанский, アゼルバイジャン語"
    ),
    "be": (
        "Belarusian, Biélorusse, Belarussisch, 白俄罗斯语, 白俄罗斯文, 白俄羅斯文, 白俄羅斯語, "
        "Bielorruso, Bielorusso, Bielorrusso, Белорусский, ベラルーシ語, Weißrussisch"
    ),
    "bg": (
        "Bulgarian, Bulgare, Bulgarisch, 保加利亚语, 保加利亚文, 保加利亞文, 保加利亞語, "
        "Búlgaro, Bulgaro, Болгарский, ブルガリア語"
    ),
    "bn": (
        "Bangla, Bengali, Bengalisch, 孟加拉语, 孟加拉文, 孟加拉語, Bengalí, Bengalese, "
        "Бенгальский, ベンガル語"
    ),
    "ca": (
        "Catalan, Katalanisch, 加泰罗尼亚语, 加泰罗尼亚文, 加泰蘭文, 加泰蘭語, Catalán, "
        "Catalano, Catalão, Каталанский, カタロニア語"
    ),
    "cs": (
        "Czech, Tchèque, Tschechisch, 捷克语, 捷克文, 捷克語, Checo, Ceco, Tcheco, Чешский, "
        "チェコ語"
    ),
    "da": (
        "Danish, Danois, Dänisch, 丹麦语, 丹麦文, 丹麥文, 丹麥語, Danés, Danese, Dinamarquês, "
        "Датский, デンマーク語"
    ),
    "de": (
        "German, Allemand, Deutsch, 德语, 德文, 德語, Alemán, Tedesco, Alemão, Немецкий, ドイツ語"
    ),
    "el": (
        "Greek, Grec, Griechisch, 希腊语, 希腊文, 希臘文, 希臘語, Griego, Greco, Grego, "
        "Греческий, ギリシャ語"
    ),
    "en": "English, Anglais, Englisch, 英语, 英文, 英語, Inglés, Inglese, Inglês, Английский",
    "es": (
        "Spanish, Espagnol, Spanisch, 西班牙语, 西班牙文, 西班牙語, Español, Spagnolo, Espanhol, "
        "Испанский, スペイン語, Castilian, Castellano"
    ),
    "et": (
        "Estonian, Estonien, Estnisch, 爱沙尼亚语, 爱沙尼亚文, 愛沙尼亞文, 愛沙尼亞語, Estonio, "
        "Estone, Estoniano, Эстонский, エストニア語"
    ),
    "eu": "Basque, Baskisch, 巴斯克语, 巴斯克文, 巴斯克語, Euskera, Basco, Баскский, バスク語",
    "fa": (
        "Persian, Persan, Persisch, 波斯语, 波斯文, 波斯語, Persa, Persiano, Персидский, "
        "ペルシア語, Farsi"
    ),
    "fi": (
        "Finnish, Finnois, Finnisch, 芬兰语, 芬兰文, 芬蘭文, 芬蘭語, Finés, Finlandese, "
        "Finlandês, Финский, フィンランド語, Finlandés"
    ),
    "fr": (
        "French, Français, Französisch, 法语, 法文, 法語, Francés, Francese, Francês, "
        "Французский, フランス語"
    ),
    "gl": (
        "Galician, Galicien, Galicisch, 加利西亚语, 加利西亚文, 加利西亞文, 加利西亞語, Gallego, "
        "Galiziano, Galego, Галисийский, ガリシア語"
    ),
    "he": (
        "Hebrew, Hébreu, Hebräisch, 希伯来语, 希伯来文, 希伯來文, 希伯來語, Hebreo, Ebraico, "
        "Hebraico, Иврит, ヘブライ語"
    ),
    "hi": "Hindi, 印地语, 印地文, 印地語, Híndi, Хинди, ヒンディー語",
    "hr": (
        "Croatian, Croate, Kroatisch, 克罗地亚语, 克罗地亚文, 克羅埃西亞文, 克羅埃西亞語, "
        "Croata, Croato, Хорватский, クロアチア語"
    ),
    "hu": (
        "Hungarian, Hongrois, Ungarisch, 匈牙利语, 匈牙利文, 匈牙利語, Húngaro, Ungherese, "
        "Венгерский, ハンガリー語"
    ),
    "hy": (
        "Armenian, Arménien, Armenisch, 亚美尼亚语, 亚美尼亚文, 亞美尼亞文, 亞美尼亞語, Armenio, "
        "Armeno, Armênio, Армянский, アルメニア語"
    ),
    "id": (
        "Indonesian, Indonésien, Indonesisch, 印度尼西亚语, 印度尼西亚文, 印尼文, 印尼語, "
        "Indonesio, Indonesiano, Indonésio, Индонезийский, インドネシア語, Bahasa Indonesia, "
        "Bahasa"
    ),
    "is": (
        "Icelandic, Islandais, Isländisch, 冰岛语, 冰岛文, 冰島文, 冰島語, Islandés, Islandese, "
        "Islandês, Исландский, アイスランド語"
    ),
    "it": (
        "Italian, Italien, Italienisch, 意大利语, 意大利文, 義大利文, 義大利語, Italiano, "
        "Итальянский, イタリア語"
    ),
    "ja": (
        "Japanese, Japonais, Japanisch, 日语, 日文, 日語, Japonés, Giapponese, Japonês, "
        "Японский, 日本語"
    ),
    "ka": (
        "Georgian, Géorgien, Georgisch, 格鲁吉亚语, 格鲁吉亚文, 喬治亞文, 喬治亞語, Georgiano, "
        "Грузинский, ジョージア語"
    ),
    "kk": (
        "Kazakh, Kasachisch, 哈萨克语, 哈萨克文, 哈薩克文, 哈薩克語, Kazajo, Kazako, Cazaque, "
        "Казахский, カザフ語"
    ),
    "ko": "Korean, Coréen, Koreanisch, 韩语, 韩文, 韓文, 韓語, Coreano, Корейский, 韓国語, 朝鲜文",
    "lt": (
        "Lithuanian, Lituanien, Litauisch, 立陶宛语, 立陶宛文, 立陶宛語, Lituano, Литовский, "
        "リトアニア語"
    ),
    "lv": (
        "Latvian, Letton, Lettisch, 拉脱维亚语, 拉脱维亚文, 拉脫維亞文, 拉脫維亞語, Letón, "
        "Lettone, Letão, Латышский, ラトビア語"
    ),
    "mk": (
        "Macedonian, Macédonien, Mazedonisch, 马其顿语, 马其顿文, 馬其頓文, 馬其頓語, Macedonio, "
        "Macedone, Macedônio, Македонский, マケドニア語"
    ),
    "ms": (
        "Malay, Malais, Malaiisch, 马来语, 马来文, 馬來文, 馬來語, Malayo, Malese, Malaio, "
        "Малайский, マレー語, Malaysian, Bahasa Malaysia"
    ),
    "nl": (
        "Dutch, Néerlandais, Niederländisch, 荷兰语, 荷兰文, 荷蘭文, 荷蘭語, Neerlandés, "
        "Olandese, Holandês, Нидерландский, オランダ語, Flemish, Flamand, Holandés"
    ),
    "no": (
        "Norwegian, Norvégien, Norwegisch, 挪威语, 挪威文, 挪威語, Noruego, Norvegese, "
        "Norueguês, Норвежский, ノルウェー語, Norwegian Bokmål"
    ),
    "pl": (
        "Polish, Polonais, Polnisch, 波兰语, 波兰文, 波蘭文, 波蘭語, Polaco, Polacco, Polonês, "
        "Польский, ポーランド語"
    ),
    "pt": (
        "Portuguese, Portugais, Portugiesisch, 葡萄牙语, 葡萄牙文, 葡萄牙語, Portugués, "
        "Portoghese, Português, Португальский, ポルトガル語"
    ),
    "ro": (
        "Romanian, Roumain, Rumänisch, 罗马尼亚语, 罗马尼亚文, 羅馬尼亞文, 羅馬尼亞語, Rumano, "
        "Rumeno, Romeno, Румынский, ルーマニア語"
    ),
    "ru": "Russian, Russe, Russisch, 俄语, 俄文, 俄語, Ruso, Russo, Русский, ロシア語",
    "sk": (
        "Slovak, Slovaque, Slowakisch, 斯洛伐克语, 斯洛伐克文, 斯洛伐克語, Eslovaco, Slovacco, "
        "Словацкий, スロバキア語"
    ),
    "sl": (
        "Slovenian, Slovène, Slowenisch, 斯洛文尼亚语, 斯洛文尼亚文, 斯洛維尼亞文, 斯洛維尼亞語, "
        "Esloveno, Sloveno, Словенский, スロベニア語, Slovene"
    ),
    "sq": (
        "Albanian, Albanais, Albanisch, 阿尔巴尼亚语, 阿尔巴尼亚文, 阿爾巴尼亞文, 阿爾巴尼亞語, "
        "Albanés, Albanese, Albanês, Албанский, アルバニア語"
    ),
    "sr": (
        "Serbian, Serbe, Serbisch, 塞尔维亚语, 塞尔维亚文, 塞爾維亞文, 塞爾維亞語, Serbio, "
        "Serbo, Sérvio, Сербский, セルビア語"
    ),
    "sv": (
        "Swedish, Suédois, Schwedisch, 瑞典语, 瑞典文, 瑞典語, Sueco, Svedese, Шведский, "
        "スウェーデン語"
    ),
    "th": (
        "Thai, Thaï, Thailändisch, 泰语, 泰文, 泰語, Tailandés, Thailandese, Tailandês, Тайский, "
        "タイ語, Thaïlandais"
    ),
    "tr": "Turkish, Turc, Türkisch, 土耳其语, 土耳其文, 土耳其語, Turco, Турецкий, トルコ語",
    "uk": (
        "Ukrainian, Ukrainien, Ukrainisch, 乌克兰语, 乌克兰文, 烏克蘭文, 烏克蘭語, Ucraniano, "
        "Ucraino, Украинский, ウクライナ語"
    ),
    "ur": "Urdu, Ourdou, 乌尔都语, 乌尔都文, 烏都文, 烏都語, Урду, ウルドゥー語",
    "uz": (
        "Uzbek, Ouzbek, Usbekisch, 乌兹别克语, 乌兹别克文, 烏茲別克文, 烏茲別克語, Uzbeko, "
        "Uzbeco, Uzbeque, Узбекский, ウズベク語"
    ),
    "vi": (
        "Vietnamese, Vietnamien, Vietnamesisch, 越南语, 越南文, 越南語, Vietnamita, Вьетнамский, "
        "ベトナム語"
    ),
    "zh": (
        "Chinese, Chinois, Chinesisch, 中文, Chino, Cinese, Chinês, Китайский, 中国語, 汉语, "
        "漢語, 華文, Mandarin"
    ),
}
_TAG_OF = {name.casefold(): tag for tag, names in _NAMES.items() for name in re.split(", ", names)}
# "Chinese - Simplified", "中文(繁體)": the script stands behind the name, or before it.
_SCRIPTS = {
    "zh-Hans": re.compile(r"simpl|semplif|vereinfacht|简|簡|упрощ"),
    "zh-Hant": re.compile(r"trad|繁|традиц"),
}
_NAME = re.compile(r"[^\W\d_]+(?:[ ’'-][^\W\d_]+)*?(?=\s*(?:$|-\s|[(（]))")

_UNITS = r"words?|mots?|wörter|wort|字|palabras?|parol[ae]|palavras?|слов[ао]?|語"
# "1,285 words", "1 285 mots", "6957 字"; never a longer line that holds such a number.
WORD_COUNT = re.compile(rf"(\d+(?:[\s.,’']\d{{3}})*)\s*(?:{_UNITS})", re.IGNORECASE)

# Code of the source, date and number make an id ("FIGARO0020220315ei3f0003o"); one word of the
# interface stands before it ("Document", "Dokument", "文件").
ACCESSION_NUMBER = re.compile(
    r"(?:[^\W\d_]+\s+)?([A-Za-z0-9]{3,15}(?:19|20)\d{6}[A-Za-z0-9-]{4,14})"
)
# So long is an id of today; an older one may be shorter.
ACCESSION_CHARACTERS = 25

_CODES = {"zhtw": "zh-Hant", "zhcn": "zh-Hans"}


def tag_of_code(code: str) -> str:
    """Return the BCP 47 tag of Factiva's own code of a language ("EN", "zhtw")."""
    return _CODES.get(code.lower(), code.lower())


def language_tag(name: str) -> str | None:
    """Return the BCP 47 tag of a language that the interface names, or None."""
    folded = " ".join(name.casefold().split())
    found = _NAME.match(folded)
    tag = _TAG_OF.get(folded) or (_TAG_OF.get(found[0]) if found else None)
    if tag is None and "中文" in folded:
        tag = "zh"
    if tag == "zh":
        return next((script for script, mark in _SCRIPTS.items() if mark.search(folded)), tag)
    return tag
