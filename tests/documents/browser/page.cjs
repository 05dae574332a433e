// Drives the page of the example as people do: page.cjs PAGE [FOLDER for screenshots]
"use strict";
const assert = require("node:assert/strict");
const { open, main } = require("./browser.cjs");

const [file, shots] = process.argv.slice(2);
const shot = (page, name) => (shots ? page.screenshot({ path: `${shots}/${name}.png` }) : null);
const lit = (page) => page.$$eval(".node.on", (all) => all.map((n) => n.dataset.name).sort());
const scale = (page) => page.$eval("#sheet", (sheet) => new DOMMatrix(getComputedStyle(sheet).transform).a);
const left = (page) => page.$eval("#sheet", (sheet) => new DOMMatrix(getComputedStyle(sheet).transform).e);
const text = (page, selector) => page.$eval(selector, (e) => e.textContent);

async function searches(page) {
  await page.keyboard.press("/");
  await page.keyboard.type("log database");
  assert.deepEqual(await page.$$eval("#found li", (all) => all.map((l) => l.firstChild.textContent)), ["loki"]);
  await shot(page, "search");
  await page.keyboard.press("Enter");
  assert.equal(await text(page, "#panel h2"), "loki");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.name), "loki", "the box has the focus");
  const port = async (words) => {
    await page.fill("#query", words);
    return page.$$eval("#found li", (all) => all.map((l) => l.firstChild.textContent));
  };
  assert.deepEqual(await port("12345"), ["alloy"], "by port");
  assert.deepEqual(await port("unlimited"), ["mimir"], "by value");
  assert.deepEqual(await port("no such thing"), []);
  await page.fill("#query", "");
}

async function followsSignals(page) {
  await page.check('#signals input[value="traces"]', { force: true });
  await page.keyboard.press("Escape");
  assert.deepEqual(await lit(page), ["alloy", "apps", "grafana", "otel", "tempo"]);
  await page.click('.node[data-name="tempo"]');
  const named = (title) => page.$$eval("#panel h3", (all, t) => {
    const head = all.find((h) => h.textContent === t);
    return [...head.nextElementSibling.querySelectorAll("button")].map((b) => b.textContent).sort();
  }, title);
  assert.deepEqual(await named("Data comes from"), ["alloy", "apps", "otel"]);
  assert.deepEqual(await named("Data goes to"), ["grafana"]);
  assert.ok(await page.$(".net.on path.off"), "branches that lead elsewhere are not part of the path");
  await shot(page, "traces");
  await page.click('.node[data-name="otel"]');
  assert.deepEqual(await named("Data comes from"), ["alloy", "apps"]);
  assert.deepEqual(await named("Data goes to"), ["grafana", "tempo"]);
  await page.check('#signals input[value=""]', { force: true });
  await page.keyboard.press("Escape");
  assert.equal(await page.$("svg.dim"), null, "all again");
}

async function tells(page) {
  await page.hover('.node[data-name="mimir"]');
  const hint = await text(page, "#tip");
  for (const part of ["8080", "retention: unlimited"]) assert.ok(hint.includes(part), hint);
  await shot(page, "hover");
  await page.click('.node[data-name="mimir"]');
  const panel = await text(page, "#panel");
  for (const part of ["stack.obs:", "Gossip", "retention", "set here", "prometheus"]) assert.ok(panel.includes(part), panel);
  await page.click("#panel a.source");
  assert.ok((await text(page, "#lines li.here")).includes("component mimir"));
  await shot(page, "source");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  // a place where a line can be seen, and nothing lies over it
  const line = await page.$$eval(".net path", (paths) => {
    for (const path of paths) {
      const at = path.getPointAtLength(path.getTotalLength() / 2);
      const seen = new DOMPoint(at.x, at.y).matrixTransform(path.getScreenCTM());
      if (document.elementFromPoint(seen.x, seen.y)?.closest(".net") === path.parentNode) return [seen.x, seen.y];
    }
    return null;
  });
  await page.mouse.click(...line);
  assert.equal(await text(page, "#panel h2"), "Connection");
  await page.keyboard.press("Escape");
}

async function switches(page) {
  const views = await page.$$eval("#view option", (all) => all.map((o) => o.textContent));
  assert.ok(views.includes("Metrics"), views);
  await page.selectOption("#view", { label: "Disaster recovery" });
  const steps = await page.$$eval(".net", (all) => all.length);
  await page.click(`.node[data-name="${await page.$$eval(".net", (all) => JSON.parse(all[1].dataset.arrows)[0][0])}"]`);
  assert.equal(await page.$$eval(".net.on", (all) => all.length), steps, "the step's way is all of them");
  await page.selectOption("#view", { label: "Traces" });
  assert.equal(await page.$('.node[data-name="prometheus"]'), null);
  await page.selectOption("#view", { label: "System architecture" });
  const before = await text(page, '.node[data-name="otel"]');
  await page.selectOption("#profile", { label: "peak" });
  assert.notEqual(await text(page, '.node[data-name="otel"]'), before, "another profile, other numbers");
  await shot(page, "peak");
  await page.click('.node[data-name="alloy"]');
  await page.reload();
  assert.equal(await page.$eval("#profile", (s) => s.selectedOptions[0].textContent), "peak", "the address keeps it");
  assert.equal(await text(page, "#panel h2"), "alloy");
  await page.selectOption("#profile", { label: "normal" });
}

async function moves(page) {
  await page.focus("#stage");
  await page.keyboard.press("Escape");
  await page.keyboard.press("0");
  const inside = await page.$eval("svg", (svg) => {
    const [box, stage] = [svg.getBoundingClientRect(), document.getElementById("stage").getBoundingClientRect()];
    return box.top >= stage.top - 1 && box.bottom <= stage.bottom + 1 && box.left >= stage.left - 1 && box.right <= stage.right + 1;
  });
  assert.ok(inside, "all of it can be seen");
  const whole = await scale(page);
  await page.keyboard.press("+");
  assert.ok(await scale(page) > whole * 1.2);
  const start = await left(page);
  await page.keyboard.press("ArrowLeft");
  assert.ok(await left(page) > start);
  const stage = await (await page.$("#stage")).boundingBox();
  const dragged = await left(page);
  await page.mouse.move(stage.x + 30, stage.y + 400);
  await page.mouse.down();
  await page.mouse.move(stage.x + 90, stage.y + 430, { steps: 4 });
  await page.mouse.up();
  assert.ok(Math.abs(await left(page) - dragged - 60) < 1, "it goes with the pointer");
  const wheel = await scale(page);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  assert.ok(await scale(page) > wheel, "the wheel zooms");
}

async function keyboardAlone(page) {
  await page.focus("#stage");
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.dataset.name);
  assert.ok(first, "the first box");
  assert.equal(await page.isVisible("#tip"), true);
  await page.keyboard.press("Enter");
  assert.equal(await text(page, "#panel h2"), first);
  assert.equal(await page.$eval(".node:focus", (n) => n.getAttribute("aria-pressed")), "true");
  const view = await page.$eval("#view", (s) => s.value);
  await page.keyboard.press("]");
  assert.notEqual(await page.$eval("#view", (s) => s.value), view);
  await page.keyboard.press("[");
  await page.keyboard.press("Escape");
  assert.equal(await page.isHidden("#panel"), true);
}

main(async () => {
  await open(file, async (page) => {
    await shot(page, "system");
    for (const step of [searches, followsSignals, tells, switches, moves, keyboardAlone]) await step(page);
  });
  await open(file, (page) => shot(page, "dark"), { colorScheme: "dark" });
});
