import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { chromium, type Browser, type Frame, type Locator, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, prepareChromium } from '../../scripts/chromium.mjs';
import { prepareServerHost } from '../../scripts/server-host.mjs';
import { startServer, type Server } from '../../scripts/start-server.mjs';
import { plainSpaces } from '../support/plain-spaces.ts';

/** The first start of a workbench, an extension and a page together. */
const WAIT_MS = 60_000;

export const THEMES = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;

export type ThemeName = keyof typeof THEMES;

export interface WorkbenchOptions {
  readonly folder: string;
  readonly theme?: ThemeName;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly widthPx?: number;
  readonly heightPx?: number;
  /** Device pixels for each CSS pixel. */
  readonly scale?: number;
}

/** A real VS Code in a browser, with this extension in it, as a person would use it. */
export class Workbench {
  /** What the run editor complained of on the console, and exceptions anywhere. */
  readonly pageErrors: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly server: Server,
  ) {}

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const host = await prepareServerHost();
    const executablePath = await prepareChromium();
    const server = await startServer({
      host,
      linksExtension: true,
      settings: { 'workbench.colorTheme': THEMES[options.theme ?? 'dark'], ...options.settings },
    });
    const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
    const page = await browser.newPage({
      viewport: { width: options.widthPx ?? 1440, height: options.heightPx ?? 900 },
      deviceScaleFactor: options.scale ?? 1,
    });
    page.setDefaultTimeout(WAIT_MS);
    const workbench = new Workbench(page, browser, server);
    workbench.#watchErrors();
    try {
      await page.goto(server.addressOf(options.folder));
      await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
      return workbench;
    } catch (error) {
      await workbench.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.stop();
  }

  /** Until the editor in front shows such a line. */
  async waitForEditorText(pattern: RegExp): Promise<void> {
    await this.page.locator('.monaco-editor .view-line', { hasText: pattern }).first().waitFor();
  }

  /** Opens a file by its path in the workspace, through quick open. */
  async openFile(path: string): Promise<void> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    await this.page.keyboard.press('Control+P');
    await this.#pick(path, name);
    await this.tab(name).waitFor();
  }

  /** Runs a command by its title, through the palette. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#pick(`>${title}`, title);
  }

  /** Saves under the name that the dialog offers; gives the path in the workspace that is said to be saved. */
  async confirmSaving(): Promise<string> {
    const dialog = this.page.locator('.quick-input-widget');
    await dialog.locator('.monaco-list-row').first().waitFor();
    await dialog.getByRole('button', { name: 'OK', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    const toast = this.page.locator('.notification-toast', { hasText: 'was saved.' });
    await toast.waitFor();
    const text = await toast.locator('.notification-list-item-message').innerText();
    await this.runCommand('Notifications: Clear All Notifications');
    await toast.waitFor({ state: 'detached' });
    return plainSpaces(text).replace(/ was saved\.$/, '');
  }

  /** Brings the cursor of the editor in front to a line. */
  async goToLine(line: number): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.page.locator('.quick-input-widget .quick-input-box input').fill(`:${line}`);
    await this.page.keyboard.press('Enter');
    await this.waitForCursor(line);
  }

  /** Chooses the first item that fits of what a command asks. */
  async chooseItem(pattern: RegExp): Promise<string> {
    const item = this.page
      .locator('.quick-input-list .monaco-list-row', { hasText: pattern })
      .first();
    await item.waitFor();
    const text = plainSpaces(await item.innerText());
    await item.click();
    return text;
  }

  /** Ticks all that the preview of a refactoring shows, and applies it. */
  async confirmRefactoring(): Promise<void> {
    const panel = this.page.locator('.bulk-edit-panel');
    const box = panel.locator('.edit-checkbox').first();
    await box.waitFor();
    await box.click();
    await panel.locator('.monaco-button', { hasText: /^Apply$/ }).click();
    await box.waitFor({ state: 'detached' });
  }

  /** Presses a button of the notification that says something. */
  async answerToast(text: RegExp, button: string): Promise<string> {
    const toast = this.page.locator('.notification-toast', { hasText: text });
    await toast.waitFor();
    const message = await toast.locator('.notification-list-item-message').innerText();
    await toast.locator('.monaco-button', { hasText: button }).first().click();
    return plainSpaces(message);
  }

  /** The lightbulb's offers at the cursor, by keyboard. */
  async offers(): Promise<readonly string[]> {
    await this.page
      .locator('.monaco-editor .squiggly-error, .monaco-editor .squiggly-warning')
      .first()
      .waitFor();
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    // VS Code drops the question where problems or hints are renewed meanwhile; a person asks again.
    for (let asked = 0; asked < 10 && !(await rows.first().isVisible()); asked++) {
      await this.page.keyboard.press('Control+.');
      await rows
        .first()
        .waitFor({ timeout: 3_000 })
        .catch(() => undefined);
    }
    await rows.first().waitFor();
    const texts = await rows.allInnerTexts();
    await this.page.keyboard.press('Escape');
    return texts.map(plainSpaces);
  }

  tab(name: string): Locator {
    return this.page.locator('.tab.active', { hasText: name });
  }

  /** The document of the run editor in front. */
  async runEditor(): Promise<Frame> {
    const outer = await this.#frameOf(this.page.locator('iframe.webview.ready').last());
    return this.#frameOf(outer.locator('iframe#active-frame'));
  }

  async closeAllEditors(): Promise<void> {
    await this.runCommand('View: Close All Editors');
    await this.page.locator('.tab').first().waitFor({ state: 'detached' });
  }

  /** Waits until the cursor of the editor in front is on a line. */
  async waitForCursor(line: number): Promise<void> {
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, ` }).waitFor();
  }

  /** The first inlay hint on screen that fits, with plain spaces. */
  async hint(pattern: RegExp): Promise<string> {
    const hint = this.page
      .locator('.view-line span[class*="dyn-rule"]', { hasText: pattern })
      .first();
    await hint.waitFor();
    return plainSpaces(await hint.innerText());
  }

  /** A row of the Problems panel that holds a text. */
  async problem(text: string): Promise<string> {
    await this.runCommand('View: Focus Problems');
    const row = this.page.locator('.markers-panel .monaco-list-row', { hasText: text }).first();
    await row.waitFor();
    return plainSpaces(await row.innerText());
  }

  /** Clicks a row of the tree of runs. */
  async clickRunRow(pattern: RegExp): Promise<void> {
    await this.runCommand('View: Show Training Sleuth');
    const row = this.page
      .locator('.part.sidebar .pane-body .monaco-list-row', { hasText: pattern })
      .first();
    await row.waitFor();
    await row.click();
  }

  /** What the status bar says for an extension. */
  async statusOf(pattern: RegExp): Promise<string> {
    const item = this.page.locator('.statusbar-item', { hasText: pattern }).first();
    await item.waitFor();
    return plainSpaces(await item.innerText());
  }

  async takePicture(file: string): Promise<void> {
    mkdirSync(dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
  }

  #watchErrors(): void {
    this.page.on('console', (message) => {
      if (message.type() === 'error' && isOfRunEditor(message.text() + message.location().url)) {
        this.pageErrors.push(message.text());
      }
    });
    this.page.on('pageerror', (error) => this.pageErrors.push(error.message));
  }

  async #pick(text: string, label: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    await widget.locator('.quick-input-box input').fill(text);
    await widget
      .locator('.quick-input-list .monaco-list-row.focused', { hasText: label })
      .first()
      .waitFor();
    await this.page.keyboard.press('Enter');
    await widget.waitFor({ state: 'hidden' });
  }

  async #frameOf(locator: Locator): Promise<Frame> {
    const element = await locator.elementHandle();
    const frame = await element.contentFrame();
    if (frame === null) {
      throw new Error('the page of the editor has no document');
    }
    return frame;
  }
}

/** The workbench has complaints of its own, such as files that its server does not have. */
function isOfRunEditor(text: string): boolean {
  return /timeline\.(js|css)|Content Security Policy/.test(text);
}
