import { Backlog, type StageEvent, type StageState, type StageStatus } from "../backlog/backlog.ts";
import { type FrozenPairs, freezeFew, freezePairs, type MaybeFrozen, thawFew, thawPairs } from "./frozen-set.ts";

interface FrozenStage {
  readonly eventIds: MaybeFrozen<string>;
  readonly stickyValues: MaybeFrozen<string | number>;
  readonly first: StageEvent | undefined;
  readonly startTime: number;
  readonly endTime: number;
  readonly status: StageStatus;
}

type Lasting = Pick<Backlog, "id" | "ordinal" | "header" | "rules" | "title" | "bornMs">;

/** A live backlog as it was at one moment, exactly; shares what it can with its other moments. */
export interface FrozenBacklog {
  /** What never changes. */
  readonly of: Lasting;
  readonly stages: readonly FrozenStage[];
  readonly stage: number;
  readonly risk: number;
  readonly riskClass: string;
  readonly createdTime: number;
  readonly updateTime: number;
  readonly knownCustomData: number;
  readonly sources: MaybeFrozen<string>;
  readonly destinations: MaybeFrozen<string>;
  readonly networks: MaybeFrozen<string>;
  readonly sourceSockets: FrozenPairs<number>;
  readonly destinationSockets: FrozenPairs<number>;
  readonly customData: FrozenPairs<string>;
}

/** `before`: the same backlog at another moment. */
export function freezeBacklog(backlog: Backlog, before: FrozenBacklog | undefined): FrozenBacklog {
  return {
    of: before?.of ?? lastingOf(backlog),
    stages: backlog.stages.map((state, index) => freezeStage(state, before?.stages[index])),
    stage: backlog.stage,
    risk: backlog.risk,
    riskClass: backlog.riskClass,
    createdTime: backlog.createdTime,
    updateTime: backlog.updateTime,
    knownCustomData: backlog.knownCustomData,
    sources: freezeFew(backlog.sources, before?.sources),
    destinations: freezeFew(backlog.destinations, before?.destinations),
    networks: freezeFew(backlog.networks, before?.networks),
    sourceSockets: freezePairs(backlog.sourceSockets, before?.sourceSockets),
    destinationSockets: freezePairs(backlog.destinationSockets, before?.destinationSockets),
    customData: freezePairs(backlog.customData, before?.customData),
  };
}

/** A new backlog in the state of that moment. Look-ups don't exist in a replay, and so there are no hits. */
export function thawBacklog(frozen: FrozenBacklog): Backlog {
  const { id, ordinal, header, rules, title, bornMs } = frozen.of;
  const backlog = new Backlog(id, ordinal, header, rules, title, bornMs);
  for (const [index, stage] of frozen.stages.entries()) thawStage(backlog.state(index + 1), stage);
  backlog.stage = frozen.stage;
  backlog.risk = frozen.risk;
  backlog.riskClass = frozen.riskClass;
  backlog.createdTime = frozen.createdTime;
  backlog.updateTime = frozen.updateTime;
  backlog.knownCustomData = frozen.knownCustomData;
  backlog.sources = thawFew(frozen.sources);
  backlog.destinations = thawFew(frozen.destinations);
  backlog.networks = thawFew(frozen.networks);
  backlog.sourceSockets = thawPairs(frozen.sourceSockets);
  backlog.destinationSockets = thawPairs(frozen.destinationSockets);
  backlog.customData = thawPairs(frozen.customData);
  return backlog;
}

function lastingOf({ id, ordinal, header, rules, title, bornMs }: Backlog): Lasting {
  return { id, ordinal, header, rules, title, bornMs };
}

function freezeStage(state: StageState, before: FrozenStage | undefined): FrozenStage {
  const eventIds = freezeFew(state.eventIds, before?.eventIds);
  const stickyValues = freezeFew(state.stickyValues, before?.stickyValues);
  const { first, startTime, endTime, status } = state;
  const isSame =
    before !== undefined &&
    before.eventIds === eventIds &&
    before.stickyValues === stickyValues &&
    before.first === first &&
    before.startTime === startTime &&
    before.endTime === endTime &&
    before.status === status;
  return isSame ? before : { eventIds, stickyValues, first, startTime, endTime, status };
}

function thawStage(state: StageState, frozen: FrozenStage): void {
  state.eventIds = thawFew(frozen.eventIds);
  state.stickyValues = thawFew(frozen.stickyValues);
  state.first = frozen.first;
  state.startTime = frozen.startTime;
  state.endTime = frozen.endTime;
  state.status = frozen.status;
}
