// A browser for the scripts beside this: what goes wrong in a page fails them.
"use strict";
const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");

/** Opens a file, gives the page to `then`, and fails where the page had an error, a dialog or asked the network. */
async function open(file, then, options = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1300, height: 850 }, ...options });
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(error.stack));
    page.on("console", (message) => { if (message.type() === "error") wrong.push(message.text()); });
    page.on("dialog", (dialog) => { wrong.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on("request", (request) => { if (!/^(file|data|blob):/.test(request.url())) wrong.push(`asked ${request.url()}`); });
    await page.goto(`file://${file}`);
    await then(page);
    assert.deepEqual(wrong, []);
  } finally {
    await browser.close();
  }
}

function main(work) {
  work().catch((error) => {
    console.error(error.stack ?? error);
    process.exit(1);
  });
}

module.exports = { open, main };
