import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import type { Port } from '../../src/protocol/channel.ts';
import type { PageBundle } from './bundle-page.ts';
import { THEME_CLASSES, type ThemeName } from './gallery.ts';

/** The page's side of the connection: messages as they are, buffers as bytes behind them. */
const FAKE_VSCODE = `
  let state;
  const revive = (buffer) => {
    const length = new Uint32Array(buffer, 0, 1)[0];
    const { message, sizes } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    let at = 4 + length;
    for (const [key, size] of sizes) {
      (message.result ?? message.params)[key] = buffer.slice(at, at + size);
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
  const hear = async () => {
    for (;;) {
      const told = await fetch('/told', { method: 'POST' });
      if (told.status !== 200) return;
      window.postMessage(revive(await told.arrayBuffer()), '*');
    }
  };
  void hear();
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => void ask(JSON.stringify(message)),
    getState: () => state,
    setState: (next) => { state = next; },
  });`;

/** Serves the page and carries its questions over HTTP, as fast as a process next door can. */
export class PageServer implements Port {
  readonly #server: Server;
  readonly #waiting = new Map<number, ServerResponse>();
  /** What the page was not told yet, and its request to be told. */
  readonly #untold: Buffer[] = [];
  #ear: ServerResponse | null = null;
  #listener: (message: unknown) => void = () => undefined;

  constructor(private readonly bundle: PageBundle) {
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
    if (kind === 'request') {
      this.#untold.push(encode(message));
      this.#tell();
      return;
    }
    this.#waiting.get(id)?.end(encode(message));
    this.#waiting.delete(id);
  }

  listen(listener: (message: unknown) => void): { dispose: () => void } {
    this.#listener = listener;
    return { dispose: () => (this.#listener = () => undefined) };
  }

  #tell(): void {
    const next = this.#ear === null ? undefined : this.#untold.shift();
    if (next !== undefined) {
      this.#ear?.end(next);
      this.#ear = null;
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    switch (pathname) {
      case '/told':
        this.#ear = response;
        this.#tell();
        return;
      case '/message':
        await this.#hear(request, response);
        return;
      default:
        this.#serveFile(pathname, searchParams.get('theme') ?? '', response);
    }
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const text = Buffer.concat(chunks).toString('utf8');
    const message = JSON.parse(text) as { id: number; kind: string };
    if (message.kind === 'request') {
      this.#waiting.set(message.id, response);
    } else {
      response.writeHead(204).end();
    }
    this.#listener(message);
  }

  #serveFile(pathname: string, theme: string, response: ServerResponse): void {
    const files: Readonly<Record<string, readonly [type: string, body: () => string]>> = {
      '/': ['text/html', () => html(isTheme(theme) ? theme : 'dark')],
      '/fake.js': ['text/javascript', () => FAKE_VSCODE],
      '/timeline.js': ['text/javascript', () => this.bundle.script],
      '/timeline.css': ['text/css', () => this.bundle.style],
    };
    const found = Object.hasOwn(files, pathname) ? files[pathname] : undefined;
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

function isTheme(name: string): name is ThemeName {
  return Object.hasOwn(THEME_CLASSES, name);
}

function html(theme: ThemeName): string {
  const variables = readFileSync(
    new URL(`../../src/standalone/${theme}.css`, import.meta.url),
    'utf8',
  );
  return `<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8">
<style>${variables} :root { --vscode-font-family: system-ui, sans-serif; --vscode-font-size: 13px; --vscode-editor-font-family: monospace; }</style>
<link rel="stylesheet" href="/timeline.css"></head>
<body class="${THEME_CLASSES[theme]}"><main id="app"></main><script src="/fake.js"></script>
<script type="module" src="/timeline.js"></script></body></html>`;
}
