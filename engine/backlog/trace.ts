/**
 * Told what the correlator is at, for whoever measures it: a directive that is interested in the event, and within it
 * each backlog that is offered the event. While nobody listens that costs a comparison each.
 */
export interface CorrelatorTrace {
  directiveBegins(directiveId: number): void;
  directiveEnds(): void;
  backlogBegins(backlogId: string): void;
  backlogEnds(): void;
}
