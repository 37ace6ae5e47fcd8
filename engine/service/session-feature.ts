import { openApiHandlers } from "../console/openapi.ts";
import { sessionHandlers } from "../console/session/session-handlers.ts";
import { supervisorHandlers, supervisorTopics } from "../console/supervision/supervisor-feature.ts";
import type { Feature, FeatureParts } from "./feature.ts";

/** Who is served by what, and who looks after the services. */
export function sessionFeature({ config, frontend, fleet, supervision, clock }: FeatureParts): Feature {
  const { version, commit, origins, riskMedium } = config;
  const session = sessionHandlers({
    ...{ fleet, supervision, version, commit, origins, riskMedium },
    ...{ statuses: frontend.status, tags: frontend.tags, startedAt: Math.floor(clock.now()) },
  });
  return {
    handlers: { ...session, ...supervisorHandlers(supervision), ...openApiHandlers(version) },
    topics: supervisorTopics(supervision),
  };
}
