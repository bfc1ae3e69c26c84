import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import * as z from 'zod';
import type { HandlersOf } from '../../../src/protocol/api.ts';
import { Channel, ChannelError, type Port } from '../../../src/protocol/channel.ts';
import { threadPort } from '../../../src/protocol/thread-port.ts';

const mathApi = {
  double: { params: z.object({ value: z.number() }), result: z.number() },
  fill: {
    params: z.object({ bytes: z.int() }),
    result: z.object({ data: z.instanceof(ArrayBuffer) }),
  },
};
const noApi = {};

interface Pair {
  readonly client: Channel<typeof noApi, typeof mathApi>;
  readonly errors: unknown[];
  readonly clientEnd: Port;
}

describe('Channel', () => {
  const open: { dispose(): void }[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) {
      one.dispose();
    }
  });

  function connect(handlers: Partial<HandlersOf<typeof mathApi>> = {}): Pair {
    const { port1, port2 } = new MessageChannel();
    const errors: unknown[] = [];
    const clientEnd = threadPort(port2);
    const server = new Channel(
      threadPort(port1),
      mathApi,
      {
        double: ({ value }) => value * 2,
        fill: ({ bytes }) => ({ data: new Uint8Array(bytes).fill(7).buffer }),
        ...handlers,
      },
      noApi,
      (error) => errors.push(error),
    );
    const client = new Channel(clientEnd, noApi, {}, mathApi, (error) => errors.push(error));
    open.push(server, client, { dispose: () => port1.close() });
    return { client, errors, clientEnd };
  }

  it('answers each question with its own answer', async () => {
    const { client } = connect({
      double: async ({ value }) => {
        if (value === 1) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        return value * 2;
      },
    });
    const answers = await Promise.all([
      client.remote.double({ value: 1 }),
      client.remote.double({ value: 2 }),
    ]);
    assert.deepEqual(answers, [2, 4]);
  });

  it('moves buffers', async () => {
    const { client } = connect();
    const { data } = await client.remote.fill({ bytes: 3 });
    assert.deepEqual([...new Uint8Array(data)], [7, 7, 7]);
  });

  it('carries back what a handler throws, and tells its own side', async () => {
    const { client, errors } = connect({
      double: () => {
        throw new Error('rank 3 is gone');
      },
    });
    await assert.rejects(client.remote.double({ value: 1 }), {
      name: 'ChannelError',
      message: 'rank 3 is gone',
    });
    assert.equal(errors.length, 1);
  });

  it('refuses parameters that do not fit the schema', async () => {
    const { client } = connect();
    await assert.rejects(
      client.remote.double({ value: 'two' as unknown as number }),
      /bad parameters for double/,
    );
  });

  it('refuses an answer that does not fit the schema', async () => {
    const { client } = connect({ double: () => 'four' as unknown as number });
    await assert.rejects(client.remote.double({ value: 2 }), z.ZodError);
  });

  it('refuses methods that are unknown or inherited', async () => {
    const { clientEnd } = connect();
    for (const method of ['toString', 'constructor', 'missing']) {
      const answer = new Promise((resolve) => {
        const subscription = clientEnd.listen((message) => {
          subscription.dispose();
          resolve(message);
        });
      });
      clientEnd.post({ kind: 'request', id: 1, method, params: {} }, []);
      assert.deepEqual(await answer, {
        kind: 'failure',
        id: 1,
        message: `there is no method ${method}`,
      });
    }
  });

  it('overlooks messages that are not its own', async () => {
    const { client, clientEnd } = connect();
    for (const noise of [
      null,
      'text',
      { kind: 'response', id: 99, result: 1 },
      { kind: 'other' },
    ]) {
      clientEnd.post(noise, []);
    }
    assert.equal(await client.remote.double({ value: 4 }), 8);
  });

  it('answers with nothing over JSON, as a webview does', async () => {
    const [here, there] = jsonPorts();
    const api = { close: { params: z.object({}), result: z.void() } };
    const errors: unknown[] = [];
    const note = (error: unknown) => errors.push(error);
    const server = new Channel(there, api, { close: () => undefined }, noApi, note);
    const asking = new Channel(here, noApi, {}, api, note);
    open.push(server, asking);
    await asking.remote.close({});
    assert.deepEqual(errors, []);
  }).timeout(1_000);

  it('rejects what is pending when it is closed, and what is asked after', async () => {
    const { client } = connect({ double: async () => await new Promise(() => undefined) });
    const pending = client.remote.double({ value: 1 });
    client.dispose();
    await assert.rejects(pending, ChannelError);
    await assert.rejects(client.remote.double({ value: 1 }), /the connection is closed/);
  });
});

function jsonPorts(): readonly [Port, Port] {
  const listeners: ((message: unknown) => void)[] = [];
  const port = (own: number): Port => ({
    post: (message) => {
      const text = JSON.stringify(message);
      setImmediate(() => listeners[1 - own]?.(JSON.parse(text)));
    },
    listen: (listener) => {
      listeners[own] = listener;
      return { dispose: () => undefined };
    },
  });
  return [port(0), port(1)];
}
