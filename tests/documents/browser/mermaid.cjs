// Draws a Mermaid file as hosts do, with its security at its strictest: mermaid.cjs FILE; prints the texts as JSON,
// and titles of frames that take more than a line or stand on a box.
"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { open, main } = require("./browser.cjs");

main(async () => {
  const source = fs.readFileSync(process.argv[2], "utf8");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "obs-mermaid-"));
  try {
    const page = path.join(folder, "page.html");
    fs.writeFileSync(page, "<!doctype html><meta charset=utf-8><div id=out></div>");
    await open(page, async (tab) => {
      await tab.addScriptTag({ path: path.join(process.env.NODE_PATH, "mermaid/dist/mermaid.min.js") });
      const shown = await tab.evaluate(async (text) => {
        window.mermaid.initialize({ startOnLoad: false, securityLevel: "strict", maxTextSize: 1e6, maxEdges: 1e4 });
        const { svg } = await window.mermaid.render("drawn", text);
        document.getElementById("out").innerHTML = svg;
        const texts = [...document.querySelectorAll("#out .nodeLabel, #out .cluster-label, #out .edgeLabel")].map((e) => e.textContent);
        const scale = document.querySelector("#out svg").getScreenCTM().a;
        const boxes = [...document.querySelectorAll("#out .node")].map((e) => e.getBoundingClientRect());
        const titles = [...document.querySelectorAll("#out .cluster-label")].filter((e) => {
          const own = e.getBoundingClientRect();
          const meets = (b) => b.left < own.right && own.left < b.right && b.top < own.bottom && own.top < b.bottom;
          // a line has 24 pixels
          return own.height > 40 * scale || boxes.some(meets);
        }).map((e) => e.textContent);
        return { texts, titles };
      }, source);
      console.log(JSON.stringify(shown));
    });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
