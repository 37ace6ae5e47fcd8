import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { entityTag } from "../base/entity-tag.ts";
import { errorText } from "../base/errors.ts";
import { type Logger, plain } from "../base/log.ts";
import { mediaTypeFault } from "../base/media-type.ts";
import { CONFIG_FILE_NAME, MAX_CONFIG_BODY_BYTES } from "../contract/limits.ts";
import { type Answer, answerLast, answerText, declaredLength, failureText, refuseUnread } from "./answers.ts";
import type { BodyFault, BodyReader } from "./body-reader.ts";
import type { ConfigFolder, FoundFile } from "./config-folder.ts";
import type { ConfigWork, PrintedFile } from "./config-work.ts";

/** Printed files of at least this size are kept for a while: a fleet's backends start together and read the same. */
const KEEP_FROM_BYTES = 256 * 1024;
const KEPT_BYTES = 256 * 1024 * 1024;
const KEPT_MS = 60_000;
/** Files whose `ETag` is remembered: whoever has one already gets it told without its being printed anew. */
const KEPT_TAGS = 1_000;

const BAD_NAME = "Not a valid filename, should be in any_N4m3-that_you_want.json format\n";
const ABSENT = "There is no configuration file of that name.\n";

export interface ConfigRoutesParts {
  folder: ConfigFolder;
  work: ConfigWork;
  bodies: BodyReader;
  log: Logger;
  /** Files may be written and deleted. */
  writable: boolean;
  /** The refusal of a request that may read but not write, in console mode. */
  unauthorised: (request: IncomingMessage) => Answer | undefined;
}

/** `/config` (engine.md §3). Methods that aren't allowed have been answered before a request comes here. */
export function addConfigRoutes(app: FastifyInstance, parts: ConfigRoutesParts): void {
  const routes = new ConfigRoutes(parts);
  app.get("/config", (_, reply) => routes.list(reply));
  app.get("/config/", (_, reply) => routes.list(reply));
  app.get<Named>("/config/:filename", (request, reply) => routes.get(request, reply));
  if (!parts.writable) return;
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const refusal = parts.unauthorised(request.raw);
    if (refusal === undefined) return;
    reply.hijack();
    refuseUnread(parts.bodies, request.raw, reply.raw, refusal);
  };
  app.post<Named>("/config/:filename", { onRequest }, (request, reply) => routes.post(request, reply));
  app.delete<Named>("/config/:filename", { onRequest }, (request, reply) => routes.delete(request, reply));
}

type Printed = Exclude<PrintedFile, { problem: string }>;

interface Named {
  Params: { filename: string };
}

class ConfigRoutes {
  readonly #parts: ConfigRoutesParts;
  /** By name and version, so that a changed file is never served from here. */
  readonly #printed = new LRUCache<string, Printed>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ printed }) => printed.length,
    ttl: KEPT_MS,
    ttlAutopurge: true,
  });
  /** By name and version, too. */
  readonly #tags = new LRUCache<string, string>({ max: KEPT_TAGS });
  /** What is being printed, for those who ask for the same meanwhile. */
  readonly #printing = new Map<string, Promise<PrintedFile | undefined>>();

  constructor(parts: ConfigRoutesParts) {
    this.#parts = parts;
  }

  async list(reply: FastifyReply): Promise<FastifyReply> {
    const names = await this.#parts.folder.list();
    const listing = JSON.stringify({ files: names.map((filename) => ({ filename })) }, null, 2);
    return reply.type(JSON_TYPE).send(`${listing}\n`);
  }

  async get(request: FastifyRequest<Named>, reply: FastifyReply): Promise<FastifyReply> {
    const name = request.params.filename;
    if (!this.#nameIsGood(name, request.raw)) return reply.code(418).type(TEXT).send(BAD_NAME);
    const found = await this.#parts.folder.find(name);
    if (found === undefined) return reply.code(404).type(TEXT).send(ABSENT);
    const asked = request.headers["if-none-match"];
    const known = this.#tags.get(`${name}:${found.version}`);
    if (known !== undefined && asked === known) return notModified(reply, known);
    const file = await this.#print(name, found);
    if (file === undefined) return reply.code(404).type(TEXT).send(ABSENT);
    if ("problem" in file) {
      // As it is: the backend that asks for it then reports all that is wrong with its configuration, and stops.
      const { log } = this.#parts;
      if (log.sample("unreadable configuration file", "WARN"))
        log.warn("a configuration file isn't JSON", { file: name, reason: file.problem });
      const bytes = await found.read();
      return bytes === undefined ? reply.code(404).type(TEXT).send(ABSENT) : reply.type(JSON_TYPE).send(bytes);
    }
    const tag = entityTag(file.sha256);
    if (asked === tag) return notModified(reply, tag);
    const { buffer, byteOffset, byteLength } = file.printed;
    reply.headers({ etag: tag, "cache-control": REVALIDATE });
    return reply.type(JSON_TYPE).send(Buffer.from(buffer, byteOffset, byteLength));
  }

  /** Answers by itself, on the raw response: what is sent doesn't have to be in memory before it is judged. */
  post(request: FastifyRequest<Named>, reply: FastifyReply): void {
    reply.hijack();
    const { bodies, log } = this.#parts;
    const { raw } = request;
    const response = reply.raw;
    const name = request.params.filename;
    const refusal = this.#refusalOfHead(name, raw);
    if (refusal !== undefined) {
      refuseUnread(bodies, raw, response, refusal);
      return;
    }
    if (raw.headers.expect !== undefined) response.writeContinue();
    bodies.read(raw, MAX_CONFIG_BODY_BYTES, (body, fault) => {
      if (body === undefined) {
        this.#bodyFailed(raw, response, fault ?? "truncated");
        return;
      }
      const size = body.length;
      this.#store(name, body)
        .catch((error: unknown) => {
          log.error(`configuration file ${name} can't be stored: ${errorText(error)}`);
          return { status: 500, text: failureText(`${name} can't be stored`, error) };
        })
        .then((answer) => {
          bodies.release(size);
          answerText(response, answer.status, answer.text);
        });
    });
  }

  async delete(request: FastifyRequest<Named>, reply: FastifyReply): Promise<FastifyReply> {
    const name = request.params.filename;
    if (!this.#nameIsGood(name, request.raw)) return reply.code(418).type(TEXT).send(BAD_NAME);
    if (!(await this.#parts.folder.remove(name))) return reply.code(404).type(TEXT).send(ABSENT);
    this.#parts.log.info(`configuration file ${name} deleted by ${clientOf(request.raw)}`);
    return reply.code(200).send();
  }

  async #store(name: string, body: Buffer): Promise<Answer> {
    const { folder, work, log } = this.#parts;
    const { problems, bytes } = await work.check({ name, bytes: body });
    if (problems.length > 0) {
      const reasons = problems.map(plain).join("\n");
      return { status: 418, text: `Invalid content detected, parsing error message is: ${reasons}\n` };
    }
    // As it was sent: fields unknown to us are kept, spelled as they were (engine.md §6).
    await folder.write(name, bytes);
    log.info(`configuration file ${name} stored`, { bytes: bytes.length });
    return { status: 201, text: "" };
  }

  /** `undefined` when the file has gone meanwhile. */
  async #print(name: string, found: FoundFile): Promise<PrintedFile | undefined> {
    const key = `${name}:${found.version}`;
    const kept = this.#printed.get(key);
    if (kept !== undefined) return kept;
    const running = this.#printing.get(key);
    if (running !== undefined) return running;
    const printing = found
      .read()
      .then((bytes) => (bytes === undefined ? undefined : this.#parts.work.print({ name, bytes })));
    this.#printing.set(key, printing);
    try {
      const file = await printing;
      if (file === undefined || "problem" in file) return file;
      this.#tags.set(key, entityTag(file.sha256));
      if (found.size >= KEEP_FROM_BYTES) this.#printed.set(key, file);
      return file;
    } finally {
      this.#printing.delete(key);
    }
  }

  #refusalOfHead(name: string, request: IncomingMessage): Answer | undefined {
    if (!this.#nameIsGood(name, request)) return { status: 418, text: BAD_NAME };
    const fault = mediaTypeFault(request);
    if (fault !== undefined) return { status: 415, text: fault };
    return declaredLength(request) > MAX_CONFIG_BODY_BYTES ? BODY_ANSWERS.too_large : undefined;
  }

  #bodyFailed(request: IncomingMessage, response: ServerResponse, fault: BodyFault): void {
    const answer = BODY_ANSWERS[fault];
    if (fault === "too_large" || fault === "no_room") refuseUnread(this.#parts.bodies, request, response, answer);
    else answerLast(response, answer.status, answer.text);
  }

  #nameIsGood(name: string, request: IncomingMessage): boolean {
    if (CONFIG_FILE_NAME.test(name)) return true;
    const { log } = this.#parts;
    if (log.sample("bad file name", "WARN")) log.warn(`l337 or epic fail attempt from ${clientOf(request)} detected`);
    return false;
  }
}

const TEXT = "text/plain; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";
/** A browser asks every time, as it did when there was no `ETag`. */
const REVALIDATE = "no-cache";

function notModified(reply: FastifyReply, tag: string): FastifyReply {
  return reply.code(304).headers({ etag: tag, "cache-control": REVALIDATE }).send();
}

/** What is said of a body that didn't come in whole. */
const BODY_ANSWERS: Readonly<Record<BodyFault, Answer>> = {
  too_large: { status: 413, text: `The file is larger than ${MAX_CONFIG_BODY_BYTES} bytes.\n` },
  stalled: { status: 408, text: "The body made no progress for too long.\n" },
  truncated: { status: 400, text: "The body ended before its announced end.\n" },
  no_room: { status: 503, text: "Too much is on its way in; try again later.\n" },
};

/** `10.0.0.1:40112` or `[::1]:40112`. */
function clientOf(request: IncomingMessage): string {
  const { remoteAddress, remotePort } = request.socket;
  const address = remoteAddress ?? "an address that is gone";
  return address.includes(":") ? `[${address}]:${remotePort}` : `${address}:${remotePort}`;
}
