import type { Session } from "../../engine/contract/console/session.ts";
import type { SupervisorState } from "../../engine/contract/console/supervisor.ts";

/* Going over to a profile: the services are started anew, and the page watches until they work. */

/** What was learned last. */
export interface Sight {
  /** The profile that was asked for, once the server agreed. */
  wanted: string | undefined;
  /** Missing while the frontend doesn't answer. */
  session: Pick<Session, "profile" | "firstRun"> | undefined;
  supervisor: SupervisorState | undefined;
}

export interface StartStep {
  key: string;
  title: string;
  detail: string;
  state: "done" | "now" | "later" | "failed";
}

/** The steps from asking to a working console; what comes after the first that isn't done waits. */
export function startSteps({ wanted, session, supervisor }: Sight): StartStep[] {
  const answers = wanted !== undefined && session?.profile?.name === wanted;
  const services = answers ? (supervisor?.services ?? []) : [];
  const frontend = services.find(({ role }) => role === "frontend");
  const backends = services.filter(({ role }) => role === "backend");
  const steps: StartStep[] = [
    {
      key: "profile",
      title: "Profile and database",
      detail: wanted ?? "",
      state: wanted === undefined ? "now" : "done",
    },
    { key: "frontend", title: "Frontend", detail: detailOf(frontend), state: answers ? "done" : "now" },
  ];
  if (backends.length === 0) steps.push({ key: "backend", title: "Backend", detail: "", state: "now" });
  for (const backend of backends) {
    const state = backend.state === "ready" ? "done" : backend.state === "failed" ? "failed" : "now";
    steps.push({ key: backend.name, title: `Backend ${backend.node}`, detail: detailOf(backend), state });
  }
  let open = false;
  return steps.map((step) => {
    if (step.state === "failed" || step.state === "done")
      return open ? { ...step, state: step.state === "done" ? "later" : "failed" } : step;
    const first = !open;
    open = true;
    return { ...step, state: first ? "now" : "later" };
  });
}

/** Everything works: the console can be shown. A frontend that nobody supervises has nothing more to wait for. */
export function isStarted(sight: Sight): boolean {
  if (sight.supervisor?.supervised === false && sight.session?.profile?.name === sight.wanted) return true;
  return startSteps(sight).every(({ state }) => state === "done");
}

/** Why the profile that was asked for isn't the one in use after all. */
export function failureOf({ wanted, supervisor }: Sight): string | undefined {
  const failed = supervisor?.failedChange;
  if (failed === undefined || failed.profile !== wanted) return undefined;
  return `${failed.profile} couldn't be started: ${failed.reason}. The console is where it was before.`;
}

type Service = SupervisorState["services"][number];
/** The service that gave up, if one did. */
export function failedService({ wanted, session, supervisor }: Sight): Service | undefined {
  if (session?.profile?.name !== wanted) return undefined;
  return supervisor?.services.find(({ state }) => state === "failed");
}

function detailOf(service: Service | undefined): string {
  if (service === undefined) return "";
  return (
    service.reason ??
    (service.state === "ready" && service.pid !== undefined ? `process ${service.pid}` : service.state)
  );
}
