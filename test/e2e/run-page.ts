import assert from 'node:assert/strict';
import type { Frame, Locator } from 'playwright-core';
import { plainSpaces } from '../support/plain-spaces.ts';

/** Places tried along a track until the pointer is over what is looked for. */
const PROBES = 60;

/** The run editor, as a person reads and clicks it. */
export class RunPage {
  constructor(private readonly frame: Frame) {}

  /** The sentence over the run. */
  async verdict(): Promise<string> {
    const verdict = this.frame.locator('.verdict').first();
    await verdict.waitFor();
    return plainSpaces(await verdict.innerText());
  }

  /** Waits until the timeline is painted. */
  async waitForTimeline(): Promise<void> {
    await this.frame.locator('.tracks canvas').waitFor();
    await this.frame.evaluate(() => (window as { whenIdle?: () => Promise<void> }).whenIdle?.());
  }

  async findingTitles(): Promise<readonly string[]> {
    const titles = this.frame.locator('.finding h3');
    return (await titles.allInnerTexts()).map(plainSpaces);
  }

  /** Presses "fix…" of a finding, by keyboard. */
  async fix(title: RegExp): Promise<void> {
    const finding = this.frame.locator('.finding', { hasText: title }).first();
    await finding.getByText('fix…', { exact: true }).press('Enter');
  }

  /** Waits until no finding has this title. */
  async waitUntilGone(title: RegExp): Promise<void> {
    await this.frame.locator('.finding h3', { hasText: title }).first().waitFor({
      state: 'detached',
    });
  }

  /** What a step would take without the first finding, as the verdict says it. */
  async whatIf(): Promise<string> {
    return plainSpaces(await this.frame.locator('.hero .what-if').innerText());
  }

  /** Opens the first finding and the first of its intervals by keyboard; gives what is read out then. */
  async pressFirstInterval(): Promise<string> {
    const finding = this.frame.locator('.finding').first();
    for (const name of ['.finding-fix > summary', '.intervals > summary', '.interval-row']) {
      await finding.locator(name).first().press('Enter');
    }
    const spoken = this.frame.locator('.run-page > [aria-live]', { hasText: /^Showing / });
    await spoken.waitFor({ state: 'attached' });
    return plainSpaces((await spoken.textContent()) ?? '');
  }

  /** Moves along the track of the first rank and clicks the first thing whose tooltip fits. */
  async clickSpan(pattern: RegExp): Promise<void> {
    await this.waitForTimeline();
    await this.#closeDetails();
    const canvas = this.frame.locator('.tracks canvas');
    await canvas.waitFor();
    const tooltip = this.frame.locator('.tooltip');
    const box = await canvas.boundingBox();
    assert.ok(box !== null, 'the timeline has no size');
    const y = await this.#middleOfFirstTrack(canvas);
    for (let probe = 1; probe < PROBES; probe++) {
      const position = { x: (probe / PROBES) * box.width, y };
      await canvas.hover({ position });
      if ((await tooltip.isVisible()) && pattern.test(await tooltip.innerText())) {
        await canvas.click({ position });
        await this.waitForTimeline();
        if (pattern.test(await this.details())) {
          return;
        }
        await this.#closeDetails();
      }
    }
    assert.fail(`nothing on the timeline says ${String(pattern)}`);
  }

  /** So that what is told next is of the next selection. */
  async #closeDetails(): Promise<void> {
    const details = this.frame.locator('.details:not([hidden])');
    if (await details.isVisible()) {
      await details.getByText('Close', { exact: true }).click();
      await details.waitFor({ state: 'hidden' });
    }
  }

  /** What is told of the selection. */
  async details(): Promise<string> {
    const details = this.frame.locator('.details:not([hidden])');
    await details.waitFor();
    return plainSpaces(await details.innerText());
  }

  /** By keyboard; waits until the view stands still. */
  async zoomIn(): Promise<void> {
    const canvas = this.frame.locator('.tracks canvas');
    for (let i = 0; i < 3; i++) {
      await canvas.press('w');
    }
    await this.waitForTimeline();
  }

  /** How much of the run the timeline shows. */
  async timeInView(): Promise<string> {
    await this.waitForTimeline();
    return plainSpaces(await this.frame.locator('.ruler-side > span > span').first().innerText());
  }

  /** Chooses from the menu of what can leave the page. */
  async export(name: string): Promise<void> {
    await this.frame.locator('header').getByText('Export', { exact: true }).click();
    await this.frame.getByRole('menuitem', { name, exact: true }).click();
  }

  /** Waits until the threads and streams of a rank are shown. */
  async waitForOpenRank(rank: number): Promise<void> {
    await this.frame.locator(`[data-rank="${rank}"][aria-expanded="true"]`).waitFor();
  }

  /** Waits until the strip above the run says it. */
  async waitForStatus(pattern: RegExp): Promise<void> {
    await this.frame.locator('.status-strip', { hasText: pattern }).waitFor();
  }

  /** Waits until there is nothing to say above the run. */
  async waitUntilUpToDate(): Promise<void> {
    await this.frame.locator('.status-strip').waitFor({ state: 'hidden' });
  }

  /** Presses "Go to line" of what is selected; gives the place that it names. */
  async goToLine(): Promise<string> {
    const details = this.frame.locator('.details:not([hidden])');
    const place = plainSpaces(
      await details
        .getByText(/^\S+:\d+$/)
        .first()
        .innerText(),
    );
    await details.getByText('Go to line', { exact: true }).click();
    return place;
  }

  async #middleOfFirstTrack(canvas: Locator): Promise<number> {
    const button = this.frame.locator('.rank-button').first();
    const [rank, tracks] = await Promise.all([button.boundingBox(), canvas.boundingBox()]);
    assert.ok(rank !== null && tracks !== null, 'the timeline has no ranks');
    return rank.y + rank.height / 2 - tracks.y;
  }
}
