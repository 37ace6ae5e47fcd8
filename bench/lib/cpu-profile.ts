import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { BenchContext } from "./bench.ts";
import { profileFolder, type Service } from "./services.ts";

const TOP = 20;

/** What `--cpu-prof` writes, as far as it is read here: times are in microseconds. */
interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

/** Stops a service, and prints where its CPU time went when profiles were asked for. */
export async function stopMeasured(context: BenchContext, name: string, service: Service): Promise<void> {
  await service.stop();
  if (!context.options.cpuProfile) return;
  const folder = profileFolder(service.folder);
  for (const file of readdirSync(folder).filter((each) => each.endsWith(".cpuprofile"))) {
    const profile = JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile;
    context.say(`self time in ${name}, ${file}\n${topFunctions(profile)}`);
  }
}

/** The functions with the most time of their own, as a table; waiting isn't counted. */
function topFunctions({ nodes, samples, timeDeltas }: CpuProfile): string {
  const byNode = new Map<number, number>();
  samples.forEach((id, i) => {
    byNode.set(id, (byNode.get(id) ?? 0) + (timeDeltas[i] ?? 0));
  });
  const byFunction = new Map<string, number>();
  let busy = 0;
  for (const { id, callFrame } of nodes) {
    const micros = byNode.get(id) ?? 0;
    if (micros === 0 || callFrame.functionName === "(idle)") continue;
    busy += micros;
    const place = callFrame.url === "" ? "" : ` ${basename(callFrame.url)}:${callFrame.lineNumber + 1}`;
    const key = `${callFrame.functionName || "(anonymous)"}${place}`;
    byFunction.set(key, (byFunction.get(key) ?? 0) + micros);
  }
  const top = [...byFunction].sort((a, b) => b[1] - a[1]).slice(0, TOP);
  const lines = top.map(([name, micros]) => {
    const share = `${((100 * micros) / busy).toFixed(1)} %`;
    return `  ${share.padStart(7)} ${(micros / 1000).toFixed(0).padStart(7)} ms  ${name}`;
  });
  return [`  100.0 % ${(busy / 1000).toFixed(0).padStart(7)} ms  all but waiting`, ...lines].join("\n");
}
