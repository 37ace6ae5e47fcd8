import { spawn } from "node:child_process";

/** What opens an address in the browser of whoever sits here; `undefined` where nobody can see one. */
function opener(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): string[] | undefined {
  if (platform === "darwin") return ["open"];
  // `start` takes its first quoted argument for a title.
  if (platform === "win32") return ["cmd", "/c", "start", ""];
  const hasDisplay = (env.DISPLAY ?? "") !== "" || (env.WAYLAND_DISPLAY ?? "") !== "";
  return hasDisplay ? ["xdg-open"] : undefined;
}

/** Tries to open an address in the browser. It was printed before, so that nothing depends on it. */
export function openBrowser(url: string, env: Readonly<Record<string, string | undefined>>): void {
  const [program, ...args] = opener(process.platform, env) ?? [];
  if (program === undefined) return;
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true, windowsHide: true });
  child.on("error", () => undefined);
  child.unref();
}
