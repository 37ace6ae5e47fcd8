// The door of every npm script: `node scripts/run.mjs start|test|check|build|bench|proof …arguments`.
//
// It runs on whatever Node and npm the machine has, with nothing installed, so this file keeps to syntax that old
// versions can parse too: they get one clear line and no syntax error. Everything else is in bootstrap/.

import process from "node:process";

const OLDEST = 20;

if (Number(process.versions.node.split(".")[0]) < OLDEST) {
  console.error(`Dsiem Console needs Node ${OLDEST} or newer to set itself up; this is ${process.version}.`);
  process.exit(1);
}

import("./bootstrap/bootstrap.mjs").then(
  (room) => room.bootstrap(process.argv[2], process.argv.slice(3)),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
