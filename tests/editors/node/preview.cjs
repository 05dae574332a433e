// The picture's panel against an editor that isn't there: how often it is drawn.
// node preview.cjs EXTENSION

const assert = require("node:assert");
const Module = require("node:module");
const path = require("node:path");

const idle = () => ({ dispose() {} });
const settled = () => new Promise((done) => setTimeout(done, 20));

/** The editor's panel: hidden, its page is gone; shown, the page starts anew and says that it listens. */
class Panel {
  visible = true;
  sent = [];
  webview = {
    html: "",
    cspSource: "here",
    asWebviewUri: (uri) => uri,
    onDidReceiveMessage: (hear) => ((this.hear = hear), idle()),
    postMessage: async (message) => this.visible && this.sent.push(message),
  };
  onDidDispose = idle;

  reveal() {
    if (!this.visible) {
      this.visible = true;
      setTimeout(() => this.hear({ listening: true }), 5);
    }
  }

  drawings() {
    return this.sent.filter((message) => "view" in message).length;
  }
}

const panel = new Panel();
const uri = (text) => ({ toString: () => text });
const vscode = {
  Uri: { parse: uri, joinPath: (base, ...rest) => uri([base, ...rest].join("/")) },
  ViewColumn: { Beside: -2 },
  window: {
    visibleTextEditors: [],
    onDidChangeActiveTextEditor: idle,
    onDidChangeTextEditorSelection: idle,
    createWebviewPanel: () => panel,
  },
  workspace: { onDidChangeTextDocument: idle, getConfiguration: () => ({ get: (_, otherwise) => otherwise }) },
};
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

const { Preview } = require(path.resolve(process.argv[2], "src/preview.js"));
const server = {
  document: (of) => ({ uri: of.toString() }),
  ask: async (what) => (what === "obs/preview" ? { text: "<svg></svg>" } : []),
};

(async () => {
  const preview = new Preview(server, uri("extension"));
  await preview.show("file:///a.obs");
  assert.equal(panel.drawings(), 0, "nobody listens yet");
  panel.hear({ listening: true });
  await settled();
  assert.equal(panel.drawings(), 1, "the page listens");
  await preview.show("file:///b.obs");
  await settled();
  assert.equal(panel.drawings(), 2, "another document");
  panel.visible = false;
  await preview.show("file:///a.obs");
  await settled();
  assert.equal(panel.drawings(), 3, "a panel that was hidden is drawn once");
})();
