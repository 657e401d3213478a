import pytest

from geostance.clean import clean_text

BODY = (
    "La préfecture de Montclavel a fermé hier soir le pont de l'Argue, que la crue menace "
    "depuis trois jours.\n\n"
    "Les habitants du bas de la ville ont passé la nuit au gymnase, où la Croix-Rouge leur a "
    "servi de la soupe et du café."
)


def reasons(text, **known):
    return [(block.text, block.reason) for block in clean_text(text, **known).blocks]


def dropped(text, **known):
    return {
        block.text: block.reason for block in clean_text(text, **known).blocks if not block.kept
    }


def test_headline_body_and_furniture_are_told_apart():
    cleaned = clean_text(
        "Région\n\nLe pont de l'Argue est fermé jusqu'à lundi\nPar Odile Kerbrat\n"
        "Publié le 3 avril 2024 à 8h15\n12 commentaires\n\n"
        f"{BODY}\n\nLire aussi : La digue qui ne rompt pas\n© Le Phare, tous droits réservés"
    )
    assert cleaned.title == "Le pont de l'Argue est fermé jusqu'à lundi"
    assert cleaned.text == BODY
    assert (cleaned.language, cleaned.language_confidence > 0.9) == ("fr", True)
    assert [block.reason for block in cleaned.blocks] == [
        "banner",
        "title",
        "byline",
        "date",
        "comment_count",
        "body",
        "body",
        "related",
        "copyright",
    ]


def test_blocks_hold_offsets_into_the_input():
    text = f"  Titre du jour \r\n\n{BODY}\nPartager"
    for block in clean_text(text).blocks:
        assert text[block.start : block.end] == block.text


def test_a_known_headline_is_not_sought_again():
    cleaned = clean_text(
        f"Monde\nLe pont est fermé\n{BODY}\nLe pont est fermé", "Le pont est fermé"
    )
    assert cleaned.title == "Le pont est fermé"
    assert [block.reason for block in cleaned.blocks] == [
        "banner",
        "title",
        "body",
        "body",
        "repeated",
    ]


def test_a_text_that_begins_with_a_paragraph_has_no_headline():
    cleaned = clean_text(BODY)
    assert (cleaned.title, cleaned.text) == (None, BODY)


@pytest.mark.parametrize(
    "line",
    [
        "« On ne passe plus »",
        "Partager le pouvoir",
        "Source : le ministère n'en a pas donné",
        "Source de tensions : le canal",
        "Une ville coupée en deux",
        "“We are not leaving”",
        "Recevoir chez soi une famille entière",
        "Le 24 février 2022",
        "Il a refusé les cookies de sa voisine.",
        "Commentaires et soupçons",
        "Connexion difficile entre les deux rives",
    ],
)
def test_body_lines_that_look_like_furniture_stay(line):
    first, second = BODY.split("\n\n")
    text = f"Le pont de l'Argue est fermé\n\n{first}\n\n{line}\n\n{second}"
    assert line in clean_text(text).text


def test_a_last_short_line_stays():
    for line in ("« C'est tout », dit le maire.", "Affaire à suivre.", "La suite au printemps"):
        assert clean_text(f"{BODY}\n{line}").text.endswith(line)


def test_a_caption_goes_with_its_credit_and_a_heading_above_stays():
    first, second = BODY.split("\n\n")
    caption = "Des bateliers devant le pont fermé de Montclavel un soir de crue"
    text = f"{first}\nLa nuit au gymnase\n{caption}\nPhoto : Yann Kerbrat / Le Phare\n{second}"
    assert dropped(text) == {caption: "caption", "Photo : Yann Kerbrat / Le Phare": "caption"}


def test_comment_forms_go_whole_with_what_readers_wrote():
    form = "Commentaires\nTrier par : les plus récents\nmarin29\nil y a 2 heures\n"
    form += "Et le bac, il passe encore ?\nRépondre\nCharger plus de commentaires"
    cleaned = clean_text(f"{BODY}\n{form}")
    assert cleaned.text == BODY


def test_lines_in_another_language_go_below_the_text_and_stay_within_it():
    english = "Five quiet harbours to visit before the summer crowds arrive"
    first, second = BODY.split("\n\n")
    assert dropped(f"{BODY}\n{english}") == {english: "other_language_block"}
    assert english in clean_text(f"{first}\n{english}\n{second}").text
    assert clean_text(f"{BODY}\n« {english} »").text.endswith("»")


def test_furniture_glued_to_a_paragraph_is_cut_off():
    glued = f"{BODY} L'article Le pont est fermé est apparu en premier sur Le Phare."
    cleaned = clean_text(glued)
    assert cleaned.text == BODY
    assert cleaned.blocks[-1].reason == "rss_footer"


def test_a_feed_item_of_one_sentence_is_not_furniture():
    item = "Pour lire l'avenir, les marins de Trévaric se fient aux oiseaux et aux abonnés du port."
    assert clean_text(item, "Oiseaux de malheur").text == item


@pytest.mark.parametrize(
    ("language", "body", "furniture"),
    [
        (
            "en",
            "The harbour council voted last night to close the old ferry slip for the winter, "
            "after engineers found cracks in the pier.",
            ["By Martha Penhallow", "3 min read", "9 comments", "Share this story", "Loading…"],
        ),
        (
            "ru",
            "Городской совет вчера вечером решил закрыть старую паромную пристань на зиму, "
            "потому что инженеры нашли трещины в опорах.",
            ["14 августа 2024, 20:05", "Поделиться", "Читайте также: Мост без опор", "Загрузка…"],
        ),
        (
            "tr",
            "Belediye meclisi dün akşam eski vapur iskelesini kış boyunca kapatmaya karar verdi, "
            "çünkü mühendisler ayaklarda çatlaklar buldu.",
            ["28 Şubat 2024, Çarşamba", "34 Yorum", "Haberi paylaş", "Yükleniyor..."],
        ),
        (
            "de",
            "Der Stadtrat hat gestern Abend beschlossen, den alten Fähranleger über den Winter zu "
            "schließen, weil Ingenieure Risse in den Pfeilern fanden.",
            ["Von Hanne Lindwurm", "Lesezeit: 4 Minuten", "Artikel teilen", "Wird geladen…"],
        ),
        (
            "az",
            "Şəhər şurası dünən axşam köhnə bərə körpüsünü qış boyu bağlamaq qərarına gəldi, "
            "çünki mühəndislər dayaqlarda çatlar tapdılar.",
            ["12 iyun 2024, 10:30", "7 şərh", "Paylaş", "Yüklənir..."],
        ),
        (
            "hi",
            "नगर परिषद ने कल शाम पुराने घाट को सर्दियों भर बंद रखने का फ़ैसला किया, क्योंकि "
            "इंजीनियरों को खंभों में दरारें मिलीं।",
            ["12 जून 2024, 10:30", "7 टिप्पणियाँ", "शेयर करें", "लोड हो रहा है…"],
        ),
    ],
)
def test_each_language_knows_its_furniture(language, body, furniture):
    cleaned = clean_text("\n".join([*furniture[:-1], body, body, furniture[-1]]))
    assert cleaned.text == f"{body}\n{body}"
    assert cleaned.language == language


def test_broken_encodings_and_invisible_characters_are_mended_in_place():
    garbled = "préfet a cédé, dit-on à Besançon, après".encode().decode("latin-1")
    text = f"Le {garbled} la cru\u00ade d'hi\u200ber soir."
    (block,) = clean_text(text).blocks
    assert block.text == "Le préfet a cédé, dit-on à Besançon, après la crue d'hier soir."
    assert (block.start, block.end) == (0, len(text))


def test_joiners_stay_where_scripts_need_them():
    for word in ("क्\u200dष", "می\u200cخواهم", "👨\u200d👩\u200d👧"):
        assert word in clean_text(f"{word} {word}").text
    assert clean_text("mo\u200dt").text == "mot"


@pytest.mark.parametrize("text", ["", "\n\n", "\u200b\n\ufeff", "\x85"])
def test_nothing_comes_of_nothing(text):
    cleaned = clean_text(text)
    assert (cleaned.title, cleaned.text, cleaned.language) == (None, "", "und")
    assert cleaned.blocks == ()


def test_a_declared_language_decides_only_where_detection_does_not():
    assert clean_text("42 – 17", language="tr").language == "tr"
    assert clean_text(BODY, language="tr").language == "fr"


def test_the_reasons_are_those_of_the_house():
    text = f"Share\nTweet\n{BODY}\nSource : Le Phare"
    assert reasons(text)[0] == ("Share", "share")
    assert reasons(text)[-1] == ("Source : Le Phare", "source_link")


def test_form_and_place_tell_credits_initials_arrows_and_kickers():
    first, second = BODY.split("\n\n")
    cleaned = clean_text(
        f"Grand large\nUn pont de trop\n{first}\nYann Kerbrat / Le Phare\n{second}\n"
        "O. K.\n→ La digue oubliée"
    )
    assert cleaned.title == "Un pont de trop"
    assert cleaned.text == f"{first}\n{second}"
    assert [block.reason for block in cleaned.blocks if not block.kept] == [
        "banner",
        "caption",
        "byline",
        "related",
    ]


def test_a_sub_heading_under_a_known_headline_stays():
    text = f"Une nuit blanche\n{BODY}"
    assert clean_text(text, "Le pont est fermé").text == text


def test_a_list_of_links_goes_to_its_blank_line_and_the_heading_below_stays():
    first, second = BODY.split("\n\n")
    links = "Lire aussi :\nLa digue qui ne rompt pas\nCent ans de crues à Montclavel"
    cleaned = clean_text(f"{first}\n\n{links}\n\nUne nuit blanche\n\n{second}")
    assert cleaned.text == f"{first}\n\nUne nuit blanche\n\n{second}"


def test_comments_under_names_and_times_go_whole_however_long():
    long = (
        "Mon grand-père a vu le même pont fermé en trente-six, et il racontait que la moitié du "
        "bourg dormait dans l'église, ce que personne ne veut plus croire aujourd'hui."
    )
    comments = f"2 commentaires\nmarin29 · il y a 2 heures\n{long}\nMado · il y a 5 heures\n{long}"
    assert clean_text(f"{BODY}\n{comments}").text == BODY


def test_a_player_within_the_text_goes_and_short_lines_of_text_stay():
    first, second = BODY.split("\n\n")
    player = "Écouter l'article\n00:00\n1x\nPlein écran"
    assert dropped(f"{first}\n{player}\n{second}").keys() == set(player.split("\n"))
    verse = "le pont est là\npersonne ne le traverse\nle pont est là"
    assert verse in clean_text(f"{first}\n{verse}\n{second}").text


def test_what_stands_below_the_end_goes_and_a_last_sentence_stays():
    end = "Mots-clés : pont, crue\nLe bac rouvre au printemps\n© Le Phare 2024"
    assert clean_text(f"{BODY}\n{end}").text == BODY
    advert = "Publicité\nLe pont rouvrira lundi."
    assert clean_text(f"{BODY}\n{advert}").text.endswith("Le pont rouvrira lundi.")


def test_the_headline_is_the_line_that_says_what_the_text_says():
    page = f"Toutes les voix du grand large\nLe pont de l'Argue est fermé par la crue\n{BODY}"
    assert clean_text(page).title == "Le pont de l'Argue est fermé par la crue"


def test_the_turns_of_a_conversation_stay():
    first, second = BODY.split("\n\n")
    turns = "— Partager ?\n— Lire aussi : non, jamais.\n— Abonnez-vous, disait-il."
    assert turns in clean_text(f"{first}\n{turns}\n{second}").text


def test_wrapped_text_stays_whole():
    lines = [
        "The council has asked for the harbour to be closed before the",
        "reply of the ministry and without a word to those who may",
        "contribute to the repair of the pier and of the old ferry, so",
        "more than one captain has left the harbour for good this year.",
    ]
    assert clean_text("\n".join(lines)).text == "\n".join(lines)


def test_a_quotation_pulled_from_the_text_is_said_once():
    first, second = BODY.split("\n\n")
    told = f"{second} « La rivière ne lit pas nos arrêtés », dit la maire de la ville."
    page = f"{first}\n« La rivière ne lit pas nos arrêtés »\n{told}"
    assert dropped(page) == {"« La rivière ne lit pas nos arrêtés »": "repeated"}


def test_a_dropped_block_names_the_rule_or_the_phrases_that_decided():
    blocks = clean_text(f"{BODY}\nPartager\nOdile Kerbrat").blocks
    assert [block.rule for block in blocks[2:]] == ["fr.yml", "byline"]


def test_german_quotations_that_open_with_an_arrow_shape_stay():
    body = (
        "Der Stadtrat hat gestern Abend beschlossen, den alten Fähranleger über den Winter zu "
        "schließen, weil Ingenieure Risse in den Pfeilern fanden."
    )
    quotation = "»Wir bleiben hier«, sagt die Fährfrau"
    assert clean_text(f"{body}\n{quotation}").text.endswith(quotation)


@pytest.mark.parametrize("answer", ["Non !", "Oui.", "Non…"])
def test_an_answer_of_one_word_stays(answer):
    question = "Vous êtes un peu une ministre surprise, non ?"
    told = (
        "Pourtant, vous remplacez au pied levé une personnalité connue de tous les Français, et vos "
        "adversaires disent déjà que vous ne tiendrez pas six mois dans cette fonction."
    )
    cleaned = clean_text(
        f"La ministre répond\n\n{told}\n\n{question}\n\n{answer}\n\n{told} Vraiment."
    )
    assert answer in cleaned.text.split("\n")


def test_the_answers_of_a_poll_go():
    told = "Les députés ont adopté hier soir, après huit heures de débats, le texte sur les ports du Nord."
    cleaned = clean_text(f"Le texte passe\n\n{told}\n\nSondage\nOui\nNon\nVoir les résultats")
    assert cleaned.text == told


TEASERS = [
    "Nos lecteurs ont aussi aimé",
    "Le vin de Moldavénie à la conquête de l'Asie",
    "Trois chalutiers bloqués au large de Ménéac",
    "Faut-il encore apprendre le latin ?",
    "Un été sur le Dniestr",
]


@pytest.mark.parametrize(
    ("above", "below"), [([], ["© Le Phare, tous droits réservés"]), (["Partager"], [])]
)
def test_headlines_that_nothing_announces_go_where_furniture_stands_by_them(above, below):
    text = "\n".join([BODY, *above, *TEASERS, *below])
    assert clean_text(text).text == BODY
    assert {block.rule for block in clean_text(text).blocks if block.text in TEASERS} == {"teasers"}


@pytest.mark.parametrize(
    "lines",
    [
        # A text goes on below them.
        [*TEASERS, "Le pont rouvrira lundi."],
        # Two are too few.
        TEASERS[1:3],
        # A line with a colon announces them.
        ["Au sommaire du prochain conseil :", *TEASERS[1:]],
        # They speak of what the text speaks of.
        [
            "Les habitants de Montclavel au gymnase",
            "La soupe de la Croix-Rouge servie toute la nuit",
            "La crue menace encore le pont de l'Argue",
        ],
        # Results, a cast, verse.
        ["Targasse – Villeroque 29-28", "Port-Liane – Saint-Ambrin 31-30", "Cazaubel – Arzac 2-1"],
        ["Mise en scène : Ada Ferrand", "Lumières : Luc Maubert", "Costumes : Zoé Sarr, à Lyon"],
        ["Ô fleuve lent qui passes,", "Emporte mes hivers,", "Et laisse sur la glace,"],
    ],
)
def test_lists_of_the_text_stay_at_its_end(lines):
    text = "\n".join([BODY, *lines])
    assert clean_text(f"{text}\n© Le Phare, tous droits réservés").text == text


def test_where_no_furniture_stands_below_the_text_headlines_are_its_own():
    text = "\n".join([BODY, *TEASERS])
    assert clean_text(f"Par Odile Kerbrat\n{text}").text == text


def test_what_a_reader_wrote_goes_below_who_wrote_when():
    comments = "Commentaires\nIsarfischer\n20 nov, 13:02\nEt le bac, il passe encore."
    cleaned = clean_text(f"{BODY}\nPartager\n12 commentaires\n{comments}")
    assert cleaned.text == BODY


def test_a_quoted_sentence_below_a_box_stays():
    offer = "Recevez notre newsletter\nVotre adresse e-mail\nJe m'inscris"
    quoted = "« Nous irons jusqu'au bout. »"
    assert clean_text(f"{BODY}\n{offer}\n{quoted}").text.endswith(quoted)


def test_a_list_of_names_and_nouns_below_the_text_stays():
    lines = ["Geplant sind drei Bereiche:", "Arbeit unter Tage", "Geologie des Salzes"]
    body = (
        "Wo früher Kali abgebaut wurde, sollen ab dem nächsten Jahr Besucher einfahren, und das "
        "Land gibt vier Millionen Euro dazu."
    )
    text = "\n".join([body, *lines])
    assert clean_text(text).text == text


def test_a_heading_above_a_paragraph_is_no_button_of_the_box_above():
    first, second = BODY.split("\n\n")
    box = "Lire aussi\nLa digue oubliée ?\nÀ lire aussi"
    assert "Réactions" not in dropped(f"{first}\n{box}\nPlus de réactions\n{second}")
