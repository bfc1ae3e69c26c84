/**
 * npm run score [-- --runs 500] [--seed N] [--out FILE] [--verbose]
 * Draws runs whose troubles are known, and prints how many of them the analysis names.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { drawCase, type ScoreCase } from './draw-case.ts';
import type { CaseResult } from './judge-case.ts';
import { runCase } from './run-case.ts';
import { say, scoreOf, tableOf, TARGETS } from './score-table.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '500' },
    seed: { type: 'string' },
    out: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
  throw new Error('--runs and --seed are whole numbers');
}

const results: CaseResult[] = [];
let next = seed;
while (results.length < runs) {
  const one = drawCase(next++);
  const result = await runCase(one);
  if (result === null) {
    continue;
  }
  results.push(result);
  if (values.verbose || isWrong(result)) {
    process.stdout.write(`${describe(one, result)}\n`);
  }
  process.stderr.write(`\r${results.length} of ${runs}`);
}
process.stderr.write('\r');
const text = documentOf();
process.stdout.write(`\n${text}`);
if (values.out !== undefined) {
  writeFileSync(values.out, text);
}

function isWrong({ troubles, alarms, failures }: CaseResult): boolean {
  return (
    failures.length > 0 ||
    (troubles.length === 0 && alarms.length > 0) ||
    troubles.some(
      ({ isFound, isRightRank, isRightLine }) =>
        !isFound || isRightRank === false || isRightLine === false,
    )
  );
}

function describe({ seed: own, kinds, severity, config }: ScoreCase, result: CaseResult): string {
  const { format, stacks, annotations, profilerSteps } = config.recording;
  const shape = [
    `${config.ranks} ranks`,
    format,
    stacks ? 'stacks' : '',
    annotations ? 'annotations' : '',
    profilerSteps ? 'marked' : '',
    `loss read every ${config.lossReadEvery}`,
    `${config.microBatches} micro-batches`,
  ];
  const told = result.troubles.map(
    ({ kind, place, isRightRank, isRightLine, savingError }) =>
      `${kind} at ${place}, rank ${isRightRank}, line ${isRightLine}, saving ${savingError?.toFixed(2) ?? '-'}`,
  );
  return [
    `${own}: ${kinds.join(' + ') || 'healthy'} of ${severity.toFixed(2)}; ${shape.filter(Boolean).join(', ')}`,
    ...told.map((line) => `    ${line}`),
    `    alarms: ${result.alarms.join(', ') || 'none'}`,
    ...result.failures.map((failure) => `    failed: ${failure}`),
  ].join('\n');
}

function documentOf(): string {
  const score = scoreOf(results);
  const healthy = results.filter(({ troubles }) => troubles.length === 0).length;
  const lines: [string, string, string][] = [
    ['planted trouble comes first', say(score.foundPercent), `at least ${TARGETS.foundPercent} %`],
    ['right rank', say(score.rankPercent), `at least ${TARGETS.rankPercent} %`],
    ['right line', say(score.linePercent), `at least ${TARGETS.linePercent} %`],
    [
      'median error of the saving',
      say(100 * score.savingError),
      `at most ${100 * TARGETS.savingError} %`,
    ],
    ['healthy runs with a warning', say(score.alarmPercent), `at most ${TARGETS.alarmPercent} %`],
    ['what comes first was planted', say(score.precisionPercent), ''],
  ];
  return `# Score

${runs} simulated runs, seeds ${seed} to ${next - 1}, ${healthy} of them healthy; ${next - seed - runs} draws left out, in which a trouble cost less than 5 % of the step or the files cannot name it; ${new Date().toISOString().slice(0, 10)}. Made by \`npm run score\`.

| | measured | target |
| --- | --- | --- |
${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

${tableOf(results)}

Found first: among the first findings, as many as troubles are planted. Lines are judged where the files name any: span files, and traces with stacks. The saving is judged against the same run without the trouble, from the same random draws, by the mean step.
`;
}
