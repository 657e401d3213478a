"use strict";
// What every part of the page uses, and what stands in all of it: theme, copying, tables.
window.geostance = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const say = data.words, locale = data.language;

  // Every text enters the page through here, as text and never as markup.
  const make = (tag, options = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(options)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element[name] = value;
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  };
  const number = (value, digits = 2) =>
    value === null || value === undefined ? "–"
      : (Number(value.toFixed(digits)) || 0).toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
  const signed = (value) => (value !== null && value >= 0.005 ? "+" : "") + number(value);
  const fill = (phrase, values) => phrase.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // A table that sorts and filters. Its headings are buttons, and its filters carry their names.
  const nullsLast = (a, b, aRow, bRow, column, direction) => {
    const none = [a, b].map((value) => value === null || value === undefined || value === "");
    if (none[0] || none[1]) return none[0] && none[1] ? 0 : (none[0] === (direction === "asc") ? 1 : -1);
    return typeof a === "number" ? a - b : String(a).localeCompare(String(b), locale);
  };
  const auto = (cell) => make("span", { dir: "auto" }, String(cell.getValue() ?? ""));
  const heading = (cell) => make("button", { type: "button", class: "sort" }, cell.getValue());
  const grid = (holder, name, columns, rows, options = {}) => {
    // The buttons of the pages stand beside the table: nothing but rows belongs into one.
    const pages = make("div", { class: "pages", role: "group", "aria-label": name + ": " + say.pages });
    const paged = rows.length > data.page;
    if (paged) (typeof holder === "string" ? document.querySelector(holder) : holder).after(pages);
    const table = new Tabulator(holder, {
      data: rows, layout: "fitColumns", placeholder: say.none, pagination: paged, paginationSize: data.page, paginationElement: paged ? pages : false,
      columnDefaults: { headerHozAlign: "left", resizable: false, titleFormatter: heading, sorter: nullsLast, formatter: auto },
      columns: columns.map((column) => column.headerFilter
        ? { ...column, headerFilterParams: { elementAttributes: { "aria-label": say.filter + " " + column.title } } } : column),
      locale: "own",
      langs: { own: { pagination: {
        first: "«", last: "»", prev: "‹", next: "›", first_title: say.first, last_title: say.last, prev_title: say.previous, next_title: say.next,
        page_title: say.page, page_size: say.page,
      } } },
      ...options,
    });
    const mend = () => {
      // The library's roles do not follow ARIA: rows lie two groups deep, and headings in no row.
      const root = table.element;
      root.setAttribute("role", "table");
      root.setAttribute("aria-label", name);
      root.removeAttribute("tabindex");
      const role = (selector, value) => root.querySelectorAll(selector).forEach((element) => element.setAttribute("role", value));
      role(".tabulator-header, .tabulator-table", "rowgroup");
      role(".tabulator-headers", "row");
      role(".tabulator-row .tabulator-cell", "cell");
      root.querySelectorAll(".tabulator-tableholder, .tabulator-header-contents, .tabulator-placeholder").forEach((element) => {
        element.removeAttribute("role");
        element.removeAttribute("tabindex");
      });
      root.querySelectorAll(".tabulator-header input").forEach((input) => { input.type = "search"; });
    };
    table.on("tableBuilt", mend);
    table.on("renderComplete", mend);
    return table;
  };

  // Tables written into the page become sortable ones; print keeps the written one.
  const plain = (text) => {
    const value = text.replace(/[\s\u00a0\u202f%+]/g, "").replace("−", "-").replace(locale === "fr" ? "," : /,/g, locale === "fr" ? "." : "");
    return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
  };
  const written = (a, b, aRow, bRow, column, direction) => nullsLast(plain(a), plain(b), aRow, bRow, column, direction);
  const enhance = (source) => {
    const heads = [...source.tHead.rows[0].cells];
    const rows = [...source.tBodies[0].rows].map((row) => Object.fromEntries([...row.cells].map((cell, at) => ["c" + at, cell.textContent])));
    const wide = source.closest(".wide");
    const holder = make("div", {});
    wide.after(make("div", { class: "grid" }, holder));
    wide.classList.add("source");
    grid(holder, wide.getAttribute("aria-label"), heads.map((head, at) => ({
      title: head.textContent, field: "c" + at, minWidth: 110, widthGrow: head.classList.contains("n") ? 1 : 2,
      ...(head.classList.contains("n") ? { hozAlign: "right", headerHozAlign: "right", sorter: written } : {}),
      ...(rows.length > 8 ? { headerFilter: "input" } : {}),
    })), rows);
  };
  // Drawn when they come near, so that a page with many tables still opens at once.
  const near = new IntersectionObserver((seen) => seen.filter((one) => one.isIntersecting).forEach((one) => {
    near.unobserve(one.target);
    enhance(one.target);
  }), { rootMargin: "600px" });
  document.querySelectorAll("table.sortable").forEach((source) => near.observe(source));

  // Light and dark: the reader's system decides until the button does.
  const theme = document.getElementById("theme");
  const dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  theme.hidden = false;
  theme.setAttribute("aria-pressed", String(dark()));
  theme.onclick = () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    theme.setAttribute("aria-pressed", String(dark()));
  };

  const told = document.getElementById("told");
  document.querySelectorAll("button.copy").forEach((button) => {
    button.hidden = false;
    button.onclick = () => {
      const text = document.getElementById(button.getAttribute("aria-controls"));
      const chosen = getSelection();
      chosen.selectAllChildren(text);
      navigator.clipboard.writeText(text.textContent).then(() => { told.textContent = say.copied; }, () => { told.textContent = say.selected; });
    };
  });

  return { data, say, locale, make, number, signed, fill, grid };
})();
