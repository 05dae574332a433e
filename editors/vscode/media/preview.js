// @ts-check
// Within the panel: shows the picture that the extension sends, marks a component, says which one was clicked.

(() => {
  // @ts-ignore the panel gives this
  const editor = acquireVsCodeApi();
  const element = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
  const [picture, view, note] = ["picture", "view", "note"].map(element);
  const state = { size: 0, at: /** @type {string[]} */ ([]), ...editor.getState() };

  /** The picture as the theme wants it: the editor's theme is not the system's. */
  function themed(/** @type {string} */ svg) {
    const dark = document.body.matches(".vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light)");
    return svg.replace("(prefers-color-scheme:dark)", dark ? "all" : "not all");
  }

  function mark() {
    const nodes = [...picture.querySelectorAll("[data-name]")];
    nodes.forEach((node) => node.classList.remove("at-cursor"));
    const found = state.at.map((/** @type {string} */ name) => nodes.find((node) => node.dataset.name === name)).find(Boolean);
    if (found !== undefined) {
      found.classList.add("at-cursor");
      found.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  function resize() {
    const svg = picture.querySelector("svg");
    if (svg === null) {
      return;
    }
    // 0: as wide as the panel, but never larger than drawn
    svg.style.width = state.size === 0 ? "" : `${svg.viewBox.baseVal.width * 1.25 ** state.size}px`;
    svg.style.maxWidth = state.size === 0 ? "100%" : "none";
    svg.style.height = "auto";
    editor.setState(state);
  }

  function choose(/** @type {{ name: string, title: string }[]} */ views, /** @type {string} */ chosen) {
    const options = views.some(({ name }) => name === chosen) ? views : [{ name: chosen, title: chosen }, ...views];
    view.replaceChildren(...options.map(({ name, title }) => new Option(title, name, false, name === chosen)));
  }

  window.addEventListener("message", ({ data }) => {
    if ("view" in data) {
      choose(data.views, data.view);
      note.textContent = data.svg === undefined ? "there is no picture of this" : "";
      if (data.svg !== undefined) {
        picture.innerHTML = themed(data.svg);
        for (const node of picture.querySelectorAll("[data-name]")) {
          node.setAttribute("tabindex", "0");
          node.setAttribute("role", "link");
          node.setAttribute("aria-label", `${node.dataset.name}: to its source`);
        }
        resize();
      }
    }
    if ("at" in data) {
      state.at = data.at;
    }
    mark();
  });

  const open = (/** @type {any} */ event) => {
    const node = event.target.closest?.("[data-name]");
    if (node !== null) {
      editor.postMessage({ open: node.dataset.name });
    }
  };
  picture.addEventListener("click", open);
  picture.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open(event);
    }
  });
  view.addEventListener("change", () => editor.postMessage({ view: view.value }));
  const step = (/** @type {number} */ by) => () => {
    state.size = by === 0 ? 0 : state.size + by || by;
    resize();
  };
  element("smaller").addEventListener("click", step(-1));
  element("larger").addEventListener("click", step(1));
  element("fit").addEventListener("click", step(0));
  // also when the panel was hidden: then this page starts anew
  editor.postMessage({ listening: true });
})();
