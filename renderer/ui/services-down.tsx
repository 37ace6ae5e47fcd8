import type { ReactNode } from "react";
import type { SupervisedServiceState } from "../../engine/contract/console/supervisor.ts";
import { healthRoute, href } from "./links.ts";
import { safeText } from "./safe-text.ts";
import { sentenceText } from "./sentence.ts";
import { DownState } from "./states.tsx";
import { showToast } from "./toast.tsx";

interface Down {
  name: string;
  /** What its supervisor knows of it; missing where none of ours runs it, and nothing here can restart it. */
  supervised: SupervisedServiceState | undefined;
}
type Restart = (service: string) => Promise<void>;

/** Asks for a restart; says that it is under way, or why it can't be. */
export async function restartAndSay(service: string, restart: Restart): Promise<void> {
  try {
    await restart(service);
    showToast({ level: "ok", text: `${service} is being restarted; its state is kept` });
  } catch (error) {
    showToast({ level: "bad", text: error instanceof Error ? error.message : String(error) });
  }
}

interface ServicesDownProps {
  down: readonly Down[];
  restart: Restart;
  /** What doesn't work without them, and what does. */
  children: ReactNode;
}

/** The one thing that an empty list says while services don't do their work: which, why, and the way out. */
export function ServicesDown({ down, restart, children }: ServicesDownProps) {
  const [first, ...others] = down;
  if (first === undefined) return null;
  const restartable = down.filter(({ supervised }) => canRestart(supervised));
  const restartAll = (): void => {
    for (const { name } of restartable) void restartAndSay(name, restart);
  };
  const plight = plightOf(first.supervised, others.length > 0);
  return (
    <DownState
      title={`${down.map(({ name }) => safeText(name)).join(", ")} ${plight.verb}`}
      lines={others.length === 0 ? plight.lines : []}
      onRestart={restartable.length === 0 ? undefined : restartAll}
      logHref={href(healthRoute())}
    >
      {sentenceText(first.supervised?.reason ?? plight.cause)} {children}
    </DownState>
  );
}

/** What starts or stops by itself is left to its supervisor. */
export function canRestart(supervised: Down["supervised"]): boolean {
  return supervised?.state === "ready" || supervised?.state === "failed" || supervised?.state === "stopped";
}

function plightOf(
  supervised: Down["supervised"],
  several: boolean,
): { verb: string; cause: string; lines: readonly string[] } {
  const [does, is, it] = several ? ["don’t", "are", "The first of them"] : ["doesn’t", "is", "It"];
  switch (supervised?.state) {
    case "failed":
    case "stopped":
      return { verb: `${does} run`, cause: `${it} has stopped`, lines: supervised.lastLines };
    case "starting":
    case "waiting":
      return { verb: `${is} not up yet`, cause: `${it} is being started`, lines: [] };
    case "stopping":
      return { verb: `${is} not up yet`, cause: `${it} is being restarted`, lines: [] };
    default:
      return {
        lines: [],
        verb: `${does} answer`,
        cause: `${it} runs and wasn’t heard for a while: it hangs, or has too much to do`,
      };
  }
}
