// Search for the site of `obs docs --format html`.
"use strict";
(() => {
  const [query, found] = ["query", "found"].map((id) => document.getElementById(id));
  const parts = (window.obsIndex ?? []).map((p) => ({ ...p, all: `${p.title} ${p.text}`.toLowerCase() }));
  let chosen = 0;

  /** Parts that hold all words; those with them in the title come first. */
  function matches(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const rank = (p) => (words.every((w) => p.title.toLowerCase().includes(w)) ? 0 : 1);
    return parts.filter((p) => words.every((w) => p.all.includes(w))).sort((a, b) => rank(a) - rank(b)).slice(0, 15);
  }

  /** Some words around the first match. */
  function around(part, text) {
    const at = part.text.toLowerCase().indexOf(text.toLowerCase().split(/\s+/)[0]);
    if (at < 0) return "";
    // whole words only
    const start = part.text.lastIndexOf(" ", Math.max(0, at - 30)) + 1;
    const end = part.text.indexOf(" ", at + 60);
    return part.text.slice(start, end < 0 ? undefined : end).replace(/\s+/g, " ").trim();
  }

  function show() {
    const hits = matches(query.value);
    chosen = Math.max(0, Math.min(chosen, hits.length - 1));
    found.replaceChildren(...hits.map((hit, place) => {
      const [item, link, more] = ["li", "a", "small"].map((tag) => document.createElement(tag));
      link.href = hit.to;
      link.textContent = hit.title;
      more.textContent = [hit.page === hit.title ? "" : hit.page, around(hit, query.value)].filter(Boolean).join(": ");
      link.append(more);
      item.append(link);
      item.setAttribute("role", "option");
      item.id = `hit${place}`;
      item.setAttribute("aria-selected", String(place === chosen));
      return item;
    }));
    found.hidden = hits.length === 0;
    query.setAttribute("aria-expanded", String(hits.length > 0));
    query.setAttribute("aria-activedescendant", hits.length > 0 ? `hit${chosen}` : "");
    return hits;
  }

  query.addEventListener("input", () => { chosen = 0; show(); });
  query.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen += event.key === "ArrowDown" ? 1 : -1;
      show();
    } else if (event.key === "Enter") {
      const hit = matches(query.value)[chosen];
      if (hit) location.href = hit.to;
    } else if (event.key === "Escape") {
      query.value = "";
      show();
    }
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    query.focus();
  });
})();
