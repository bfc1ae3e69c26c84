import { readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, prepareChromium } from '../../scripts/chromium.mjs';
import type { Port } from '../../src/protocol/channel.ts';
import type { Analysis } from '../../src/core/model/tables.ts';
import { bundlePage, type PageBundle } from './bundle-page.ts';
import { PageHost, type PageHostOptions } from './page-host.ts';
import { decodeMessage, encodeMessage, fakeVsCode } from './wire.ts';

const ORIGIN = 'http://page.test';
const PICTURE_FLAGS = [
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--force-device-scale-factor=1',
  '--force-color-profile=srgb',
];

export const THEME_CLASSES = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'high-contrast': 'vscode-high-contrast',
  'high-contrast-light': 'vscode-high-contrast vscode-high-contrast-light',
} as const;

export type ThemeName = keyof typeof THEME_CLASSES;

export interface StoryOptions extends PageHostOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What `vscode.getState` gives back. */
  readonly state?: unknown;
}

/** A page of the run editor in a browser, with the editor's side played by Node. */
export interface Story {
  readonly page: Page;
  readonly host: PageHost;
  /** Errors of the page, its policy's refusals among them. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** Bundles the page once and opens it in as many stories as asked for. */
export class Gallery {
  private constructor(
    private readonly browser: Browser,
    private readonly bundle: PageBundle,
  ) {}

  static async open(): Promise<Gallery> {
    const bundle = await bundlePage();
    const executablePath = await prepareChromium();
    const browser = await chromium.launch({
      executablePath,
      args: [...CHROMIUM_FLAGS, ...PICTURE_FLAGS],
    });
    return new Gallery(browser, bundle);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  async tell(analysis: Analysis | null, options: StoryOptions = {}): Promise<Story> {
    const { theme = 'dark', width = 1360, height = 930 } = options;
    const page = await this.browser.newPage({
      viewport: { width, height },
      reducedMotion: 'reduce',
      deviceScaleFactor: 1,
    });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') {
        errors.push(message.text());
      }
    });
    const host = new PageHost(await portOf(page), analysis, options);
    await page.addInitScript({ content: fakeVsCode(options.state) });
    await this.#serve(page, theme);
    await page.goto(`${ORIGIN}/`);
    return { page, host, errors, close: async () => await page.close() };
  }

  /** The page of a run, once everything on it is painted. */
  async show(analysis: Analysis, options: StoryOptions = {}): Promise<Story> {
    const story = await this.tell(analysis, options);
    await story.page.locator('.run-page').waitFor();
    await settle(story);
    return story;
  }

  /** Whether the browser writes in a font of this name: pictures made with another cannot be compared. */
  async hasFont(name: string): Promise<boolean> {
    const page = await this.browser.newPage();
    const isAlike = await page.evaluate(`(() => {
      const width = (family) => {
        const pen = document.createElement('canvas').getContext('2d');
        pen.font = '40px ' + family;
        return pen.measureText('The GPU waits 0123456789 · µs').width;
      };
      return width('system-ui') === width(${JSON.stringify(name)}) && width('serif') !== width(${JSON.stringify(name)} + ', serif');
    })()`);
    await page.close();
    return isAlike === true;
  }

  /** The same document as the extension makes, with its policy. */
  async #serve(page: Page, theme: ThemeName): Promise<void> {
    const policy = `default-src 'none'; script-src 'nonce-test'; style-src ${ORIGIN} 'nonce-test'; img-src ${ORIGIN} data:`;
    const variables = readFileSync(
      new URL(`../../src/standalone/${theme}.css`, import.meta.url),
      'utf8',
    );
    const html = `<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="test">${variables} :root { --vscode-font-family: system-ui, sans-serif; --vscode-font-size: 13px; --vscode-editor-font-family: monospace; }</style>
<link rel="stylesheet" href="/timeline.css" nonce="test"></head>
<body class="${THEME_CLASSES[theme]}"><main id="app"></main>
<script type="module" nonce="test" src="/timeline.js"></script></body></html>`;
    await page.route(`${ORIGIN}/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      const [body, contentType] =
        pathname === '/timeline.js'
          ? [this.bundle.script, 'text/javascript']
          : pathname === '/timeline.css'
            ? [this.bundle.style, 'text/css']
            : [html, 'text/html'];
      await route.fulfill({ body, contentType: `${contentType}; charset=utf-8` });
    });
  }
}

/** The page's messages to Node and back; buffers travel as text. */
async function portOf(page: Page): Promise<Port> {
  const listeners = new Set<(message: unknown) => void>();
  await page.exposeFunction('postToNode', (message: string) => {
    for (const listener of listeners) {
      listener(decodeMessage(message));
    }
  });
  return {
    post: (message) => {
      page.evaluate(`receive(${JSON.stringify(encodeMessage(message))})`).catch(() => undefined);
    },
    listen: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
}

/** Waits until everything is painted and answered. */
export async function settle({ page }: Story): Promise<void> {
  await page.evaluate('whenIdle().then(() => whenIdle())');
}
