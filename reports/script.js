"use strict";
// Reading needs none of this: it adds search, sorting, copying and deep links.
(function () {
  const say = (name, values) =>
    document.body.dataset[name].replace(/\{(\w+)\}/g, (all, key) => (key in values ? values[key] : all));
  const make = (tag, props) => Object.assign(document.createElement(tag), props);
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  function searchBox(host, before, items, pattern) {
    const input = make("input", { type: "search", placeholder: say("filter", {}), autocomplete: "off" });
    input.setAttribute("aria-label", say("filter", {}));
    const status = make("span", { className: "found" });
    status.setAttribute("role", "status");
    const texts = items.map((item) => item.textContent.toLowerCase());
    const apply = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      items.forEach((item, at) => {
        const fits = words.every((word) => texts[at].includes(word));
        item.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      status.textContent = say(pattern, { shown: shown, total: items.length });
    };
    input.addEventListener("input", apply);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { input.value = ""; apply(); }
    });
    const bar = make("div", { className: "bar" });
    bar.append(input, status);
    host.insertBefore(bar, before);
    apply();
    return bar;
  }

  document.querySelectorAll("[data-search]").forEach((grid) => {
    searchBox(grid, grid.firstElementChild, Array.from(grid.querySelectorAll("tbody tr")), "rows");
  });

  document.querySelectorAll("section[data-items]").forEach((section) => {
    const items = Array.from(section.querySelectorAll(section.dataset.items));
    if (items.length < 3) return;
    const bar = searchBox(section, items[0], items, "items");
    if (items[0].tagName !== "DETAILS") return;
    [["expand", true], ["collapse", false]].forEach(([name, open]) => {
      const button = make("button", { type: "button", textContent: say(name, {}) });
      button.addEventListener("click", () => items.forEach((item) => { item.open = open; }));
      bar.append(button);
    });
  });

  document.querySelectorAll("table[data-sort]").forEach((table) => {
    const body = table.tBodies[0];
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      const button = make("button", { type: "button", className: "sort" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const value = (row) => {
          const cell = row.cells[column];
          return "v" in cell.dataset ? Number(cell.dataset.v) : cell.textContent.trim();
        };
        const rows = Array.from(body.rows).map((row) => [value(row), row]);
        rows.sort(([a], [b]) => {
          const order = typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b);
          return up ? order : -order;
        });
        body.append(...rows.map(([, row]) => row));
      });
    });
  });

  // A text that stands on the page, or the address of a card in 1C, which no browser opens.
  function copyButton(node, text, name) {
    const button = make("button", { type: "button", className: "copy" });
    const label = (word) => {
      button.textContent = say(word, {});
      button.setAttribute("aria-label", button.textContent + ": " + node.textContent);
    };
    label(name);
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const area = make("textarea", { value: text, className: "hidden" });
      document.body.append(area);
      area.select();
      // The clipboard interface is closed to pages opened from a file; this old command is not.
      if (document.execCommand("copy")) label("copied");
      area.remove();
      button.focus();
    });
    node.after(button);
  }
  document.querySelectorAll("code[data-copy]").forEach((node) => copyButton(node, node.textContent, "copy"));
  document.querySelectorAll("[data-card]").forEach((node) => {
    if (node !== document.body) copyButton(node, node.dataset.card, "card");
  });

  function reveal() {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch (_) { return; }
    for (let node = target; node; node = node.parentElement) {
      node.hidden = false;
      if (node.tagName === "DETAILS") node.open = true;
    }
    if (target && location.hash !== "#top") target.scrollIntoView();
  }
  window.addEventListener("hashchange", reveal);
  if (location.hash.length > 1) reveal();

  // Paper cannot be unfolded.
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = Array.from(document.querySelectorAll("details:not([open])"));
    folded.forEach((item) => { item.open = true; });
  });
  window.addEventListener("afterprint", () => folded.forEach((item) => { item.open = false; }));
})();
