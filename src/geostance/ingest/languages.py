"""The names that press databases give the languages of their articles."""

import unicodedata
from functools import cache

# BCP 47 tag: the name in English, in the language itself, in French, German and Dutch.
_NAMES = {
    "ar": "Arabic, العربية, Arabe, Arabisch",
    "az": "Azerbaijani, Azeri, Azərbaycan, Azerbaïdjanais, Aserbaidschanisch",
    "be": "Belarusian, Belorussian, Беларуская, Biélorusse, Belarussisch",
    "bg": "Bulgarian, Български, Bulgare, Bulgarisch",
    "ca": "Catalan, Català, Katalanisch",
    "cs": "Czech, Čeština, Tchèque, Tschechisch",
    "da": "Danish, Dansk, Danois, Dänisch, Deens",
    "de": "German, Deutsch, Allemand, Duits",
    "el": "Greek, Ελληνικά, Grec, Griechisch",
    "en": "English, Englishs, Anglais, Englisch, Engels",
    "es": "Spanish, Castilian, Español, Castellano, Espagnol, Spanisch, Spaans",
    "et": "Estonian, Eesti, Estonien, Estnisch",
    "fa": "Persian, Farsi, فارسی, Persan, Persisch",
    "fi": "Finnish, Suomi, Finnois, Finnisch",
    "fr": "French, Français, Française, Französisch, Frans",
    "he": "Hebrew, עברית, Hébreu, Hebräisch",
    "hi": "Hindi, हिन्दी",
    "hr": "Croatian, Hrvatski, Croate, Kroatisch",
    "hu": "Hungarian, Magyar, Hongrois, Ungarisch",
    "hy": "Armenian, Հայերեն, Arménien, Armenisch",
    "id": "Indonesian, Bahasa Indonesia, Indonésien, Indonesisch",
    "it": "Italian, Italiano, Italien, Italienisch, Italiaans",
    "ja": "Japanese, 日本語, Japonais, Japanisch",
    "ka": "Georgian, ქართული, Géorgien, Georgisch",
    "kk": "Kazakh, Қазақ, Kasachisch",
    "ko": "Korean, 한국어, Coréen, Koreanisch",
    "lt": "Lithuanian, Lietuvių, Lituanien, Litauisch",
    "lv": "Latvian, Latviešu, Letton, Lettisch",
    "ms": "Malay, Bahasa Melayu, Malais, Malaiisch",
    "nl": "Dutch, Nederlands, Néerlandais, Niederländisch",
    "no": "Norwegian, Norsk, Norvégien, Norwegisch",
    "pl": "Polish, Polski, Polonais, Polnisch",
    "pt": "Portuguese, Português, Portugais, Portugiesisch, Portugees",
    "ro": "Romanian, Română, Roumain, Rumänisch",
    "ru": "Russian, Русский, Russe, Russisch",
    "sk": "Slovak, Slovenčina, Slovaque, Slowakisch",
    "sl": "Slovenian, Slovene, Slovenščina, Slovène, Slowenisch",
    "sq": "Albanian, Shqip, Albanais, Albanisch",
    "sr": "Serbian, Српски, Srpski, Serbe, Serbisch",
    "sv": "Swedish, Svenska, Suédois, Schwedisch, Zweeds",
    "th": "Thai, ไทย, Thaï, Thailändisch",
    "tr": "Turkish, Türkçe, Turc, Türkisch, Turks",
    "uk": "Ukrainian, Українська, Ukrainien, Ukrainisch",
    "ur": "Urdu, اردو, Ourdou",
    "uz": "Uzbek, Oʻzbek, Ouzbek, Usbekisch",
    "vi": "Vietnamese, Tiếng Việt, Vietnamien, Vietnamesisch",
    "zh": "Chinese, 中文, Chinois, Chinesisch, Chinees",
}


def language_tag(name: str) -> str | None:
    """Return the BCP 47 tag of a language under any of its names, or None.

    Case and accents do not count.
    """
    return _tags().get(_folded(name))


@cache
def _tags() -> dict[str, str]:
    return {_folded(name): tag for tag, names in _NAMES.items() for name in names.split(", ")}


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))
