"""The scorer against a real server on this machine, which also misbehaves."""

import json
import logging
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import polars as pl
import pytest

from geostance.cli import main
from geostance.errors import ConfigError, ServiceError
from geostance.files import write_table
from geostance.schema import TABLES
from geostance.sentences import sentence_table
from geostance.settings.stance import LlmSettings, StanceSettings
from geostance.stance import Passage, load_scorer
from geostance.stance.llm import LlmScorer, target_name
from geostance.stance.price import Estimate

KEY = "sk-very-secret-0123456789"


def verdict(unfavourable, neutral, favourable, voice="none", evidence="", relevant=True):
    portrayal = {"unfavourable": unfavourable, "neutral": neutral, "favourable": favourable}
    return json.dumps(
        {"relevant": relevant, "evidence": evidence, "voice": voice, "portrayal": portrayal}
    )


def completion(content, *, finish="stop", refusal=None, usage=(100, 20)):
    value = {
        "model": "tiny-1-0807",
        "system_fingerprint": "fp_7",
        "choices": [{"message": {"content": content, "refusal": refusal}, "finish_reason": finish}],
    }
    if usage:
        value["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
    return 200, {}, json.dumps(value).encode()


def error(status, message="no", headers=None, code=None):
    body = json.dumps({"error": {"message": message, "code": code}}).encode()
    return status, headers or {}, body


HANG, CUT, CLOSE = "hang", "cut", "close"


class Service(ThreadingHTTPServer):
    """Answers by what the passage says; ``faults`` are given first, one a request."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults, self.bodies, self.keys = [], [], []
        self.under_way = self.most_under_way = 0
        self.together = None
        self.lock, self.closing = threading.Lock(), threading.Event()
        self.takes_schema = True

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"

    def reply(self, body):
        if not self.takes_schema and "response_format" in body:
            return error(400, "unknown parameter: response_format")
        said = body["messages"][-1]["content"]
        if "blames" in said:
            return completion(verdict(80, 15, 5, "quoted", "blames"))
        if "helps" in said:
            return completion(verdict(2, 18, 80, "author", "helps"))
        if "tourists" in said:
            return completion(verdict(0, 100, 0, relevant=False))
        return completion(verdict(5, 90, 5))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with server.lock:
            server.bodies.append(body)
            server.keys.append(self.headers["Authorization"])
            server.under_way += 1
            server.most_under_way = max(server.most_under_way, server.under_way)
            fault = server.faults.pop(0) if server.faults else None
        if server.together:
            server.together.wait(timeout=5)
        # Counted down before the answer leaves, for the client's next request follows it at once.
        with server.lock:
            server.under_way -= 1
        if fault == HANG:
            server.closing.wait(timeout=5)
        if fault in (HANG, CLOSE):
            self.close_connection = True
            return
        cut = fault == CUT
        status, headers, data = server.reply(body) if fault is None or cut else fault
        # Without a Date of its own: ours decides.
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        self.close_connection = cut

    def log_message(self, *_):
        pass


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv("GEOSTANCE_LLM_KEY", KEY)
    server = Service()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def make(service, waits):
    def scorer(folder=None, **options):
        options = {"url": service.url, "model": "tiny", "concurrency": 2} | options
        return LlmScorer.of(LlmSettings(**options), folder, sleep=waits.append)

    return scorer


def passage(text, name="Russia", *, language="en", sentences=None):
    start = text.index(name)
    spans = sentences or ((0, len(text)),)
    return Passage(text, start, start + len(name), language, sentences=spans)


BLAMES = passage("The minister blames Russia for the outage.")
HELPS = passage("NATO helps the town.", "NATO")
MEETS = passage("India meets its neighbours on Tuesday.", "India")
TRIP = passage("More tourists see Moscow in winter.", "Moscow")
FOUR = [BLAMES, HELPS, MEETS, TRIP]


def answers(scorer):
    return {name: n for name, n in scorer.bill()["answers"].items() if n}


def test_passages_are_judged_by_what_the_model_answers(make):
    judged = make().score(FOUR)
    assert judged.relevance.tolist() == [1, 1, 1, 0]
    assert judged.portrayal.tolist() == [
        [0.8, 0.15, 0.05],
        [0.02, 0.18, 0.8],
        [0.05, 0.9, 0.05],
        [0, 1, 0],
    ]
    assert judged.quoted.tolist() == [1, 0, 0, 0]
    assert [shares.tolist() for shares in judged.evidence] == [[1.0]] * 4


def test_no_passages_need_no_service(make, service):
    judged = make().score([])
    assert judged.portrayal.shape == (0, 3) and judged.evidence == ()
    assert service.bodies == []


def test_the_model_is_told_codebook_target_language_and_place(make, service):
    make().score([passage("Le Kremlin dément.", "Kremlin", language="fr")])
    body = service.bodies[0]
    assert body["model"] == "tiny" and body["temperature"] == 0 and body["seed"] == 0
    assert body["response_format"]["json_schema"]["strict"] is True
    system, *examples, question = body["messages"]
    assert system["role"] == "system" and "portrayal" in system["content"]
    assert [turn["role"] for turn in examples] == ["user", "assistant"] * (len(examples) // 2)
    assert question["content"] == (
        "Target: Russia\nLanguage: fr\n<passage>\nLe [[Kremlin]] dément.\n</passage>"
    )


def test_parameters_join_replace_and_take_out(make, service):
    make(parameters={"top_k": 1, "max_tokens": None, "temperature": 0.5}).score([MEETS])
    body = service.bodies[0]
    assert body["top_k"] == 1 and body["temperature"] == 0.5 and "max_tokens" not in body


def test_order_and_neighbours_change_nothing(make):
    forth, back = make().score(FOUR), make(concurrency=4).score(FOUR[::-1])
    alone = [make().score([one]) for one in FOUR]
    assert np.array_equal(forth.portrayal, back.portrayal[::-1])
    assert np.array_equal(forth.quoted, back.quoted[::-1])
    assert np.array_equal(forth.relevance, np.concatenate([one.relevance for one in alone]))


def test_never_more_requests_under_way_than_allowed(make, service):
    # The server lets three go on together: with fewer at a time this would not end.
    service.together = threading.Barrier(3)
    many = [passage(f"Russia meets guest {n}.") for n in range(12)]
    make(concurrency=3).score(many)
    assert len(service.bodies) == 12
    assert service.most_under_way == 3


def test_a_rerun_asks_nothing(make, service, tmp_path):
    first, again = make(tmp_path), make(tmp_path)
    before = first.score(FOUR)
    sent = len(service.bodies)
    after = again.score(FOUR)
    assert sent == len(service.bodies) == 4
    assert np.array_equal(before.portrayal, after.portrayal)
    assert answers(first) == {"requests": 4} and answers(again) == {"cached": 4}
    assert again.bill()["tokens"] == {"in": 0, "out": 0}
    assert again.bill()["cached_tokens"] == first.bill()["tokens"] == {"in": 400, "out": 80}


def test_a_passage_that_comes_twice_is_asked_once(make, service):
    scorer = make()
    judged = scorer.score([BLAMES, HELPS, BLAMES])
    scorer.score([BLAMES])
    assert len(service.bodies) == 2 and answers(scorer) == {"requests": 2}
    assert judged.portrayal[0].tolist() == judged.portrayal[2].tolist()


@pytest.mark.parametrize(
    "changed",
    [{"model": "other"}, {"seed": 1}, {"answer_tokens": 99}, {"parameters": {"top_k": 1}}],
)
def test_another_question_has_another_answer(make, service, tmp_path, changed):
    make(tmp_path).score([BLAMES])
    make(tmp_path, **changed).score([BLAMES])
    assert len(service.bodies) == 2


def test_a_server_that_moved_or_waits_otherwise_is_not_asked_again(make, service, tmp_path):
    make(tmp_path).score([BLAMES])
    moved = make(tmp_path, url="http://127.0.0.1:9/v1", attempts=1, concurrency=9)
    assert moved.score([BLAMES]).portrayal[0, 0] == 0.8


def test_a_damaged_answer_is_asked_for_again(make, service, tmp_path):
    make(tmp_path).score([BLAMES])
    (kept,) = tmp_path.rglob("*.json")
    kept.write_text('{"content": "{')
    assert make(tmp_path).score([BLAMES]).portrayal[0, 0] == 0.8
    assert len(service.bodies) == 2


@pytest.mark.parametrize(
    "fault",
    [
        error(500),
        error(503),
        error(429),
        (200, {}, b'{"choices": [{"mess'),
        (200, {}, b"[]"),
        (200, {}, b'{"choices": []}'),
        (200, {}, b'{"error": {"message": "upstream"}}'),
        CUT,
        CLOSE,
    ],
    ids=["500", "503", "429", "json", "list", "empty", "error", "cut", "close"],
)
def test_what_may_pass_is_tried_again(make, service, waits, fault):
    service.faults = [fault, fault]
    scorer = make()
    assert scorer.score([BLAMES]).portrayal[0].tolist() == [0.8, 0.15, 0.05]
    assert answers(scorer) == {"requests": 1, "retried": 2}
    assert 0.5 <= waits[0] <= 1 <= waits[1] <= 2


def test_waits_are_the_same_in_every_run(make, service, waits):
    for _ in range(2):
        service.faults = [error(500), error(500)]
        make().score([BLAMES])
    assert waits[:2] == waits[2:]


def test_a_hanging_service_is_left_in_time(make, service):
    service.faults = [HANG]
    # Many attempts, for a busy machine may miss the next ones as well.
    scorer = make(timeout_seconds=0.05, attempts=50)
    assert scorer.score([BLAMES]).relevance[0] == 1
    assert answers(scorer)["retried"] >= 1


def test_the_service_says_how_long_to_wait(make, service, waits):
    at = "Sat, 21 Nov 2026 10:00:00 GMT"
    service.faults = [
        error(429, headers={"Retry-After": "7"}),
        error(503, headers={"Retry-After": "Sat, 21 Nov 2026 10:00:09 GMT", "Date": at}),
    ]
    make().score([BLAMES])
    assert waits == [7, 9]


def test_a_service_that_sends_us_away_for_long_stops_the_run(make, service, waits):
    service.faults = [error(429, headers={"Retry-After": "86400"})]
    with pytest.raises(ServiceError, match="86400 seconds"):
        make().score([BLAMES])
    assert waits == []


def test_a_failure_keeps_what_was_answered(make, service, waits, tmp_path):
    scorer = make(tmp_path, concurrency=1, attempts=3)
    service.reply_before, helps = service.reply, HELPS.text.split()[1]

    def reply(body):
        broken = helps in body["messages"][-1]["content"]
        return error(500, "out of memory") if broken else service.reply_before(body)

    service.reply = reply
    with pytest.raises(ServiceError) as caught:
        scorer.score([BLAMES, MEETS, HELPS, TRIP])
    what, where, mend = str(caught.value).split("\n")
    assert "500: out of memory" in what and "last of 3 attempts" in what
    assert service.url in where and "are kept" in mend
    assert len(waits) == 2
    del service.reply
    sent = len(service.bodies)
    again = make(tmp_path)
    assert not np.isnan(again.score([BLAMES, MEETS, HELPS, TRIP]).portrayal).any()
    assert answers(again)["cached"] >= 2
    assert len(service.bodies) - sent == answers(again)["requests"] <= 2


def test_an_interruption_keeps_what_is_under_way(make, service, tmp_path, monkeypatch):
    def interrupted(items, *_):
        next(iter(items))
        raise KeyboardInterrupt

    monkeypatch.setattr("geostance.service.client.progress", interrupted)
    many = [passage(f"Russia meets guest {n}.") for n in range(40)]
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path).score(many)
    assert 1 <= len(service.bodies) == len(list(tmp_path.rglob("*.json"))) < 40
    assert not list(tmp_path.rglob(".*"))


def test_no_service_at_all_is_told_as_such(make, waits):
    with pytest.raises(ServiceError, match=r"connection failed.*last of 2 attempts"):
        make(url="http://127.0.0.1:9/v1", attempts=2).score([BLAMES])
    assert len(waits) == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (error(401, f"Incorrect API key {KEY}"), "401: it does not accept the key"),
        (error(403), "403: it does not accept the key"),
        (error(404, "no model tiny"), "404: no model tiny"),
        (error(402, "top up"), "402: top up"),
        (error(429, "spent", code="insufficient_quota"), "429: spent"),
        ((302, {"Location": "/elsewhere"}, b""), "302"),
    ],
    ids=["401", "403", "404", "402", "quota", "302"],
)
def test_what_waiting_cannot_mend_stops_at_once(make, service, waits, fault, said):
    service.faults = [fault]
    with pytest.raises(ServiceError, match=said):
        make().score([BLAMES])
    assert len(service.bodies) == 1 and waits == []


def test_a_server_without_schemas_is_asked_without(make, service, waits):
    service.takes_schema = False
    scorer = make(concurrency=1)
    assert scorer.score(FOUR).portrayal[0].tolist() == [0.8, 0.15, 0.05]
    # Learnt from the first request; no retry is counted for it.
    assert ["response_format" in body for body in service.bodies] == [True] + [False] * 4
    assert answers(scorer) == {"requests": 4} and waits == []


def test_a_rerun_after_such_a_server_asks_nothing(make, service, tmp_path):
    service.takes_schema = False
    make(tmp_path).score(FOUR)
    sent = len(service.bodies)
    make(tmp_path).score(FOUR)
    assert len(service.bodies) == sent


def test_some_servers_call_it_an_error_of_their_own(make, service):
    service.faults = [error(500, "response_format type must be text, got json_schema")]
    assert make().score([BLAMES]).portrayal[0, 0] == 0.8


def test_a_bad_request_is_told_in_the_services_words(make, service):
    service.faults = [error(400, "context too long"), error(400, "context too long")]
    with pytest.raises(ServiceError, match="400: context too long"):
        make().score([BLAMES])
    assert len(service.bodies) == 2


@pytest.mark.parametrize(
    ("fault", "counted"),
    [
        (completion(None, refusal="I cannot judge that."), "refused"),
        (completion("", finish="content_filter"), "refused"),
        (error(400, "filtered", code="content_filter"), "refused"),
        (completion("I'm sorry, I can't help with that."), "malformed"),
        (completion('{"relevant": true'), "malformed"),
        (completion('{"relevant": "yes"}'), "malformed"),
        (completion(None), "malformed"),
        (completion(verdict(80, 80, 5)), "malformed"),
        (completion("A flag: \ud83c"), "malformed"),
    ],
    ids=["refusal", "filter", "filter-400", "words", "cut", "shape", "none", "sum", "half"],
)
def test_what_is_no_answer_stays_without_a_number(make, service, tmp_path, fault, counted):
    service.faults = [fault]
    scorer = make(tmp_path, concurrency=1)
    judged = scorer.score([BLAMES, HELPS])
    assert np.isnan([judged.relevance[0], *judged.portrayal[0], judged.quoted[0]]).all()
    assert np.isnan(judged.evidence[0]).all()
    assert judged.relevance[1] == 1 and judged.portrayal[1].tolist() == [0.02, 0.18, 0.8]
    assert answers(scorer)["requests"] == 2 and answers(scorer)[counted] == 1
    sent = len(service.bodies)
    again = make(tmp_path)
    assert np.isnan(again.score([BLAMES]).relevance[0])
    assert len(service.bodies) == sent
    assert answers(again)["cached"] == 1 and answers(again)[counted] == 1


def test_the_quote_says_which_sentence_carries_it(make, service):
    text = "Russia sent a note. The minister blames it."
    two = passage(text, sentences=((0, 19), (20, len(text))))
    service.faults = [
        completion(verdict(80, 15, 5, "quoted", "The  minister «blames»")),
        completion(verdict(80, 15, 5, "quoted", "the president accuses")),
    ]
    scorer = make(concurrency=1)
    assert scorer.score([two]).evidence[0].tolist() == [0, 1]
    assert answers(scorer) == {"requests": 1}
    # What the model invents is counted; the sentence that names the target stands in.
    other = passage(text + " ", sentences=two.sentences)
    assert scorer.score([other]).evidence[0].tolist() == [1, 0]
    assert answers(scorer) == {"requests": 2, "evidence_not_found": 1}


def test_an_evaluation_without_a_quote_is_counted(make, service):
    service.faults = [completion(verdict(80, 15, 5, "author", ""))]
    scorer = make()
    assert scorer.score([BLAMES]).evidence[0].tolist() == [1]
    assert answers(scorer) == {"requests": 1, "evidence_not_found": 1}


def test_tokens_are_the_services_and_have_their_price(make, service):
    service.faults = [completion(verdict(0, 100, 0), usage=None)]
    scorer = make(price_in=2.0, price_out=10.0, concurrency=1)
    scorer.score(FOUR)
    bill = scorer.bill()
    assert bill["tokens"] == {"in": 300, "out": 60}
    assert bill["price"] == 0.0012
    assert bill["answers"]["unmetered"] == 1
    assert bill["served"] == ["tiny-1-0807 (fp_7)"]
    assert "price" not in make().bill()


def test_the_key_is_sent_and_shows_nowhere_else(make, service, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    service.faults = [
        error(500, f"your key is {KEY}"),
        completion(f"Bearer {KEY} cannot be judged"),
        error(401, f"wrong key {KEY}"),
        error(404, f"no project of {KEY}"),
    ]
    scorer = make(tmp_path, concurrency=1)
    scorer.score([BLAMES])
    said = []
    for one in (HELPS, MEETS):
        with pytest.raises(ServiceError) as caught:
            scorer.score([one])
        said.append(str(caught.value) + repr(caught.value) + repr(caught.value.__cause__))
    assert set(service.keys) == {f"Bearer {KEY}"}
    kept = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 1 and "*** cannot be judged" in kept[0]
    shown = [*said, *kept, caplog.text, json.dumps(scorer.bill()), repr(vars(scorer))]
    assert [text for text in shown if KEY in text] == []
    assert "no project of ***" in said[1]


def test_no_key_sends_no_header(make, service, monkeypatch):
    monkeypatch.delenv("GEOSTANCE_LLM_KEY")
    make().score([BLAMES])
    assert service.keys == [None]
    service.faults = [error(401)]
    with pytest.raises(ServiceError, match="GEOSTANCE_LLM_KEY is not set"):
        make().score([BLAMES])


def test_a_key_with_a_line_break_inside_is_refused_unseen(make, service, monkeypatch):
    monkeypatch.setenv("GEOSTANCE_LLM_KEY", "sk-one\nsk-two")
    with pytest.raises(ConfigError, match="GEOSTANCE_LLM_KEY") as caught:
        make().score([BLAMES])
    assert "sk-one" not in str(caught.value) and service.bodies == []


def test_the_settings_build_it_without_asking_anyone(monkeypatch):
    monkeypatch.delenv("GEOSTANCE_LLM_KEY", raising=False)
    settings = StanceSettings(scorer="llm", llm=LlmSettings(model="tiny"))
    scorer = load_scorer(settings)
    assert scorer.name == "llm:tiny:codebook-1"
    assert scorer.measured_languages == scorer.calibrated_languages == frozenset()
    with pytest.raises(ConfigError, match="no model"):
        load_scorer(StanceSettings(scorer="llm"))


def test_targets_go_by_their_label():
    assert target_name(BLAMES) == "Russia"
    assert target_name(passage("У НАТО свои планы.", "НАТО", language="ru")) == "NATO"
    assert target_name(passage("Atlantis objects.", "Atlantis")) == "Atlantis"
    # A name of another state in the passage is not the one that is judged.
    assert target_name(passage("India calls Moscow.", "Moscow")) == "Russia"


def test_an_estimate_counts_and_asks_nothing(make, service, tmp_path):
    make(tmp_path).score([BLAMES])
    sent = len(service.bodies)
    settings = LlmSettings(model="tiny", price_in=1, price_out=2)
    estimate = Estimate(LlmScorer.of(settings, tmp_path), settings)
    judged = estimate.score([*FOUR, HELPS])
    assert np.isnan(judged.portrayal).all() and judged.portrayal.shape == (5, 3)
    bill = estimate.bill()
    assert (bill["passages"], bill["cached"], bill["requests"]) == (5, 1, 3)
    assert bill["tokens_in"] > 3 * 1000 and bill["tokens_out"] > 3 * 20
    assert bill["price"] == pytest.approx((bill["tokens_in"] + 2 * bill["tokens_out"]) / 1e6)
    assert len(service.bodies) == sent
    assert Counter(path.suffix for path in tmp_path.rglob("*.json")) == {".json": 1}


@pytest.fixture
def study(tmp_path, service):
    """A folder with one article, and the options of the commands that read it."""
    row = {"doc_id": "d1", "title": "Outage", "text": f"{BLAMES.text} {HELPS.text}"}
    cleaned = pl.DataFrame([row | {"language": "en"}], schema=TABLES["cleaned"])
    write_table(tmp_path / "cleaned.parquet", cleaned, "cleaned")
    write_table(tmp_path / "sentences.parquet", sentence_table(cleaned), "sentences")
    (tmp_path / "study.yml").write_text(
        "stance: {scorer: llm, targets: [russia, nato], llm: {model: tiny, price_in: 3, "
        f"concurrency: 1, url: '{service.url}'}}}}"
    )
    options = ["--config", "study.yml", "--responses", "responses"]
    options += ["--cleaned", "cleaned.parquet", "--sentences", "sentences.parquet"]
    return [
        str(tmp_path / part) if "." in part or part == "responses" else part for part in options
    ]


def test_the_stage_records_what_it_took_and_no_file_holds_the_key(study, tmp_path, service):
    main(["mentions", *study, "--output", str(tmp_path / "mentions.parquet")])
    record = json.loads((tmp_path / "mentions.parquet.run.json").read_text())
    asked = len(service.bodies)
    assert asked >= 2
    assert record["answers"]["requests"] == asked
    assert record["tokens"] == {"in": 100 * asked, "out": 20 * asked}
    assert record["price"] == pytest.approx(300 * asked / 1e6)
    assert record["served"] == ["tiny-1-0807 (fp_7)"]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == asked + 5
    assert [path for path in written if KEY.encode() in path.read_bytes()] == []


def test_the_price_is_told_before_anything_is_sent(study, service, capsys, tmp_path):
    main(["price", *study])
    said = capsys.readouterr().out
    assert service.bodies == [] and not (tmp_path / "responses").exists()
    main(["mentions", *study, "--output", str(tmp_path / "mentions.parquet")])
    assert f"requests    {len(service.bodies)}\n" in said
    assert said.count("estimate") == 3 and "3 and 0 a million tokens" in said
    main(["price", *study])
    assert "requests    0\n" in capsys.readouterr().out


def test_a_scorer_without_a_service_has_no_price(study, tmp_path):
    (tmp_path / "study.yml").write_text("seed: 1")
    with pytest.raises(SystemExit) as stopped:
        main(["price", *study])
    assert stopped.value.code == 2
