const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'you have no permission to read it',
  EPERM: 'you have no permission to read it',
  EISDIR: 'it is a folder, not a file',
  EMFILE: 'too many files are open',
};

/** The outside world is not as it was said to be; the message names the path and the reason. */
export class FileError extends Error {
  override readonly name = 'FileError';

  constructor(
    readonly path: string,
    cause: unknown,
  ) {
    super(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
