"use strict";
// Runs beside the page, behind the search library: texts come in, places of documents go out.
// Words are those of Unicode, without accents and capitals; nothing else is folded or left out.
const wordsOf = (text) =>
  text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean);
// The library ranks by place in the text when resolution is higher; one step finds the same, faster.
const index = new FlexSearch.Index({ tokenize: "forward", encode: wordsOf, resolution: 1, cache: false });
let known = 0;
self.onmessage = ({ data }) => {
  if (data.texts) {
    data.texts.forEach((text, at) => index.add(data.first + at, text));
    known = Math.max(known, data.first + data.texts.length);
    self.postMessage({ known });
  } else {
    const found = wordsOf(data.query).length ? Uint32Array.from(index.search(data.query, { limit: known })) : null;
    self.postMessage({ query: data.query, found });
  }
};
