import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { root } from "../bootstrap/root.mjs";

/** Where no git tells what is ignored. */
const GENERATED = /^(node_modules|dist|release|coverage|[.]tmp|[.]git)(\/|$)/;
const BINARY = /[.](png|ico|icns|woff2|gz)$/;

/** @typedef {{ name: string, text: string }} SourceFile */

/**
 * The text files of the checkout, new ones too, without what is generated.
 * @returns {SourceFile[]}
 */
export function sourceFiles() {
  return names()
    .filter((name) => !BINARY.test(name) && existsSync(join(root, name)) && statSync(join(root, name)).isFile())
    .map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }));
}

function names() {
  try {
    const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    const list = execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return list.split("\0").filter((name) => name !== "");
  } catch {
    return ["", ...readdirSync(root)]
      .filter((name) => name !== "" && !GENERATED.test(name))
      .flatMap((name) => (statSync(join(root, name)).isDirectory() ? below(name) : [name]));
  }
}

/** @param {string} folder */
function below(folder) {
  const inside = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return inside.map((name) => `${folder}/${name.split(sep).join("/")}`);
}
