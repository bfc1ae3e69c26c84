import * as z from 'zod';
import type { Disposable } from '../base/lifetime.ts';
import type { Api, ClientOf, HandlersOf } from './api.ts';

/** Something that carries structured clones both ways: a webview, a worker thread. */
export interface Port {
  post(message: unknown, transfer: readonly ArrayBuffer[]): void;
  /** Calls `listener` with whatever arrives. */
  listen(listener: (message: unknown) => void): Disposable;
}

/** The other side refused or failed; the message is for people. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
}

/** A webview's messages travel as JSON, which leaves out what is undefined. */
const payload = z.unknown().optional();

const envelope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('request'), id: z.int(), method: z.string(), params: payload }),
  z.object({ kind: z.literal('response'), id: z.int(), result: payload }),
  z.object({ kind: z.literal('failure'), id: z.int(), message: z.string() }),
]);

interface Pending {
  readonly method: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Calls across a boundary: `Local` is answered here, `Remote` over there.
 * Every message is parsed on arrival, a handler that throws answers with a failure,
 * and closing rejects what is pending.
 */
export class Channel<Local extends Api, Remote extends Api> implements Disposable {
  readonly remote: ClientOf<Remote>;
  readonly #pending = new Map<number, Pending>();
  readonly #subscription: Disposable;
  #nextId = 1;
  #isClosed = false;

  constructor(
    private readonly port: Port,
    private readonly local: Local,
    private readonly handlers: HandlersOf<Local>,
    private readonly remoteApi: Remote,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#subscription = port.listen((message) => void this.#receive(message));
    this.remote = this.#client();
  }

  dispose(): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    this.#subscription.dispose();
    for (const { method, reject } of this.#pending.values()) {
      reject(new ChannelError(`${method} was not answered: the connection was closed`));
    }
    this.#pending.clear();
  }

  #client(): ClientOf<Remote> {
    const client: Record<string, (params: unknown) => Promise<unknown>> = {};
    for (const method of Object.keys(this.remoteApi)) {
      client[method] = (params) => this.#call(method, params);
    }
    return client as ClientOf<Remote>;
  }

  async #call(method: string, params: unknown): Promise<unknown> {
    if (this.#isClosed) {
      throw new ChannelError(`${method} cannot be asked: the connection is closed`);
    }
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { method, resolve, reject });
    });
    this.port.post({ kind: 'request', id, method, params }, []);
    return this.remoteApi[method]?.result.parse(await answer);
  }

  async #receive(raw: unknown): Promise<void> {
    const parsed = envelope.safeParse(raw);
    if (!parsed.success || this.#isClosed) {
      return;
    }
    const message = parsed.data;
    if (message.kind === 'request') {
      await this.#answer(message.id, message.method, message.params);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === 'response') {
      pending?.resolve(message.result);
    } else {
      pending?.reject(new ChannelError(message.message));
    }
  }

  async #answer(id: number, method: string, params: unknown): Promise<void> {
    try {
      const result = await this.#handle(method, params);
      if (!this.#isClosed) {
        this.port.post({ kind: 'response', id, result }, buffersOf(result));
      }
    } catch (error) {
      this.onError(error);
      if (!this.#isClosed) {
        this.port.post({ kind: 'failure', id, message: messageOf(error) }, []);
      }
    }
  }

  async #handle(method: string, params: unknown): Promise<unknown> {
    if (!Object.hasOwn(this.local, method)) {
      throw new ChannelError(`there is no method ${method}`);
    }
    const parsed = this.local[method]?.params.safeParse(params);
    if (parsed?.success !== true) {
      throw new ChannelError(`bad parameters for ${method}: ${parsed?.error.message ?? ''}`);
    }
    const handler = this.handlers[method] as (params: unknown) => unknown;
    return await handler(parsed.data);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The buffers at the top of a result, to be moved rather than copied. */
function buffersOf(result: unknown): readonly ArrayBuffer[] {
  return typeof result === 'object' && result !== null
    ? Object.values(result).filter((value): value is ArrayBuffer => value instanceof ArrayBuffer)
    : [];
}
