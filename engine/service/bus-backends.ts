import type { Bus } from "../bus/bus.ts";
import { BackendSilentError, type Backends } from "../console/backends.ts";
import type { Fleet } from "../console/fleet.ts";
import { rpcSubject } from "../contract/subjects.ts";

/** A backend that wasn't heard for so long isn't asked any more, in seconds; it tells of itself every three. */
const HEARD_WITHIN_SECONDS = 60;

/** The backends as they are reached over the bus. */
export function busBackends(bus: Bus, fleet: Fleet): Backends {
  return {
    nodes: () =>
      fleet
        .services()
        .flatMap(({ stats, ageSeconds }) =>
          stats.role === "backend" && ageSeconds <= HEARD_WITHIN_SECONDS ? [stats.node] : [],
        ),
    ask: async (node, request, { timeoutMs }) => {
      try {
        const answer = await bus.request(rpcSubject(node), Buffer.from(JSON.stringify(request)), timeoutMs);
        return JSON.parse(Buffer.from(answer).toString("utf8"));
      } catch (error) {
        throw new BackendSilentError(node, error);
      }
    },
    listen: async (subject, handler) => {
      const subscription = bus.subscribe(subject, handler);
      return () => subscription.close();
    },
  };
}
