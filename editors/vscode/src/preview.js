// @ts-check
// The picture to the side: of the text as it is now, with the component at the cursor marked; a click leads to the source.

const { Uri, ViewColumn, window, workspace } = require("vscode");

/** How long nothing must be typed before the picture is drawn again. */
const QUIET_MS = 200;

/** A document of the language.
 * @param {import("vscode").TextDocument | undefined} document */
const isObs = (document) => document?.languageId === "obs";

class Preview {
  #server;
  #extension;
  /** @type {import("vscode").WebviewPanel | undefined} */
  #panel;
  /** @type {import("vscode").Uri | undefined} */
  #document;
  #view = "system";
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** Counts drawings: an answer that a later one overtook is dropped. */
  #drawn = 0;
  /** @type {import("vscode").Disposable[]} */
  #subscriptions;

  /**
   * @param {import("./server").Server} server
   * @param {import("vscode").Uri} extension
   */
  constructor(server, extension) {
    this.#server = server;
    this.#extension = extension;
    this.#subscriptions = [
      workspace.onDidChangeTextDocument(({ document }) => {
        if (isObs(document)) {
          this.#later();
        }
      }),
      window.onDidChangeActiveTextEditor((editor) => {
        if (this.#panel !== undefined && editor !== undefined && isObs(editor.document)) {
          this.#document = editor.document.uri;
          this.#later();
        }
      }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.#follow(textEditor)),
    ];
  }

  /** @param {string | undefined} uri the document's, from a lens; without, of the editor in front */
  async show(uri) {
    const document = uri === undefined ? window.activeTextEditor?.document.uri : Uri.parse(uri);
    if (document === undefined) {
      return;
    }
    this.#document = document;
    this.#view = workspace.getConfiguration("obs").get("preview.view", "system");
    if (this.#panel === undefined) {
      const media = Uri.joinPath(this.#extension, "media");
      const where = { viewColumn: ViewColumn.Beside, preserveFocus: true };
      const panel = window.createWebviewPanel("obs.preview", "obs preview", where, {
        enableScripts: true,
        localResourceRoots: [media],
      });
      panel.iconPath = Uri.joinPath(media, "file.svg");
      panel.webview.html = page(panel.webview, media);
      panel.webview.onDidReceiveMessage((message) => this.#said(message));
      panel.onDidDispose(() => (this.#panel = undefined));
      // drawn when the page says that it listens: what is sent before is lost
      this.#panel = panel;
    } else {
      // a page that was hidden is gone: it starts anew, and is drawn when it says that it listens
      const hidden = !this.#panel.visible;
      this.#panel.reveal(undefined, true);
      if (!hidden) {
        await this.#draw();
      }
    }
  }

  dispose() {
    clearTimeout(this.#timer);
    this.#panel?.dispose();
    this.#subscriptions.forEach((one) => one.dispose());
  }

  #later() {
    if (this.#panel === undefined) {
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#draw(), QUIET_MS);
  }

  async #draw() {
    if (this.#panel === undefined || this.#document === undefined) {
      return;
    }
    this.#drawn += 1;
    const own = this.#drawn;
    const textDocument = this.#server.document(this.#document);
    const [views, drawn] = await Promise.all([
      this.#server.ask("obs/views", { textDocument }),
      this.#server.ask("obs/preview", { textDocument, view: this.#view, format: "svg" }),
    ]);
    if (own !== this.#drawn || this.#panel === undefined) {
      return;
    }
    const svg = drawn?.text;
    await this.#panel.webview.postMessage({ svg, views: views ?? [], view: this.#view });
    const editor = window.visibleTextEditors.find((one) => one.document.uri.toString() === this.#document?.toString());
    if (editor !== undefined) {
      await this.#follow(editor);
    }
  }

  /** Marks the component at the cursor: the one that is named there, or in which it stands.
   * @param {import("vscode").TextEditor} editor */
  async #follow(editor) {
    const follows = workspace.getConfiguration("obs").get("preview.followCursor", true);
    if (this.#panel === undefined || !isObs(editor.document) || !follows) {
      return;
    }
    const position = editor.selection.active;
    const range = editor.document.getWordRangeAtPosition(position);
    const names = range === undefined ? [] : [editor.document.getText(range)];
    const textDocument = this.#server.document(editor.document.uri);
    const symbols = (await this.#server.ask("textDocument/documentSymbol", { textDocument })) ?? [];
    names.push(...around(symbols, position));
    await this.#panel?.webview.postMessage({ at: names });
  }

  /** @param {{ listening?: true, open?: string, view?: string }} message */
  async #said({ listening, open, view }) {
    this.#view = view ?? this.#view;
    if (listening || view !== undefined) {
      await this.#draw();
    }
    if (open === undefined) {
      return;
    }
    const found = await this.#server.component(open);
    if (found !== undefined) {
      await this.#server.reveal(found);
    }
  }
}

/**
 * The names of the symbols around a position, innermost first.
 * @param {any[]} symbols
 * @param {import("vscode").Position} at
 * @returns {string[]}
 */
function around(symbols, at) {
  const before = (/** @type {any} */ a, /** @type {any} */ b) =>
    a.line < b.line || (a.line === b.line && a.character <= b.character);
  const inside = symbols.filter(({ range }) => before(range.start, at) && before(at, range.end));
  return inside.flatMap((symbol) => [...around(symbol.children ?? [], at), symbol.name]);
}

/**
 * @param {import("vscode").Webview} webview
 * @param {import("vscode").Uri} media
 */
function page(webview, media) {
  const of = (/** @type {string} */ name) => webview.asWebviewUri(Uri.joinPath(media, name)).toString();
  // pictures bring their own style
  const policy = `default-src 'none'; style-src ${webview.cspSource} 'unsafe-inline'; script-src ${webview.cspSource}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${of("preview.css")}">
<title>obs preview</title>
</head>
<body>
<header>
<label>View <select id="view"></select></label>
<span role="group" aria-label="Size"><button id="smaller" title="Smaller">−</button><button id="fit" title="As wide as the panel">fit</button><button id="larger" title="Larger">+</button></span>
<output id="note"></output>
</header>
<main id="picture" aria-live="off"></main>
<script src="${of("preview.js")}"></script>
</body>
</html>`;
}

module.exports = { Preview, around };
