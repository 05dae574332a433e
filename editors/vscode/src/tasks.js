// @ts-check
// `obs check` and others as tasks, whose findings the problem matcher `$obs` reads.

const { ProcessExecution, Task, TaskGroup, tasks, workspace } = require("vscode");
const { programs } = require("./server");

/** What each command is told, before files and what the task adds. */
const COMMANDS = {
  check: { args: ["check", "--format", "short"], group: TaskGroup.Build, file: "." },
  test: { args: ["test", "--format", "short"], group: TaskGroup.Test, file: undefined },
  build: { args: ["build", "--format", "short"], group: TaskGroup.Build, file: undefined },
};

/**
 * @param {any} definition
 * @param {import("vscode").WorkspaceFolder} folder
 */
function task(definition, folder) {
  const known = COMMANDS[/** @type {keyof typeof COMMANDS} */ (definition.command)];
  const file = definition.file ?? known?.file;
  if (known === undefined || file === undefined) {
    return undefined;
  }
  const execution = new ProcessExecution(programs().obs, [...known.args, file, ...(definition.args ?? [])], {
    cwd: folder.uri.fsPath,
  });
  const name = definition.file === undefined ? definition.command : `${definition.command} ${definition.file}`;
  const made = new Task(definition, folder, name, "obs", execution, "$obs");
  made.group = known.group;
  return made;
}

const Tasks = {
  register: () =>
    tasks.registerTaskProvider("obs", {
      provideTasks() {
        const folders = workspace.workspaceFolders ?? [];
        return folders.flatMap((folder) => task({ type: "obs", command: "check" }, folder) ?? []);
      },
      resolveTask({ definition, scope }) {
        const folder = typeof scope === "object" ? scope : workspace.workspaceFolders?.[0];
        return folder && task(definition, folder);
      },
    }),
};

module.exports = { Tasks };
