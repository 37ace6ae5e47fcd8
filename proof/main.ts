// `npm run test:NAME`: the promises of the product, each held against the built services. `proof/NAME.ts` is one proof.

import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { cleanUpAtExit, killChildren } from "../bench/lib/children.ts";
import { BenchError, messageOf } from "../bench/lib/failure.ts";
import { type Proof, Report } from "./lib/report.ts";

const FOLDER = dirname(fileURLToPath(import.meta.url));

/** A proof is a file of this folder; there is no list to keep. */
function proofNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && file !== "main.ts")
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

async function main(name: string | undefined, args: readonly string[]): Promise<number> {
  const names = proofNames();
  if (name === undefined || !names.includes(name)) {
    console.error(`usage: npm run test:NAME [-- options]; there are ${names.join(", ")}`);
    return 2;
  }
  const { proof } = (await import(`./${name}.ts`)) as { proof: Proof };
  if (args.includes("--help") || args.includes("-h")) {
    console.log(proof.usage);
    return 0;
  }
  cleanUpAtExit(process.env.PROOF_KEEP === "1");
  const report = new Report((line) => console.log(line));
  try {
    await proof.run(args, report);
  } catch (error) {
    killChildren();
    // What isn't one of these sentences is a mistake in the proof, and its stack says where.
    report.check("the proof runs to its end", false, error instanceof BenchError ? messageOf(error) : stackOf(error));
  }
  return report.finish();
}

function stackOf(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : messageOf(error);
}

main(process.argv[2], process.argv.slice(3)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
