import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';

const TIMEOUT_MS = 5_000;

const OBJECT_ID = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Nothing that a repository configures is run: no pager, no monitor of files, no check of signatures, no fetch. */
const SAFE = ['--no-pager', '-c', 'core.fsmonitor=false', '-c', 'protocol.allow=never'];

/** Texts of files out of git repositories of the workspace; none where the workspace is not trusted. */
export class GitTexts {
  constructor(
    private readonly isTrusted: () => boolean,
    private readonly maxBytes: number,
  ) {}

  /** The text of a blob in the repository around a folder; null where it has none. */
  async readBlob(folder: string, id: string): Promise<Uint8Array | null> {
    return OBJECT_ID.test(id) ? await this.#run(folder, ['cat-file', 'blob', id]) : null;
  }

  /** The text of a file in its last commit before a moment; null where there was none. */
  async readBefore(path: string, timeMs: number): Promise<Uint8Array | null> {
    const folder = dirname(path);
    const name = `./${basename(path)}`;
    const before = `--before=@${Math.floor(timeMs / 1_000)}`;
    const found = await this.#run(folder, ['rev-list', '-1', before, 'HEAD', '--', name]);
    const commit = found === null ? '' : Buffer.from(found).toString('utf8').trim();
    return OBJECT_ID.test(commit)
      ? await this.#run(folder, ['cat-file', 'blob', `${commit}:${name}`])
      : null;
  }

  async #run(folder: string, words: readonly string[]): Promise<Uint8Array | null> {
    if (!this.isTrusted()) {
      return null;
    }
    const options = {
      cwd: folder,
      timeout: TIMEOUT_MS,
      maxBuffer: this.maxBytes,
      encoding: 'buffer' as const,
      env: {
        ...process.env,
        GIT_OPTIONAL_LOCKS: '0',
        GIT_LITERAL_PATHSPECS: '1',
        GIT_NO_LAZY_FETCH: '1',
        GIT_TERMINAL_PROMPT: '0',
      },
    };
    return await new Promise((resolve) => {
      execFile('git', [...SAFE, ...words], options, (error, stdout) => {
        resolve(error === null ? stdout : null);
      });
    });
  }
}
