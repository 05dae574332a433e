// What a browser makes of a page of a program with hostile text: text.cjs PAGE NAME; prints what it shows as JSON.
"use strict";
const { open, main } = require("./browser.cjs");

main(() => open(process.argv[2], async (page) => {
  await page.click(`.node[data-name="${process.argv[3]}"]`);
  const shown = await page.evaluate(() => ({
    title: document.title,
    heading: document.getElementById("name").textContent,
    panel: document.getElementById("panel").textContent,
    texts: [...document.querySelectorAll("#sheet text")].map((t) => t.textContent),
    scripts: document.scripts.length,
    images: document.images.length,
  }));
  console.log(JSON.stringify(shown));
}));
