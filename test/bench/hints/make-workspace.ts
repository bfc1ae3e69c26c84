import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const LINES = 3_000;
/** Instrumented lines of each script: the report names up to 200 of a run. */
const MARKED = 20;
const EVERY = LINES / MARKED;
const SPAN_US = 100;

export const SPANS_FILE = 'rank0.spans.jsonl';

export function scriptName(index: number): string {
  return `train${index}.py`;
}

/** A script of LINES lines, one of EVERY of them in a span. */
function scriptText(index: number): string {
  return Array.from({ length: LINES }, (_, i) =>
    i % EVERY === 0
      ? `with span("block ${i / EVERY}"): block_${i / EVERY}(batch_${index})`
      : `value_${i} = scale * value_${i - 1} + ${i}`,
  ).join('\n');
}

/** Scripts and the recording of a run whose steps go through all lines of all scripts that are marked. */
export async function makeWorkspace(folder: string, scripts: number, spans: number): Promise<void> {
  const file = createWriteStream(join(folder, SPANS_FILE));
  file.write('{"type":"run","schema":1,"run":"long","rank":0,"worldSize":1}\n');
  for (let index = 0; index < scripts; index++) {
    const text = scriptText(index);
    writeFileSync(join(folder, scriptName(index)), text);
    const blob = createHash('sha1')
      .update(`blob ${Buffer.byteLength(text)}\0${text}`)
      .digest('hex');
    file.write(`{"type":"source","file":"${scriptName(index)}","blob":"${blob}"}\n`);
  }
  const stepSpans = scripts * MARKED;
  for (let begin = 0; begin < spans; begin += stepSpans) {
    const count = Math.min(stepSpans, spans - begin);
    const text = Array.from({ length: count }, (_, i) => spanLine(begin + i, i, begin / stepSpans));
    if (!file.write(text.join(''))) {
      await once(file, 'drain');
    }
  }
  file.end();
  await once(file, 'finish');
}

function spanLine(span: number, place: number, step: number): string {
  const block = place % MARKED;
  const script = scriptName(Math.floor(place / MARKED));
  return `{"type":"span","name":"block ${block}","phase":"forward","step":${step},"ts":${span * SPAN_US},"dur":${SPAN_US - 10 - (span % 7)},"file":"${script}","line":${block * EVERY + 1},"lane":"main"}\n`;
}
