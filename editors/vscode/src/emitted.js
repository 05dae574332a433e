// @ts-check
// What becomes of the text: emitted files as documents that can only be read, and the way back from their lines.

const { EventEmitter, Uri, ViewColumn, languages, window, workspace } = require("vscode");

/** Documents whose text the server makes. */
const SCHEME = "obs-emitted";
const QUIET_MS = 300;
/** Programs that are asked for the source of a file on disk. */
const MOST_PROGRAMS = 50;

/** @typedef {{ path: string, text: string }} File */

class Emitted {
  #server;
  #changed = new EventEmitter();
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** @type {import("vscode").Disposable[]} */
  #subscriptions;

  /** @param {import("./server").Server} server */
  constructor(server) {
    this.#server = server;
    this.#subscriptions = [
      this.#changed,
      workspace.registerTextDocumentContentProvider(SCHEME, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: (uri) => this.#text(uri),
      }),
      languages.registerDefinitionProvider({ scheme: SCHEME }, {
        provideDefinition: ({ uri }, { line }) => this.#sources(program(uri), uri.path.slice(1), line),
      }),
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === "obs") {
          clearTimeout(this.#timer);
          this.#timer = setTimeout(() => this.#refresh(), QUIET_MS);
        }
      }),
    ];
  }

  dispose() {
    clearTimeout(this.#timer);
    this.#subscriptions.forEach((one) => one.dispose());
  }

  /**
   * Shows what the item at a place becomes: the place of a lens, or of the cursor.
   * @param {string | undefined} of
   * @param {{ line: number, character: number } | undefined} at
   * @param {string | null | undefined} kind only objects of this kind
   */
  async show(of, at, kind) {
    const editor = window.activeTextEditor;
    const uri = of === undefined ? editor?.document.uri : Uri.parse(of);
    const position = at ?? editor?.selection.active;
    if (uri === undefined || position === undefined) {
      return;
    }
    const files = await this.#files(uri, position);
    const wanted = kind ? files.filter(({ text }) => text.includes(`\nkind: ${kind}\n`)) : files;
    if (wanted.length === 0) {
      await window.showInformationMessage("obs: nothing comes of this, or the program has errors");
      return;
    }
    const chosen = wanted.length === 1 ? wanted[0] : await choose(wanted);
    if (chosen !== undefined) {
      const place = JSON.stringify({ of: uri.toString(), line: position.line, character: position.character });
      const emitted = Uri.from({ scheme: SCHEME, path: `/${chosen.path}`, query: place });
      await window.showTextDocument(emitted, { viewColumn: ViewColumn.Beside, preview: true, preserveFocus: false });
    }
  }

  /** From a line of an emitted file, a document of ours or a file on disk, to what caused it. */
  async goToSource() {
    const editor = window.activeTextEditor;
    if (editor === undefined) {
      return;
    }
    const { uri } = editor.document;
    const { line } = editor.selection.active;
    const ours = uri.scheme === SCHEME;
    const programs = ours ? [program(uri)] : await knownPrograms();
    for (const one of programs) {
      const found = await this.#sources(one, ours ? uri.path.slice(1) : uri.fsPath, line);
      if (found.length > 0) {
        await this.#server.reveal(found[0]);
        return;
      }
    }
    await window.showInformationMessage("obs: no open program says where this line comes from");
  }

  /**
   * @param {import("vscode").Uri} uri
   * @param {{ line: number, character: number }} position
   * @returns {Promise<File[]>}
   */
  async #files(uri, { line, character }) {
    const textDocument = this.#server.document(uri);
    return (await this.#server.ask("obs/emitted", { textDocument, position: { line, character } })) ?? [];
  }

  /** @param {import("vscode").Uri} emitted */
  async #text(emitted) {
    const { line, character } = JSON.parse(emitted.query);
    const files = await this.#files(program(emitted), { line, character });
    const file = files.find(({ path }) => `/${path}` === emitted.path);
    return file?.text ?? "# nothing comes of this any more, or the program has errors\n";
  }

  #refresh() {
    const shown = workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME);
    shown.forEach(({ uri }) => this.#changed.fire(uri));
  }

  /**
   * @param {import("vscode").Uri} uri a document of the program
   * @param {string} path
   * @param {number} line
   */
  async #sources(uri, path, line) {
    const textDocument = this.#server.document(uri);
    const found = (await this.#server.ask("obs/sourceOf", { textDocument, path, line })) ?? [];
    const places = await Promise.all(found.map((/** @type {any} */ one) => this.#server.location(one)));
    return places.filter((place) => place !== undefined);
  }
}

/** The document of the program that a document of ours was made from.
 * @param {import("vscode").Uri} emitted */
const program = (emitted) => Uri.parse(JSON.parse(emitted.query).of);

/** Documents of programs: open ones first. */
async function knownPrograms() {
  const open = workspace.textDocuments.filter(({ languageId }) => languageId === "obs").map(({ uri }) => uri);
  const others = await workspace.findFiles("**/*.obs", "**/node_modules/**", MOST_PROGRAMS);
  return [...open, ...others.filter((uri) => open.every((one) => one.toString() !== uri.toString()))];
}

/** @param {File[]} files */
async function choose(files) {
  const items = files.map((file) => {
    const at = file.path.lastIndexOf("/") + 1;
    return { label: file.path.slice(at), description: file.path.slice(0, at), file };
  });
  const chosen = await window.showQuickPick(items, { placeHolder: "What comes of it", matchOnDescription: true });
  return chosen?.file;
}

module.exports = { Emitted };
