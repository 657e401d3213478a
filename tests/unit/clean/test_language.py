import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.clean.language import LANGUAGES, detect, detect_many

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

HEADLINES = {
    "fr": "Le port rouvre après la grève",
    "en": "Harbour reopens after the strike",
    "ru": "Порт снова открыт после забастовки",
    "uk": "Порт знову відкрито після страйку",
    "kk": "Ереуілден кейін порт қайта ашылды",
    "tr": "Grevin ardından liman yeniden açıldı",
    "az": "Tətildən sonra liman yenidən açıldı",
    "ar": "إعادة فتح الميناء بعد الإضراب",
    "fa": "بندر پس از اعتصاب بازگشایی شد",
}

OUTSIDE = {
    "Portuguese": "O prefeito prometeu que a estrada seria aberta antes do inverno.",
    "Romanian": "Primarul a promis că drumul va fi deschis înainte de iarnă.",
    "Catalan": "L'alcalde va prometre que la carretera s'obriria abans de l'hivern.",
    "Dutch": "De burgemeester beloofde dat de weg voor de winter open zou gaan.",
    "Bulgarian": "Кметът обеща, че пътят ще бъде отворен преди зимата.",
    "Belarusian": "Мэр паабяцаў, што дарога адкрыецца да зімы.",
    "Serbian": "Градоначелник је обећао да ће пут бити отворен пре зиме.",
    "Kyrgyz": "Мэр жол кышка чейин ачылат деп убада берди.",
    "Uzbek": "Shahar hokimi yoʻl qishgacha ochilishiga vaʼda berdi.",
    "Urdu": "میئر نے وعدہ کیا کہ سڑک سردیوں سے پہلے کھل جائے گی۔",
    "Marathi": "महापौरांनी वचन दिले की रस्ता हिवाळ्यापूर्वी खुला होईल.",
    "Greek": "Ο δήμαρχος υποσχέθηκε ότι ο δρόμος θα ανοίξει πριν από τον χειμώνα.",
    "Chinese": "中文新聞報導",
}


def test_every_language_has_its_example():
    assert set(SENTENCES) == set(LANGUAGES)


@pytest.mark.parametrize("language", SENTENCES)
def test_each_language_is_known(language):
    found = detect(SENTENCES[language])
    assert found.language == language
    assert 0.5 < found.confidence <= 1


@pytest.mark.parametrize("language", HEADLINES)
def test_neighbours_are_told_apart_in_a_headline(language):
    assert detect(HEADLINES[language]).language == language


@pytest.mark.parametrize("text", [SENTENCES["fr"], SENTENCES["tr"], SENTENCES["ka"]])
def test_capitals_do_not_change_the_language(text):
    assert detect(text.upper()).language == detect(text).language


@pytest.mark.parametrize("language", OUTSIDE)
def test_a_language_outside_the_list_is_no_neighbour(language):
    assert detect(OUTSIDE[language]).language == "und"


@pytest.mark.parametrize(
    "text", ["", " \n", "12 – 34", "…!?", "https://phare.example/canal", "🌧🌧🌧🌧"]
)
def test_a_text_without_letters_is_und_for_certain(text):
    assert detect(text) == ("und", 0.0)


def test_addresses_count_for_nothing():
    text = "Порт снова открыт: https://harbour.example/the-port-is-open-again-after-the-strike"
    assert detect(text).language == "ru"


def test_a_name_alone_is_unsure():
    assert detect("Valmont").confidence < 0.5


def test_a_foreign_first_line_does_not_decide_a_long_text():
    body = " ".join([SENTENCES["fr"]] * 6)
    assert detect(f"{SENTENCES['en']}\n{body}").language == "fr"


def test_many_answer_as_one_does():
    texts = [*SENTENCES.values(), "", SENTENCES["fr"]]
    assert detect_many(texts) == [detect(text) for text in texts]
    assert detect_many([]) == []


@given(st.lists(st.one_of(st.text(max_size=200), st.sampled_from([*SENTENCES.values()]))))
def test_reading_texts_side_by_side_changes_no_answer_by_a_bit(texts):
    assert detect_many(texts) == [detect(text) for text in texts]


@given(st.text(max_size=400))
def test_any_text_has_an_answer_and_always_the_same(text):
    found = detect(text)
    assert found.language in (*LANGUAGES, "und")
    assert 0 <= found.confidence <= 1
    assert detect(text) == found
