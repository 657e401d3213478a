"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const say = data.words;
  const CLASSES = { "-1": ["unf", "−", say.unfavourable], 0: ["neu", "0", say.neutral], 1: ["fav", "+", say.favourable] };
  const locale = data.language;

  // Every text enters the page through here, as text and never as markup.
  const make = (tag, options = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(options)) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "onclick" || name === "onchange" || name === "oninput") element[name] = value;
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  };
  const escaped = (text) => make("i", {}, text).innerHTML;
  const number = (value, digits = 2) =>
    value === null || value === undefined ? "–"
      : (Number(value.toFixed(digits)) || 0).toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
  const signed = (value) => (value !== null && value >= 0.005 ? "+" : "") + number(value);
  const classOf = (value) => (value > 0.1 ? 1 : value < -0.1 ? -1 : 0);
  const topicName = (topic) => topic === null || topic === undefined || topic < 0 ? say.outlier : data.topics[topic] || String(topic);
  const languageName = (tag) => data.languages[tag] || tag;
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  // Documents: one row each, with what filters and sorting need.
  const rows = data.documents.map((document, at) => {
    const row = {
      at, title: document.title || say.untitled, outlet: document.outlet, date: document.date,
      tag: document.language, language: languageName(document.language), topic: topicName(document.topic),
      haystack: folded(document.title + "\n" + document.pieces.filter((p) => p.d === undefined).map((p) => p.x).join("")),
    };
    data.targets.forEach((target, index) => { row["t" + index] = document.scores[index] ? document.scores[index][0] : null; });
    return row;
  });

  const scoreCell = (cell) => {
    const value = cell.getValue();
    if (value === null || value === undefined) return "";
    return make("span", { class: "score " + CLASSES[classOf(value)][0] }, signed(value));
  };
  const nullsLast = (a, b, aRow, bRow, column, direction) => {
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0) === 0 ? 0 : ((a === null) === (direction === "asc") ? 1 : -1);
    return a - b;
  };
  const auto = (cell) => make("span", { dir: "auto" }, cell.getValue() || "");
  let table = null;

  const titleCell = (cell) => {
    const at = cell.getRow().getData().at;
    return make("button", { type: "button", class: "link", dir: "auto", lang: data.documents[at].language, "aria-controls": "reader", onclick: () => { read(at, cell.getRow()); reader.focus(); } }, cell.getValue());
  };
  if (rows.length) {
    table = new Tabulator("#list", {
      data: rows, index: "at", height: "40rem", layout: "fitColumns", placeholder: say.none, columnDefaults: { headerHozAlign: "left", resizable: false },
      columns: [
        { title: escaped(say.title), field: "title", widthGrow: 3, minWidth: 160, formatter: titleCell },
        { title: escaped(say.outlet), field: "outlet", widthGrow: 1.4, minWidth: 90, formatter: auto },
        { title: escaped(say.date), field: "date", width: 94 },
        { title: escaped(say.tag), field: "tag", width: 60, formatter: (cell) => make("abbr", { title: languageName(cell.getValue()) }, cell.getValue()) },
        { title: escaped(say.topic), field: "topic", widthGrow: 1.4, minWidth: 90, formatter: auto },
        ...data.targets.map((target, index) => ({
          title: escaped(target.name), field: "t" + index, width: 78, hozAlign: "right", formatter: scoreCell, sorter: nullsLast,
        })),
      ],
    });
    const told = (count) => { document.getElementById("shown").textContent = say.shown + " " + count.toLocaleString(locale); };
    table.on("dataFiltered", (filters, found) => told(found.length));
    table.on("tableBuilt", () => told(rows.length));
  }

  // Filters.
  const form = document.getElementById("filters");
  const unique = (values) => [...new Set(values)].filter((value) => value !== "").sort((a, b) => a.localeCompare(b, locale));
  const choice = (name, options) => {
    const select = make("select", { name }, make("option", { value: "" }, say.any));
    options.forEach(([value, text]) => select.append(make("option", { value }, text)));
    return make("label", {}, say[name], select);
  };
  const wish = (name) => form.elements[name].value;
  form.append(
    make("label", { class: "search" }, say.search, make("input", { type: "search", name: "search", autocomplete: "off" })),
    choice("target", data.targets.map((target, index) => [String(index), target.name])),
    choice("direction", [["1", say.favourable], ["0", say.neutral], ["-1", say.unfavourable]]),
    choice("topic", unique(rows.map((row) => row.topic)).map((value) => [value, value])),
    choice("outlet", unique(rows.map((row) => row.outlet)).map((value) => [value, value])),
    choice("language", unique(rows.map((row) => row.language)).map((value) => [value, value])),
    make("button", { type: "reset" }, say.reset),
  );
  const fits = (row) => {
    const target = wish("target"), direction = wish("direction"), search = folded(wish("search").trim());
    const scores = data.targets.map((_, index) => row["t" + index]).filter((_, index) => target === "" || String(index) === target);
    const spoken = scores.filter((score) => score !== null);
    return (target === "" || spoken.length > 0)
      && (direction === "" || spoken.some((score) => String(classOf(score)) === direction))
      && ["topic", "outlet", "language"].every((name) => wish(name) === "" || row[name] === wish(name))
      && (search === "" || row.haystack.includes(search));
  };
  const filter = () => { if (table) table.setFilter(fits); };
  let waiting = 0;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
  form.addEventListener("reset", () => setTimeout(filter, 0));
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });

  // Reader.
  const reader = document.getElementById("reader");
  const options = { target: "", dropped: false };
  const chips = (said) => said.map(([target, kind, quoted, place]) =>
    make("span", { class: "chip" }, data.targets[target].name + " " + CLASSES[kind][1] + " · " + (quoted ? say.quoted : say.author) + (place === 0 ? " · " + say.evidence : "")));
  const wanted = (said) => said.filter(([target]) => options.target === "" || String(target) === options.target);
  const piece = (part) => {
    if (part.d !== undefined) {
      return options.dropped ? make("del", {}, part.x, make("span", { class: "chip" }, data.reasons[part.d] || part.d), "\n") : null;
    }
    const said = wanted(part.m || []);
    if (!said.length) return document.createTextNode(part.x);
    const fragment = document.createDocumentFragment();
    fragment.append(make("mark", { class: CLASSES[said[0][1]][0] }, part.x), ...chips(said));
    return fragment;
  };
  const read = (at, row) => {
    const doc = data.documents[at];
    if (table) {
      table.element.querySelectorAll(".tabulator-row.current").forEach((old) => old.classList.remove("current"));
      if (row) row.getElement().classList.add("current");
    }
    const text = make("div", { class: "text", lang: doc.language, dir: "auto" });
    const head = make("p", { class: "soft" });
    // Only what the choice changes is drawn again, so that the keyboard stays where it is.
    const fill = () => {
      const said = wanted(doc.headline);
      head.replaceChildren(...(said.length ? [say.headline + ": ", ...chips(said)] : []));
      text.replaceChildren(...doc.pieces.map(piece).filter((part) => part !== null));
    };
    const select = make("select", { onchange: (event) => { options.target = event.target.value; fill(); } },
      make("option", { value: "" }, say.any), ...data.targets.map((target, index) => make("option", { value: String(index) }, target.name)));
    select.value = options.target;
    const box = make("input", { type: "checkbox", onchange: (event) => { options.dropped = event.target.checked; fill(); } });
    box.checked = options.dropped;
    const scores = data.targets.map((target, index) => doc.scores[index] && make("li", {},
      make("span", { class: "key " + CLASSES[classOf(doc.scores[index][0])][0] }, target.name + " " + signed(doc.scores[index][0])),
      " " + doc.scores[index][1] + " " + say.mentions + ", " + say.quoted_share + " " + doc.scores[index][2].toLocaleString(locale, { style: "percent" })
        + (doc.scores[index][3] ? "" : " — " + say.not_measured))).filter(Boolean);
    const title = make("h3", { lang: doc.language, dir: "auto" }, doc.title || say.untitled);
    const safe = /^https?:\/\//i.test(doc.url);
    reader.replaceChildren(
      title,
      head,
      make("p", { class: "soft" }, [doc.outlet, doc.date, languageName(doc.language), topicName(doc.topic)].filter(Boolean).join(" · "),
        safe ? " · " : "", safe ? make("a", { href: doc.url, rel: "noopener noreferrer", target: "_blank" }, say.original) : ""),
      doc.copy ? make("p", {}, say.copy) : "",
      make("ul", {}, ...scores),
      make("div", { class: "tools" }, make("label", {}, say.marks, select), make("label", {}, box, say.dropped)),
      text,
      doc.cut ? make("p", { class: "soft" }, say.cut) : "",
    );
    fill();
    document.documentElement.dataset.reading = doc.id;
  };
  reader.append(make("p", { class: "soft" }, say.choose));

  // Estimates by group.
  const holder = document.getElementById("estimates");
  if (data.estimates.length) {
    const listed = (field) => ({ headerFilter: "list", headerFilterParams: { valuesLookup: true, clearable: true }, field });
    const figure = (field, write) => ({ field, hozAlign: "right", formatter: (cell) => make("span", {}, write(cell.getValue())) });
    new Tabulator(holder, {
      data: data.estimates, layout: "fitColumns", height: "24rem", columnDefaults: { headerHozAlign: "left", resizable: false },
      columns: [
        { title: escaped(say.of), ...listed("target") },
        { title: escaped(say.grouping), ...listed("grouping") },
        { title: escaped(say.group), field: "group", widthGrow: 2, formatter: auto, headerFilter: "input" },
        { title: escaped(say.estimate), ...figure("estimate", signed) },
        { title: escaped(say.low), ...figure("low", signed) },
        { title: escaped(say.high), ...figure("high", signed) },
        { title: escaped(say.documents), ...figure("documents", (v) => number(v, 0)) },
        { title: escaped(say.labels), ...figure("labels", (v) => number(v, 0)) },
        { title: escaped(say.method), ...listed("method") },
        { title: escaped(say.unit), ...listed("unit") },
      ],
    });
  } else holder.append(make("p", {}, "–"));

  // A link such as report.html#document=0123 opens that document.
  const linked = /^#document=(.+)$/.exec(location.hash);
  if (linked) {
    const at = data.documents.findIndex((document) => document.id === decodeURIComponent(linked[1]));
    if (at >= 0) { read(at, null); document.getElementById("documents").scrollIntoView(); }
  }
  document.documentElement.dataset.ready = "yes";
})();
