/** Compiles the WebAssembly of the reader, and writes it where the program imports it from. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';

const FOLDER = fileURLToPath(new URL('../src/core/formats/json/', import.meta.url));
const SOURCE = join(FOLDER, 'assembly/scan-object.ts');
const TARGET = join(FOLDER, 'scan-object-code.ts');

const COMPILER = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
const OPTIONS = ['--optimizeLevel=3', '--shrinkLevel=0', '--converge', '--noAssert'];
const MEMORY = ['--runtime=stub', '--enable=simd', '--initialMemory=16'];

/** What `scan-object-code.ts` has to hold. */
export async function compileScanner() {
  const folder = await mkdtemp(join(tmpdir(), 'scan-object-'));
  try {
    const compiled = join(folder, 'scan-object.wasm');
    await promisify(execFile)(process.execPath, [
      ...[COMPILER, SOURCE, `--outFile=${compiled}`],
      ...OPTIONS,
      ...MEMORY,
    ]);
    const code = await readFile(compiled, 'base64');
    const text = `/** Made of assembly/scan-object.ts by \`npm run build:wasm\`; a test compares the two. */\nexport const SCAN_OBJECT_CODE = '${code}';\n`;
    return await format(text, { ...(await resolveConfig(TARGET)), parser: 'typescript' });
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(TARGET, await compileScanner());
}
