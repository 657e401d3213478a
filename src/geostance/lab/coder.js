// The coding desk in the page. It shows what the kernel says and sends it keys; every answer is
// kept by the kernel, and called saved only once the kernel has said so.

const SILENCE = 4000;
// By the letter that is written, and by its place where another script is typed.
const KEYS = {
  r: { do: "set", relevant: true },
  x: { do: "set", relevant: false },
  u: { do: "set", stance: -1 },
  n: { do: "set", stance: 0 },
  f: { do: "set", stance: 1 },
  a: { do: "set", voice: "author" },
  q: { do: "set", voice: "quoted" },
  o: { do: "set", voice: "none" },
  k: { do: "skip" },
  z: { do: "undo" },
  g: { do: "open" },
};

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// Offsets are of characters, as Python counts them; a page counts UTF-16.
function characters(text) {
  return Array.from(text).length;
}

function render({ model, el }) {
  const words = model.get("words");
  const book = model.get("codebook");
  let shown = null;
  let pending = [];
  let silence = null;

  const place = make("span", { class: "gs-place" });
  const progress = make("progress", { "aria-label": words.title });
  const counts = make("span", { class: "gs-counts" });
  const saved = make("span", { class: "gs-saved", role: "status" });
  const question = make("div", { class: "gs-question", id: unique("question") });
  const source = make("div", { class: "gs-source" });
  // Editable, so that the browser gives a caret, selection by Shift and arrows in the order of
  // each script, and screen readers leave the letters to us; nothing that is typed gets into it.
  const text = make("div", {
    class: "gs-text", contenteditable: "true", role: "textbox", "aria-multiline": "true",
    "aria-readonly": "true", "aria-label": words.text, spellcheck: "false", dir: "auto",
    autocorrect: "off", autocapitalize: "off", translate: "no",
  });
  const codebook = make("div", {
    class: "gs-codebook", tabindex: "0", role: "region", "aria-label": words.codebook,
    lang: book.language, dir: "auto",
  });
  // The kernel made it from Markdown, with all markup of its own escaped.
  codebook.innerHTML = book.html;
  const version = make("div", { class: "gs-version" }, `${words.codebook} ${book.hash}`);
  const message = make("div", { class: "gs-message", role: "alert" });
  const evidence = make("ol", { class: "gs-evidence", "aria-label": words.evidence });
  const numbers = make("input", {
    class: "gs-numbers", "aria-label": words.which, placeholder: words.which, hidden: "",
  });
  const note = make("textarea", { class: "gs-note", "aria-label": words.note, rows: "1" });
  const buttons = {};

  function unique(name) {
    return `gs-${name}-${Math.random().toString(36).slice(2)}`;
  }

  function button(key, label, act, shownKey = key.toUpperCase()) {
    const one = make("button", { type: "button", "aria-keyshortcuts": key },
      make("kbd", { "aria-hidden": "true" }, shownKey), " ", label);
    one.addEventListener("click", () => { act(); text.focus(); });
    return one;
  }

  function choices(name, options) {
    const group = make("div", { class: "gs-choices", role: "group", "aria-label": words[name] },
      make("span", { class: "gs-name", "aria-hidden": "true" }, words[name]));
    for (const [key, label] of options) {
      buttons[key] = button(key, words[label], () => send(KEYS[key]));
      buttons[key].setAttribute("aria-pressed", "false");
      group.append(buttons[key]);
    }
    return group;
  }

  const answers = make("div", { class: "gs-answers" },
    choices("relevance", [["r", "relevant"], ["x", "irrelevant"]]),
    choices("portrayal", [["u", "unfavourable"], ["n", "neutral"], ["f", "favourable"]]),
    choices("voice", [["a", "author"], ["q", "quoted"], ["o", "none"]]),
    make("div", { class: "gs-choices", role: "group", "aria-label": words.evidence },
      make("span", { class: "gs-name", "aria-hidden": "true" }, words.evidence),
      button("e", words.add, addSelection),
      button("s", words.sentence, askNumbers),
      button("Backspace", words.drop, () => send({ do: "drop" }), "⌫"),
      numbers, evidence),
    make("div", { class: "gs-choices" },
      make("span", { class: "gs-name", "aria-hidden": "true" }, words.note),
      make("kbd", { "aria-hidden": "true" }, "T"), note));
  const moves = make("div", { class: "gs-moves" },
    button("Shift+Enter", words.previous, () => send({ do: "move", steps: -1 }), "⇧↵"),
    button("Enter", words.next, () => send({ do: "move", steps: 1 }), "↵"),
    button("g", words.first, () => send(KEYS.g)),
    button("k", words.skip, () => send(KEYS.k)),
    button("z", words.undo, () => send(KEYS.z)));
  const codebookKey = button("c", words.codebook, () => codebook.focus());
  codebookKey.addEventListener("click", () => codebook.focus());
  moves.append(codebookKey);
  const root = make("div", { class: "gs-coder", role: "group", "aria-label": words.title },
    make("div", { class: "gs-head" }, place, progress, counts, saved),
    make("div", { class: "gs-body" },
      make("div", { class: "gs-reading" }, source, question, text, answers, moves, message),
      make("div", { class: "gs-side" }, version, codebook)));
  // JupyterLab takes letters and arrows for its own shortcuts unless what has the focus bears this.
  for (const one of [text, codebook, note, numbers, ...root.querySelectorAll("button")])
    one.setAttribute("data-lm-suppress-shortcuts", "true");
  text.setAttribute("aria-describedby", question.id);
  el.append(root);

  function send(action) {
    // An answer is meant for the article on the screen; the kernel passes over any other.
    const id = unique("message");
    pending.push(id);
    saved.textContent = words.saving;
    model.send({ ...action, id, key: shown.key });
    clearTimeout(silence);
    silence = setTimeout(() => {
      saved.textContent = "";
      message.textContent = words.unsaved;
      message.classList.add("gs-warning");
    }, SILENCE);
  }

  function selected() {
    const selection = document.getSelection();
    if (!selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    if (!text.contains(range.commonAncestorContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    const start = characters(before.toString());
    return [start, start + characters(range.toString())];
  }

  function select(span) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const ends = span.map(() => null);
    let passed = 0;
    while (walker.nextNode()) {
      const letters = Array.from(walker.currentNode.data);
      span.forEach((offset, n) => {
        if (ends[n] === null && offset <= passed + letters.length)
          ends[n] = [walker.currentNode, letters.slice(0, offset - passed).join("").length];
      });
      passed += letters.length;
    }
    if (ends.every(Boolean)) document.getSelection().setBaseAndExtent(...ends[0], ...ends[1]);
  }

  function addSelection() {
    const span = selected();
    if (!span || span[0] === span[1]) {
      message.textContent = words.nothing_selected;
      return;
    }
    send({ do: "evidence", span });
  }

  function askNumbers() {
    numbers.hidden = false;
    numbers.value = "";
    numbers.focus();
  }

  function pieces(view) {
    const { text: whole, mentions, sentences, answer } = view;
    const letters = Array.from(whole);
    const edges = new Set([0, letters.length]);
    for (const spans of [mentions, answer.evidence, sentences])
      for (const span of spans) span.forEach(offset => edges.add(offset));
    const sorted = [...edges].sort((a, b) => a - b);
    const within = (spans, at) => spans.some(([start, end]) => start <= at && at < end);
    const starts = new Map(sentences.map(([start], n) => [start, n + 1]));
    return sorted.slice(0, -1).map((start, n) => {
      const kinds = ["gs-piece"];
      if (within(mentions, start)) kinds.push("gs-mention");
      if (within(answer.evidence, start)) kinds.push("gs-found");
      const piece = make(kinds.length > 1 ? "mark" : "span", { class: kinds.join(" ") });
      if (starts.has(start)) piece.setAttribute("data-sentence", starts.get(start));
      piece.textContent = letters.slice(start, sorted[n + 1]).join("");
      return piece;
    });
  }

  function show() {
    const view = model.get("view");
    const { answer } = view;
    const moved = !shown || shown.key.join() !== view.key.join();
    const held = !moved && text.contains(document.getSelection().anchorNode) ? selected() : null;
    const had = root.contains(document.activeElement);
    pending = view.ack && pending.includes(view.ack)
      ? pending.slice(pending.indexOf(view.ack) + 1) : pending;
    if (!pending.length) clearTimeout(silence);
    shown = view;
    place.textContent = filled(words.place, view);
    progress.max = view.total;
    progress.value = view.coded + view.skipped;
    counts.textContent = filled(words.progress, view);
    saved.textContent = pending.length ? words.saving
      : view.saved ? filled(words.saved, { time: view.saved }) : words.nothing;
    source.textContent = view.source;
    question.textContent = filled(words.question, { target: view.target });
    text.lang = view.language;
    text.replaceChildren(...pieces(view));
    for (const [key, pressed] of Object.entries({
      r: answer.relevant === true, x: answer.relevant === false,
      u: answer.stance === -1, n: answer.stance === 0, f: answer.stance === 1,
      a: answer.voice === "author", q: answer.voice === "quoted", o: answer.voice === "none",
    })) buttons[key].setAttribute("aria-pressed", String(pressed));
    const letters = Array.from(view.text);
    evidence.replaceChildren(...answer.evidence.map(([start, end]) =>
      make("li", { dir: "auto", lang: view.language }, letters.slice(start, end).join(""))));
    if (!answer.evidence.length)
      evidence.replaceChildren(make("li", { class: "gs-hint" }, words.no_evidence));
    if (moved || document.activeElement !== note) note.value = answer.note;
    message.textContent = view.message;
    message.classList.toggle("gs-warning", view.warning);
    if (moved) {
      text.scrollTop = 0;
      const first = text.querySelector(".gs-mention");
      if (first && first.offsetTop - text.offsetTop > text.clientHeight - 40)
        text.scrollTop = first.offsetTop - text.offsetTop - 60;
      if (had && document.activeElement !== text) text.focus();
    }
    if (text === document.activeElement) select(moved ? [0, 0] : held ?? [0, 0]);
  }

  function leave() {
    numbers.hidden = true;
    text.focus();
  }

  numbers.addEventListener("keydown", event => {
    if (event.key === "Enter") {
      const asked = numbers.value.match(/\d+(\s*-\s*\d+)?/g) ?? [];
      const chosen = asked.flatMap(part => {
        const [first, last = first] = part.split("-").map(Number);
        return Array.from({ length: Math.max(0, Math.min(last - first, 999)) + 1 },
          (_, n) => first + n);
      });
      if (chosen.length) send({ do: "sentences", numbers: chosen });
      leave();
    } else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  });

  note.addEventListener("change", () => send({ do: "note", text: note.value }));
  note.addEventListener("keydown", event => {
    if (event.key === "Escape" || (event.key === "Enter" && !event.shiftKey)) {
      event.preventDefault();
      text.focus();
    }
  });

  // Nothing changes the article; what an input method forces in is taken out again.
  text.addEventListener("beforeinput", event => event.preventDefault());
  for (const kind of ["paste", "cut", "drop"])
    text.addEventListener(kind, event => event.preventDefault());
  text.addEventListener("compositionend", show);

  root.addEventListener("keydown", event => {
    if (event.target === note || event.target === numbers) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // Of Cyrillic, Arabic or any other letters the place on the keyboard counts.
    const letter = /^[a-z]$/.test(typed) || !/^Key[A-Z]$/.test(event.code)
      ? typed : event.code.slice(3).toLowerCase();
    const pressed = event.target.tagName === "BUTTON" && (letter === "Enter" || letter === " ");
    if (pressed) return;
    if (letter in KEYS) send(KEYS[letter]);
    else if (letter === "e") addSelection();
    else if (letter === "s") askNumbers();
    else if (letter === "t") note.focus();
    else if (letter === "c") codebook.focus();
    else if (letter === "Escape") text.focus();
    else if (letter === "Backspace" || letter === "Delete") send({ do: "drop" });
    else if (letter === "Enter") send({ do: "move", steps: event.shiftKey ? -1 : 1 });
    else return;
    event.preventDefault();
  });

  model.on("change:view", show);
  show();
  requestAnimationFrame(() => text.focus());
  return () => { clearTimeout(silence); model.off("change:view", show); };
}

export default { render };
