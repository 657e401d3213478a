import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.ingest.urls import plain_url


@pytest.mark.parametrize(
    "url",
    [
        "https://www.phare.example/2024/03/12/la-digue.html?page=2#suite",
        "http://phare.example:8080/a",
        "https://blog-du-port.hebergeur.example/a",
        "https://actu-fr.hebergeur.com/a",
        "https://www.univ-montclavel.fr/actualites/greve",
        "https://proxynews.com/a",
        "https://phare.example/login?next=/a",
        "phare.example/a",
        "urn:newsml:phare.example:20240312:1",
        "voir le site",
    ],
)
def test_a_plain_url_stays(url):
    assert plain_url(url) == url


@pytest.mark.parametrize(
    ("proxied", "plain"),
    [
        # EZproxy by host name: https with hyphens, http with dots, another port before it.
        ("https://www-phare-fr.proxy.univ-rade.fr/a?b=1#c", "https://www.phare.fr/a?b=1#c"),
        ("https://www-phare-fr.ezproxy.rade.edu:2443/a", "https://www.phare.fr/a"),
        ("https://www-le--phare-co-uk.ezproxy.rade.edu/a", "https://www.le-phare.co.uk/a"),
        ("http://www.phare.fr.ezproxy.rade.edu/a", "http://www.phare.fr/a"),
        ("http://p180-www.phare.com.ezproxy.rade.edu/a", "http://www.phare.com/a"),
        ("https://journal-phare-com.scd-rproxy.u-rade.fr/a", "https://journal.phare.com/a"),
        ("https://www-phare-fr.rade.idm.oclc.org/a", "https://www.phare.fr/a"),
        ("https://www-phare-fr.eu1.proxy.openathens.net/a", "https://www.phare.fr/a"),
        # No word for a proxy in the host, but an institution's or www- at its head.
        ("https://journal-phare-com.docelec.univ-rade.fr/a", "https://journal.phare.com/a"),
        ("https://www-phare-fr.acces-distant.rade.example/a", "https://www.phare.fr/a"),
        ("https://www.phare.fr.acces.bibl.ulaval.ca/a", "https://www.phare.fr/a"),
        # Innovative's number.
        ("http://0-www.phare.fr.catalogue.rade.edu/a", "http://www.phare.fr/a"),
        ("http://0-www.phare.co.uk.catalogue.rade.ac.uk/a", "http://www.phare.co.uk/a"),
        # Login pages around the target, as it stands or escaped, one in another.
        (
            "https://login.ezproxy.rade.edu/login?url=https://www.phare.fr/a?b=1&c=2#d",
            "https://www.phare.fr/a?b=1&c=2#d",
        ),
        (
            "https://ezproxy.rade.edu/login?auth=x&qurl=https%3a%2f%2fwww.phare.fr%2fa%3fb%3d1&s=2",
            "https://www.phare.fr/a?b=1",
        ),
        (
            "https://go.openathens.net/redirector/rade.edu?url=https%3A%2F%2Fwww.phare.fr%2Fa",
            "https://www.phare.fr/a",
        ),
        (
            "https://rade.idm.oclc.org/login?url=https://www-phare-fr.proxy.rade.edu/a",
            "https://www.phare.fr/a",
        ),
        # What else names the reader.
        ("https://anna:secret@www.phare.fr:81/a", "https://www.phare.fr:81/a"),
        (
            "https://base.example/doc/1?accountid=12345&lang=fr",
            "https://base.example/doc/1?lang=fr",
        ),
    ],
)
def test_a_proxied_url_becomes_the_plain_one(proxied, plain):
    assert plain_url(proxied) == plain
    assert plain_url(plain) == plain


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "https://ezproxy.rade.edu:2055/a",
        "https://ezproxy.rade.edu/connect?session=s1",
        "https://webvpn.rade.edu/https/77726476/a",
        "https://nouveau.europresse.com/Link/RADE_1/news%C2%B720240312%C2%B7PH%C2%B71",
        "https://nouveau.eureka.cc/access/ip/default.aspx?un=RADE_1",
        "file:///home/anna/these/a.html",
        "https://",
        "https://[bad/a",
        "https://a.example/login?url=" * 9 + "https://phare.fr",
    ],
)
def test_what_leads_to_nothing_public_is_none(url):
    assert plain_url(url) is None


@given(st.text())
def test_any_text_is_read_without_an_error_and_once_is_enough(text):
    once = plain_url(f"https://{text}")
    assert plain_url(once) == once
