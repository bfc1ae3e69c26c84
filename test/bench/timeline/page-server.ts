import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import type { Port } from '../../../src/protocol/channel.ts';

const THEME = new URL('../../../src/standalone/dark.css', import.meta.url);

/** The page's side of the connection: messages as they are, buffers as bytes behind them. */
const FAKE_VSCODE = `
  let state;
  const revive = (buffer) => {
    const length = new Uint32Array(buffer, 0, 1)[0];
    const { message, sizes } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    let at = 4 + length;
    for (const [key, size] of sizes) {
      message.result[key] = buffer.slice(at, at + size);
      at += size;
    }
    return message;
  };
  const ask = async (body) => {
    const answer = await fetch('/message', { method: 'POST', body });
    if (answer.status === 200) {
      const buffer = await answer.arrayBuffer();
      window.answeredBytes = (window.answeredBytes ?? 0) + buffer.byteLength;
      window.postMessage(revive(buffer), '*');
    }
  };
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => void ask(JSON.stringify(message)),
    getState: () => state,
    setState: (next) => { state = next; },
  });`;

/** Serves the page and carries its questions over HTTP, as fast as a process next door can. */
export class PageServer implements Port {
  readonly #server: Server;
  readonly #waiting = new Map<number, ServerResponse>();
  #listener: (message: unknown) => void = () => undefined;

  constructor(
    private readonly script: string,
    private readonly style: string,
  ) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  post(message: unknown): void {
    const { id, kind } = message as { id: number; kind: string };
    const response = kind === 'request' ? undefined : this.#waiting.get(id);
    this.#waiting.delete(id);
    response?.end(encode(message));
  }

  listen(listener: (message: unknown) => void): { dispose: () => void } {
    this.#listener = listener;
    return { dispose: () => (this.#listener = () => undefined) };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const files: Readonly<Record<string, readonly [type: string, body: () => string]>> = {
      '/': ['text/html', html],
      '/fake.js': ['text/javascript', () => FAKE_VSCODE],
      '/timeline.js': ['text/javascript', () => this.script],
      '/timeline.css': ['text/css', () => this.style],
    };
    if (request.url === '/message') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
      }
      const message = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { id: number };
      this.#waiting.set(message.id, response);
      this.#listener(message);
      return;
    }
    const found = Object.hasOwn(files, request.url ?? '') ? files[request.url ?? ''] : undefined;
    response.writeHead(found === undefined ? 404 : 200, {
      'content-type': `${found?.[0] ?? 'text/plain'}; charset=utf-8`,
    });
    response.end(found?.[1]() ?? '');
  }
}

function encode(message: unknown): Buffer {
  const buffers: Buffer[] = [];
  const sizes: (readonly [string, number])[] = [];
  const text = JSON.stringify({ message, sizes }, (key, value: unknown) => {
    if (!(value instanceof ArrayBuffer)) {
      return value;
    }
    buffers.push(Buffer.from(value));
    sizes.push([key, value.byteLength]);
    return null;
  });
  const json = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(json.length);
  return Buffer.concat([head, json, ...buffers]);
}

function html(): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8">
<style>${readFileSync(THEME, 'utf8')} :root { --vscode-font-family: system-ui, sans-serif; --vscode-font-size: 13px; --vscode-editor-font-family: monospace; }</style>
<link rel="stylesheet" href="/timeline.css"></head>
<body class="vscode-dark"><main id="app"></main><script src="/fake.js"></script>
<script type="module" src="/timeline.js"></script></body></html>`;
}
