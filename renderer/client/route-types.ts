import type { ApiRoutes } from "../../engine/contract/console/routes.ts";

/** The types of a request, taken from the contract's schemas; nothing here runs. */
export type RouteKey = keyof ApiRoutes;
type MethodOf<K extends RouteKey> = K extends `${infer Method} /${string}` ? Method : never;
export type RouteOf<Method extends string> = { [K in RouteKey]: MethodOf<K> extends Method ? K : never }[RouteKey];
/** Routes whose answer is JSON, and those that send a file. */
export type JsonRoute = { [K in RouteKey]: ApiRoutes[K] extends { answer: unknown } ? K : never }[RouteKey];
export type StreamRoute = { [K in RouteKey]: ApiRoutes[K] extends { stream: string } ? K : never }[RouteKey];

type InputOf<S> = S extends { _zod: { input: infer I } } ? I : never;
type OutputOf<S> = S extends { _zod: { output: infer O } } ? O : never;

export type Answer<K extends RouteKey> = ApiRoutes[K] extends { answer: infer S } ? OutputOf<S> : never;
type BodyOf<K extends RouteKey> = ApiRoutes[K] extends { body: infer S } ? { body: InputOf<S> } : { body?: never };

type NamesIn<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | NamesIn<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;
type ParamsOf<K extends RouteKey> = [NamesIn<K>] extends [never]
  ? { params?: never }
  : { params: Record<NamesIn<K>, string> };

/** Values of a query string: numbers are written as text, what is missing or undefined is left out. */
type QueryValues<Q> = { [Name in keyof Q]?: Q[Name] | number | undefined };
type QueryOf<K extends RouteKey> = ApiRoutes[K] extends { query: infer S }
  ? { query?: QueryValues<InputOf<S>> }
  : { query?: never };

export type RequestInput<K extends RouteKey> = ParamsOf<K> & QueryOf<K> & BodyOf<K> & { signal?: AbortSignal };
