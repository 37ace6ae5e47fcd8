import { isIP } from "node:net";
import { parseArgs } from "node:util";
import type { ConsoleOptions } from "../../engine/supervisor/console-supervisor.ts";

const LOOPBACK = "127.0.0.1";

/**
 * The flags of `npm start` that the desktop knows, too: which profile, and where to listen. Whatever else stands there,
 * such as a file to open or a switch of Chromium's, is left alone, and so is a value that can't be used.
 */
export function startOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Pick<ConsoleOptions, "wish" | "port" | "listen"> {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      demo: { type: "boolean" },
      profile: { type: "string" },
      "data-dir": { type: "string" },
      port: { type: "string", short: "p" },
      listen: { type: "string", short: "a" },
    },
  });
  const { demo, listen, port, profile, "data-dir": dataDir = env.DSIEM_DATA_DIR } = values;
  const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
  const number = Number(text(port));
  const name = text(profile);
  return {
    wish: {
      demo: demo === true,
      profile: name !== undefined && /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$/.test(name) ? name : undefined,
      dataDir: text(dataDir),
    },
    port: Number.isInteger(number) && number > 0 && number < 65_536 ? number : undefined,
    listen: typeof listen === "string" && isIP(listen) !== 0 ? listen : LOOPBACK,
  };
}
