// Whether each text of a picture stays inside its box, by the browser's own fonts: fits.cjs SVG
"use strict";
const assert = require("node:assert/strict");
const { open, main } = require("./browser.cjs");

main(() => open(process.argv[2], async (page) => {
  const wrong = await page.evaluate(() => {
    const out = [];
    let count = 0;
    for (const node of document.querySelectorAll(".node")) {
      const box = node.querySelector("rect").getBBox();
      for (const text of node.querySelectorAll("text")) {
        const own = text.getBBox();
        count += 1;
        // fonts have some air above and below their signs
        const inside = own.x >= box.x && own.x + own.width <= box.x + box.width
          && own.y >= box.y - 4 && own.y + own.height <= box.y + box.height + 4;
        if (!inside) out.push(`${text.textContent}: ${own.x}..${own.x + own.width} in ${box.x}..${box.x + box.width}`);
      }
    }
    if (count === 0) out.push("no text");
    return out;
  });
  assert.deepEqual(wrong, []);
}));
