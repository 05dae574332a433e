// Searches the site and follows what it finds: site.cjs INDEX
"use strict";
const assert = require("node:assert/strict");
const { open, main } = require("./browser.cjs");

main(() => open(process.argv[2], async (page) => {
  await page.keyboard.press("/");
  await page.keyboard.type("component tempo");
  assert.equal(await page.$eval("#found li[aria-selected=true] a", (a) => a.firstChild.textContent), "Component tempo");
  await page.keyboard.press("Enter");
  await page.waitForURL(/components\.html#component-tempo$/);
  const seen = await page.$eval("#component-tempo", (h) => h.getBoundingClientRect().top);
  assert.ok(seen >= 0 && seen < 850, "the part is in sight");
  await page.fill("#query", "retention");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.getAttribute("#query", "aria-activedescendant"), "hit1");
  await page.fill("#query", "no such words");
  assert.equal(await page.isHidden("#found"), true);
  await page.click("nav a[aria-current=page]");
  const pictures = async (name) => {
    await page.click(`nav a:text-is("${name}")`);
    return page.$$eval("img", (all) => all.map((i) => i.complete && i.naturalWidth > 0));
  };
  assert.deepEqual(await pictures("Security boundaries"), [true]);
  await page.click('nav a:text-is("Explore the pictures")');
  await page.waitForSelector(".node");
}));
