import { diskVersion } from './disk-version.ts';

/** What was read of files, those asked for last; read again once a file has changed on disk. */
export class KeptByFile<T> {
  readonly #keptByPath = new Map<string, { readonly version: string; readonly read: Promise<T> }>();

  constructor(
    private readonly maxFiles: number,
    private readonly onRead: (path: string) => Promise<T>,
  ) {}

  async read(path: string): Promise<T> {
    const version = await diskVersion(path);
    const known = this.#keptByPath.get(path);
    if (known?.version === version) {
      return await known.read;
    }
    const read = this.onRead(path);
    this.#keptByPath.delete(path);
    this.#keptByPath.set(path, { version, read });
    const [oldest] = this.#keptByPath.keys();
    if (this.#keptByPath.size > this.maxFiles && oldest !== undefined) {
      this.#keptByPath.delete(oldest);
    }
    return await read;
  }

  forget(path: string): void {
    this.#keptByPath.delete(path);
  }
}
