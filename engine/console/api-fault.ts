import { DsiemError } from "../base/errors.ts";

/** Where in what was sent the fault is. */
export interface FaultPlace {
  /** Characters from the beginning of a query, from 0, and how many are meant. */
  column?: number;
  length?: number;
  /** The parameter or the field of the body, such as `ids.3`. */
  field?: string;
}

/** A request of the API that is refused: its status, one sentence for people, and the place that is meant. */
export class ApiFault extends DsiemError {
  readonly status: number;
  readonly place: FaultPlace;

  constructor(status: number, message: string, place: FaultPlace = {}) {
    super("API_FAULT", message);
    this.status = status;
    this.place = place;
  }
}
