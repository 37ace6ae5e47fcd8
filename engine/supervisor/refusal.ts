import { DsiemError } from "../base/errors.ts";

/** The supervisor doesn't do what a console asked; the message says why, `status` is that of the API's answer. */
export class SupervisorRefusal extends DsiemError {
  readonly status: number;

  constructor(status: number, message: string) {
    super("SUPERVISOR_REFUSAL", message);
    this.status = status;
  }
}
