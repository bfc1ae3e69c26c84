import { checkCase } from '../../fuzz/check-case.ts';
import { corpus } from '../../fuzz/corpus.ts';
import { makeCase } from '../../fuzz/fuzz-case.ts';

const SEED = 5;
const CASES = 400;

describe('fuzz', () => {
  it(`${CASES} mutated files of all formats are read without harm`, async () => {
    const samples = corpus();
    for (let index = 0; index < CASES; index++) {
      try {
        await checkCase(makeCase(samples, SEED, index));
      } catch (error) {
        throw new Error(`npm run fuzz -- --seed ${SEED} --case ${index}`, { cause: error });
      }
    }
  }).timeout(120_000);
});
