import type { ProfilerMessage } from '../../model/trace.ts';

const MAX_MESSAGES = 50;
const MAX_CHARACTERS = 300;

/** What libkineto writes before each line of its log: level, time, process, thread and place. */
const PREFIX =
  /^(?:WARNING|ERROR)?:?\s?[\d-]{8,12} [\d:.]{6,16} \d{1,10}:\d{1,20} [\w.-]{1,80}:\d{1,6}\] /;

/** Collects what a profiler says of itself; messages that differ in numbers alone are one. */
export class ProfilerMessages {
  readonly #messages = new Map<string, ProfilerMessage>();

  /** A list of texts, as Kineto has it; all else is passed over. */
  addAll(level: ProfilerMessage['level'], texts: unknown): void {
    for (const text of Array.isArray(texts) ? texts : []) {
      if (typeof text === 'string') {
        this.add(level, text);
      }
    }
  }

  add(level: ProfilerMessage['level'], raw: string): void {
    const text = raw
      .slice(0, 2 * MAX_CHARACTERS)
      .replace(PREFIX, '')
      .trim()
      .slice(0, MAX_CHARACTERS);
    const key = `${level} ${text.replaceAll(/\d+/g, '#')}`;
    const known = this.#messages.get(key);
    if (text !== '' && (known !== undefined || this.#messages.size < MAX_MESSAGES)) {
      this.#messages.set(key, { level, text: known?.text ?? text, count: (known?.count ?? 0) + 1 });
    }
  }

  /** As a member of a trace's metadata; nothing where there are none. */
  asMeta(): { readonly messages?: readonly ProfilerMessage[] } {
    return this.#messages.size === 0 ? {} : { messages: [...this.#messages.values()] };
  }
}
