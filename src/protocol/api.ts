import type * as z from 'zod';

/** The methods that one side of a channel answers: name → schemas of its parameters and result. */
export type Api = Readonly<
  Record<string, { readonly params: z.ZodType; readonly result: z.ZodType }>
>;

/** What the answering side must implement: leave one out and it does not compile. */
export type HandlersOf<A extends Api> = {
  readonly [M in keyof A]: (
    params: z.output<A[M]['params']>,
  ) => z.input<A[M]['result']> | Promise<z.input<A[M]['result']>>;
};

/** What the asking side may call. */
export type ClientOf<A extends Api> = {
  readonly [M in keyof A]: (params: z.input<A[M]['params']>) => Promise<z.output<A[M]['result']>>;
};
