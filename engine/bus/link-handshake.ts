import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/*
 * How the two ends of `link` prove to each other that they know the link token, which itself never travels
 * (operation.md §4). Four text frames of JSON:
 *
 *   backend → frontend   hello      {protocol, node, boot, nonce}
 *   frontend → backend   challenge  {protocol, boot, nonce, proof}   proof over both nonces, as "frontend"
 *   backend → frontend   proof      {proof, credit, received?}       proof over both nonces, as "backend"
 *   frontend → backend   welcome    {next}                           sequence number of the first event that follows
 *
 * `received` is the last sequence number of this very run of the frontend that the process has, from its connection
 * before or in the state that it started with. The frontend goes on behind it, or behind what the node acknowledged,
 * whichever is later: events that change nothing are acknowledged without a trace in the stored state.
 */
export const LINK_PROTOCOL = 1;
/** Where the frontend answers WebSocket upgrades. */
export const LINK_PATH = "/link";
/** Both ends give up on a handshake that takes longer. */
export const HANDSHAKE_TIMEOUT_MS = 5000;
/** Longest text frame; all of the handshake fits easily. */
export const MAX_HANDSHAKE_BYTES = 4096;

/** Reasons for closing, as WebSocket close codes. */
export const CLOSE_MALFORMED = 4400;
export const CLOSE_WRONG_TOKEN = 4401;
export const CLOSE_TIMEOUT = 4408;
export const CLOSE_SUPERSEDED = 4409;
export const CLOSE_PROTOCOL = 4426;
export const CLOSE_STOPPING = 1001;
export const CLOSE_DONE = 1000;

export interface Hello {
  protocol: number;
  node: string;
  boot: string;
  nonce: string;
}

export interface Challenge {
  protocol: number;
  boot: string;
  nonce: string;
  proof: string;
}

export interface Proof {
  proof: string;
  /** How many unacknowledged events the backend takes. */
  credit: number;
  received?: number;
}

export interface Welcome {
  next: number;
}

type Side = "frontend" | "backend";

export function newNonce(): string {
  return randomBytes(32).toString("hex");
}

/** What tells one run of a process from the next. */
export function newBootId(): string {
  return randomBytes(12).toString("hex");
}

/** HMAC-SHA-256 over everything both sides said, and over who says it, so that neither proof can be sent back. */
export function proofOf(
  token: string,
  side: Side,
  hello: Pick<Hello, "node" | "boot" | "nonce">,
  answer: Pick<Challenge, "boot" | "nonce">,
): string {
  const said = ["dsiem link", LINK_PROTOCOL, side, hello.node, hello.boot, hello.nonce, answer.boot, answer.nonce];
  return createHmac("sha256", token).update(JSON.stringify(said)).digest("hex");
}

/** Takes the same time wherever the two differ. */
export function sameProof(given: string, expected: string): boolean {
  const givenBytes = Buffer.from(given, "utf8");
  const expectedBytes = Buffer.from(expected, "utf8");
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes);
}

export function readHello(text: string): Hello | undefined {
  const said = fieldsOf(text);
  if (said === undefined) return undefined;
  const { protocol, node, boot, nonce } = said;
  if (!isCount(protocol) || !isName(node) || !isName(boot) || !isName(nonce)) return undefined;
  return { protocol, node, boot, nonce };
}

export function readChallenge(text: string): Challenge | undefined {
  const said = fieldsOf(text);
  if (said === undefined) return undefined;
  const { protocol, boot, nonce, proof } = said;
  if (!isCount(protocol) || !isName(boot) || !isName(nonce) || !isName(proof)) return undefined;
  return { protocol, boot, nonce, proof };
}

export function readProof(text: string): Proof | undefined {
  const said = fieldsOf(text);
  if (said === undefined) return undefined;
  const { proof, credit, received } = said;
  if (!isName(proof) || !isCount(credit) || credit > 0xffff_ffff) return undefined;
  if (received === undefined) return { proof, credit };
  return isCount(received) ? { proof, credit, received } : undefined;
}

export function readWelcome(text: string): Welcome | undefined {
  const next = fieldsOf(text)?.next;
  return isCount(next) && next > 0 ? { next } : undefined;
}

function fieldsOf(text: string): Record<string, unknown> | undefined {
  if (text.length > MAX_HANDSHAKE_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 256;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
