"use strict";
// The list of documents, its filters and the reader.
(() => {
  const { data, say, locale, make, signed, number, fill, grid } = window.geostance;
  const CLASSES = { "-1": ["unf", "−", say.unfavourable], 0: ["neu", "0", say.neutral], 1: ["fav", "+", say.favourable] };
  const classOf = (value) => (value > 0.1 ? 1 : value < -0.1 ? -1 : 0);
  const topicName = (topic) => topic === null || topic === undefined || topic < 0 ? say.outlier : data.topics[topic] || String(topic);
  const languageName = (tag) => data.languages[tag] || tag;

  // Texts: in the page itself, or in files beside it that are read when they are wanted.
  const waiting = new Map(), held = new Map();
  window.geostance.page = (at, texts) => waiting.get(at)?.(texts);
  const load = (at) => {
    if (!data.files) return Promise.resolve(data.texts);
    if (!held.has(at)) {
      held.set(at, new Promise((resolve, reject) => {
        waiting.set(at, resolve);
        const script = make("script", { src: data.folder + "/" + data.files[at], onerror: () => reject(new Error(script.src)), onload: () => script.remove() });
        document.head.append(script);
      }));
      held.get(at).catch(() => held.delete(at));
      // Only a few stay in memory.
      if (held.size > 8) held.delete(held.keys().next().value);
    }
    return held.get(at);
  };
  const textOf = (at) => load(data.files ? Math.floor(at / data.perFile) : 0).then((texts) => texts[data.files ? at % data.perFile : at]);

  // Documents: one row each, with what filters and sorting need.
  const rows = data.documents.map(([id, title, outlet, date, language, topic, scores], at) => {
    const row = { at, id, title: title || say.untitled, outlet: data.outlets[outlet] ?? "", date, tag: data.tags[language], language: languageName(data.tags[language]), topic: topicName(topic) };
    data.targets.forEach((target, index) => { row["t" + index] = scores[index] ?? null; });
    return row;
  });
  const scoreCell = (cell) => {
    const value = cell.getValue();
    return value === null || value === undefined ? "" : make("span", { class: "score " + CLASSES[classOf(value)][0] }, signed(value));
  };
  const titleCell = (cell) => {
    const row = cell.getRow().getData();
    return make("button", { type: "button", class: "link", dir: "auto", lang: row.tag, onclick: () => open(row.at, true) }, cell.getValue());
  };
  const shown = document.getElementById("shown");
  let count = rows.length;
  const tell = () => { shown.textContent = say.shown + " " + count.toLocaleString(locale); };
  const table = rows.length ? grid("#list", say.documents, [
    { title: say.title, field: "title", widthGrow: 3, minWidth: 170, formatter: titleCell },
    { title: say.outlet, field: "outlet", widthGrow: 1.2, minWidth: 84 },
    { title: say.date, field: "date", width: 94 },
    { title: say.tag, field: "tag", width: 72, formatter: (cell) => make("abbr", { title: languageName(cell.getValue()) }, cell.getValue()) },
    { title: say.topic, field: "topic", widthGrow: 1.2, minWidth: 84 },
    ...data.targets.map((target, index) => ({ title: target.name, field: "t" + index, width: 78, hozAlign: "right", headerHozAlign: "right", formatter: scoreCell })),
  ], rows, { index: "at" }) : null;
  if (table) {
    table.on("dataFiltered", (filters, found) => { count = found.length; tell(); });
    table.on("tableBuilt", tell);
    table.on("renderComplete", () => { document.documentElement.dataset.listed = "yes"; mark(); });
  }

  // Filters.
  const form = document.getElementById("filters");
  const unique = (field) => [...new Set(rows.map((row) => row[field]))].filter((value) => value !== "").sort((a, b) => a.localeCompare(b, locale));
  const choice = (name, options) => make("label", {}, say[name],
    make("select", { name }, make("option", { value: "" }, say.any), ...options.map(([value, text]) => make("option", { value }, text))));
  const same = (values) => values.map((value) => [value, value]);
  const dates = rows.map((row) => row.date).filter(Boolean).sort();
  const day = (name) => make("label", {}, say[name], make("input", { type: "date", name, min: dates[0], max: dates[dates.length - 1] }));
  form.append(
    make("label", { class: "search" }, say.search, make("input", { type: "search", name: "search", autocomplete: "off", "aria-describedby": "searched" })),
    choice("target", data.targets.map((target, index) => [String(index), target.name])),
    choice("direction", [["1", say.favourable], ["0", say.neutral], ["-1", say.unfavourable]]),
    choice("topic", same(unique("topic"))), choice("outlet", same(unique("outlet"))), choice("language", same(unique("language"))),
    day("from"), day("to"),
    make("button", { type: "reset" }, say.reset),
  );
  const wish = (name) => form.elements[name].value;
  let found = null;
  const filter = () => {
    if (!table) return;
    const wanted = Object.fromEntries(["target", "direction", "topic", "outlet", "language", "from", "to"].map((name) => [name, wish(name)]));
    const targets = data.targets.map((_, index) => index).filter((index) => wanted.target === "" || String(index) === wanted.target);
    performance.mark("filter");
    table.setFilter((row) => (found === null || found[row.at] === 1)
      && ["topic", "outlet", "language"].every((name) => wanted[name] === "" || row[name] === wanted[name])
      && (wanted.from === "" || row.date >= wanted.from) && (wanted.to === "" || (row.date !== "" && row.date <= wanted.to))
      && (wanted.target === "" || row["t" + wanted.target] !== null)
      && (wanted.direction === "" || targets.some((index) => row["t" + index] !== null && String(classOf(row["t" + index])) === wanted.direction)));
    performance.measure("geostance-filter", "filter");
  };

  // Search: the index is made beside the page, the first time the reader turns to the field.
  const searched = document.getElementById("searched");
  let worker = null, ready = false, asked = null;
  const searchable = (text, row) => row.title + "\n" + text.pieces.filter((piece) => piece.d === undefined).map((piece) => piece.x).join("").slice(0, data.searched);
  const prepare = async () => {
    if (worker || !rows.length) return;
    const source = document.getElementById("worker").textContent;
    worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    worker.onmessage = ({ data: said }) => {
      if (said.known !== undefined) {
        ready = said.known === rows.length;
        searched.textContent = ready ? say.search_ready : fill(say.search_preparing, { share: Math.floor((100 * said.known) / rows.length) });
        if (ready) { document.documentElement.dataset.searchable = "yes"; search(); }
      } else if (said.query === asked) {
        found = said.found && new Uint8Array(rows.length);
        said.found?.forEach((at) => { found[at] = 1; });
        filter();
        performance.measure("geostance-search", "search");
        document.documentElement.dataset.answered = said.query;
      }
    };
    worker.onerror = () => { searched.textContent = say.search_failed; };
    searched.textContent = fill(say.search_preparing, { share: 0 });
    const step = data.files ? data.perFile : 500;
    try {
      for (let first = 0; first < rows.length; first += step) {
        const texts = await load(Math.floor(first / step));
        const own = data.files ? texts : texts.slice(first, first + step);
        worker.postMessage({ first, texts: own.map((text, at) => searchable(text, rows[first + at])) });
      }
    } catch { searched.textContent = say.missing; }
  };
  const search = () => {
    const query = wish("search").trim();
    if (query === "") { asked = null; found = null; filter(); return; }
    asked = query;
    prepare();
    if (ready) { performance.mark("search"); worker.postMessage({ query }); }
  };
  form.elements.search.addEventListener("focus", prepare);
  let later = 0;
  form.addEventListener("input", (event) => { clearTimeout(later); later = setTimeout(event.target.name === "search" ? search : filter, 80); });
  form.addEventListener("reset", () => setTimeout(search, 0));
  form.addEventListener("submit", (event) => { event.preventDefault(); search(); });

  // Reader.
  const reader = document.getElementById("reader");
  const options = { target: "", voice: "", dropped: false };
  let current = null;
  // The library builds a table after this script has run; then rows are marked as they are drawn.
  const drawn = () => (document.documentElement.dataset.listed ? table.getRows("visible") : []);
  const mark = () => drawn().forEach((row) => row.getElement().classList.toggle("current", row.getIndex() === current));
  const chips = (said) => said.map(([target, kind, quoted, place]) =>
    make("span", { class: "chip" }, data.targets[target].name + " " + CLASSES[kind][1] + " · " + (quoted ? say.quoted : say.author) + (place === 0 ? " · " + say.evidence : "")));
  const wanted = (said) => said.filter(([target, , quoted]) =>
    (options.target === "" || String(target) === options.target) && (options.voice === "" || (options.voice === "quoted") === quoted));
  const piece = (part) => {
    if (part.d !== undefined) return options.dropped ? make("del", {}, part.x, make("span", { class: "chip" }, data.reasons[part.d] || part.d), "\n") : null;
    const said = wanted(part.m || []);
    if (!said.length) return document.createTextNode(part.x);
    const fragment = document.createDocumentFragment();
    fragment.append(make("mark", { class: CLASSES[said[0][1]][0], tabindex: "-1" }, part.x), ...chips(said));
    return fragment;
  };
  const select = (name, choices, redraw) => {
    const field = make("select", { onchange: (event) => { options[name] = event.target.value; redraw(); } },
      make("option", { value: "" }, say.any), ...choices.map(([value, text]) => make("option", { value }, text)));
    field.value = options[name];
    return field;
  };
  const show = (at, doc) => {
    const row = rows[at];
    const text = make("div", { class: "text", lang: row.tag, dir: "auto" });
    const head = make("p", { class: "soft" });
    const passages = make("span", { role: "status", class: "soft" });
    let place = -1;
    const marks = () => [...text.querySelectorAll("mark")];
    // Only what the choice changes is drawn again, so that the keyboard stays where it is.
    const draw = () => {
      const said = wanted(doc.headline);
      head.replaceChildren(...(said.length ? [say.headline + ": ", ...chips(said)] : []));
      text.replaceChildren(...doc.pieces.map(piece).filter((part) => part !== null));
      place = -1;
      passages.textContent = fill(say.passages, { n: marks().length });
    };
    const go = (step) => {
      const all = marks();
      if (!all.length) return;
      place = (place + step + all.length + (place < 0 && step < 0 ? 1 : 0)) % all.length;
      all[place].focus();
      passages.textContent = fill(say.passage, { at: place + 1, n: all.length });
    };
    const box = make("input", { type: "checkbox", onchange: (event) => { options.dropped = event.target.checked; draw(); } });
    box.checked = options.dropped;
    const scores = data.targets.map((target, index) => doc.scores[index] && make("li", {},
      make("span", { class: "key " + CLASSES[classOf(doc.scores[index][0])][0] }, target.name + " " + signed(doc.scores[index][0])),
      " " + say.mentions + " " + doc.scores[index][1] + ", " + say.quoted_share + " " + doc.scores[index][2].toLocaleString(locale, { style: "percent" })
        + (doc.scores[index][3] ? "" : " — " + say.not_measured))).filter(Boolean);
    const safe = /^https?:\/\//i.test(doc.url);
    reader.replaceChildren(
      make("h3", { lang: row.tag, dir: "auto" }, row.title),
      head,
      make("p", { class: "soft" }, make("span", { dir: "auto" }, [row.outlet, row.date, row.language, row.topic].filter(Boolean).join(" · ")),
        safe ? " · " : "", safe ? make("a", { href: doc.url, rel: "noopener noreferrer", target: "_blank" }, say.original) : ""),
      make("p", { class: "soft" }, say.source + " ", make("code", { dir: "auto" }, doc.source)),
      doc.copy ? make("p", {}, say.copy) : "",
      make("ul", {}, ...scores),
      make("div", { class: "tools" },
        make("label", {}, say.marks, select("target", data.targets.map((target, index) => [String(index), target.name]), draw)),
        make("label", {}, say.voice, select("voice", [["author", say.author], ["quoted", say.quoted]], draw)),
        make("label", {}, box, say.dropped)),
      make("div", { class: "tools" },
        make("button", { type: "button", onclick: () => go(-1) }, say.passage_before),
        make("button", { type: "button", onclick: () => go(1) }, say.passage_after),
        make("button", { type: "button", onclick: back }, say.back), passages),
      text,
      doc.cut ? make("p", { class: "soft" }, say.cut) : "",
    );
    draw();
    document.documentElement.dataset.reading = row.id;
  };
  const back = () => {
    const row = drawn().find((one) => one.getIndex() === current);
    (row?.getElement().querySelector("button") || form.elements.search).focus();
  };
  const open = (at, focus) => {
    current = at;
    mark();
    const put = () => { if (focus) { reader.scrollTop = 0; reader.focus(); } };
    return textOf(at).then((doc) => { if (current === at) { show(at, doc); put(); } },
      () => { reader.replaceChildren(make("p", {}, say.missing)); put(); });
  };
  reader.append(make("p", { class: "soft" }, say.choose));

  // Estimates by group.
  const holder = document.getElementById("estimates");
  if (data.estimates.length) {
    const listed = (title, field) => ({ title, field, headerFilter: "input", minWidth: 110 });
    const figure = (title, field, write) => ({ title, field, minWidth: 90, hozAlign: "right", headerHozAlign: "right", formatter: (cell) => make("span", {}, write(cell.getValue())) });
    grid(holder, document.getElementById("estimates-title").textContent, [
      listed(say.of, "target"), listed(say.grouping, "grouping"), { ...listed(say.group, "group"), widthGrow: 2 },
      figure(say.estimate, "estimate", signed), figure(say.low, "low", signed), figure(say.high, "high", signed),
      figure(say.documents, "documents", (v) => number(v, 0)), figure(say.labels, "labels", (v) => number(v, 0)),
      listed(say.method, "method"), listed(say.unit, "unit"),
    ], data.estimates);
  } else holder.append(make("p", {}, "–"));

  // A link such as report.html#document=0123 opens that document.
  const linked = () => {
    const named = /^#document=(.+)$/.exec(location.hash);
    const at = named ? rows.findIndex((row) => row.id === decodeURIComponent(named[1])) : -1;
    if (at >= 0) { open(at, false); document.getElementById("documents").scrollIntoView(); }
  };
  addEventListener("hashchange", linked);
  linked();
  document.documentElement.dataset.ready = "yes";
})();
