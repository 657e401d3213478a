import pytest

from geostance.clean.language import detect

SENTENCES = {
    "fr": "Le maire a promis que la route serait ouverte avant l'hiver.",
    "en": "The mayor promised that the road would open before winter.",
    "ru": "Мэр пообещал, что дорога откроется до зимы.",
    "tr": "Belediye başkanı yolun kıştan önce açılacağına söz verdi.",
    "de": "Der Bürgermeister versprach, die Straße vor dem Winter zu öffnen.",
    "es": "El alcalde prometió que la carretera se abriría antes del invierno.",
    "it": "Il sindaco ha promesso che la strada aprirà prima dell'inverno.",
    "az": "Şəhər rəhbəri yolun qışdan əvvəl açılacağına söz verdi.",
    "hi": "महापौर ने वादा किया कि सड़क सर्दियों से पहले खुलेगी।",
    "ar": "وعد رئيس البلدية بفتح الطريق قبل الشتاء.",
    "uk": "Мер пообіцяв, що дорогу відкриють до зими.",
    "fa": "شهردار قول داد که جاده پیش از زمستان باز شود.",
    "hy": "Քաղաքապետը խոստացավ, որ ճանապարհը կբացվի մինչև ձմեռ։",
    "ka": "მერმა დაგვპირდა, რომ გზა ზამთრამდე გაიხსნება.",
    "kk": "Әкім жол қысқа дейін ашылады деп уәде берді.",
    "pl": "Burmistrz obiecał, że droga zostanie otwarta przed zimą.",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_each_language_is_known(language):
    found = detect(SENTENCES[language])
    assert found.language == language
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize("text", ["", "12 – 34", "https://phare.example/canal", "中文新聞報導"])
def test_what_is_in_no_known_language_is_und(text):
    assert detect(text).language == "und"
