import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const VERSION = '1.25.0';
const SHA512 =
  'cpf9HWTZf1ijLXBJrk87Ve/54tnYx6rlf0gUThvn3ook6h63hLXVOQiMf44PT+XoV503cPfvfiT5gP5vojp6Ag==';

export const SPEEDSCOPE_NAME = `speedscope ${VERSION}`;

/** Fetches speedscope's released package once; gives the folder of its page. Throws where it is not the one known. */
export function fetchSpeedscope(folder: string): string {
  const release = join(folder, 'package/dist/release');
  if (!existsSync(release)) {
    mkdirSync(folder, { recursive: true });
    execFileSync('npm', ['pack', `speedscope@${VERSION}`, '--pack-destination', folder]);
    const file = join(folder, `speedscope-${VERSION}.tgz`);
    const sha512 = createHash('sha512').update(readFileSync(file)).digest('base64');
    if (sha512 !== SHA512) {
      throw new Error(`${file} is not the package that was published: delete it and try again`);
    }
    execFileSync('tar', ['xzf', file, '-C', folder]);
  }
  return release;
}
