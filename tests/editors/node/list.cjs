// The names of the files in a package, sorted: `list.cjs PACKAGE`.

const { open } = require("yauzl");

open(process.argv[2], { lazyEntries: true }, (error, zip) => {
  if (error) {
    throw error;
  }
  const names = [];
  zip.on("entry", ({ fileName }) => {
    names.push(fileName);
    zip.readEntry();
  });
  zip.on("end", () => console.log(names.sort().join("\n")));
  zip.readEntry();
});
