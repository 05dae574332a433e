// The editor's server hashes passwords with a native package, which a script of that package's would build. Nobody logs
// in here, so it is never called.

const Module = require("node:module");

const load = Module._load;
Module._load = function (request, ...rest) {
  return request === "argon2" ? {} : load.call(this, request, ...rest);
};
