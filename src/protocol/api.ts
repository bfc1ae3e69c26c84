import type * as z from 'zod';

/** The methods that one side of a channel answers: name → schemas of its parameters and result. */
export type Api = Readonly<
  Record<string, { readonly params: z.ZodType; readonly result: z.ZodType }>
>;

/** What is sent is only read: frozen and read-only values may be given. */
export type Sendable<T> = unknown extends T
  ? T
  : T extends ArrayBuffer
    ? T
    : { readonly [K in keyof T]: Sendable<T[K]> };

/** What the answering side must implement: leave one out and it does not compile. */
export type HandlersOf<A extends Api> = {
  readonly [M in keyof A]: (
    params: z.output<A[M]['params']>,
  ) => Sendable<z.input<A[M]['result']>> | Promise<Sendable<z.input<A[M]['result']>>>;
};

/** What the asking side may call. */
export type ClientOf<A extends Api> = {
  readonly [M in keyof A]: (
    params: Sendable<z.input<A[M]['params']>>,
  ) => Promise<z.output<A[M]['result']>>;
};
