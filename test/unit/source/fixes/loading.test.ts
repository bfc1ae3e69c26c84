import assert from 'node:assert/strict';
import { nonBlocking } from '../../../../src/core/source/fixes/non-blocking.ts';
import { numWorkers } from '../../../../src/core/source/fixes/num-workers.ts';
import { persistentWorkers } from '../../../../src/core/source/fixes/persistent-workers.ts';
import { pinMemory } from '../../../../src/core/source/fixes/pin-memory.ts';
import { prefetchFactor } from '../../../../src/core/source/fixes/prefetch-factor.ts';
import { applyFixer, findingOf, offerAt } from './apply-fixer.ts';

const IMPORT = 'from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset\n';

const workers = (text: string, line?: number): string | null =>
  applyFixer(numWorkers, IMPORT + text, line === undefined ? {} : { line })?.slice(IMPORT.length) ??
  null;

describe('workers for a loader', () => {
  it('are added in the style of the call', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['a = DataLoader(d, 8)\n', 'a = DataLoader(d, 8, num_workers=4)\n'],
      ['a = DataLoader(d, 8,)\n', 'a = DataLoader(d, 8, num_workers=4,)\n'],
      ['a = DataLoader(d, n = 8)\n', 'a = DataLoader(d, n = 8, num_workers = 4)\n'],
      [
        'a = DataLoader(\n    d,\n    batch_size=8,\n)\n',
        'a = DataLoader(\n    d,\n    batch_size=8,\n    num_workers=4,\n)\n',
      ],
      [
        'a = DataLoader(\n\td,\n\tbatch_size=8  # small\n)\n',
        'a = DataLoader(\n\td,\n\tbatch_size=8,  # small\n\tnum_workers=4\n)\n',
      ],
      [
        'a = DataLoader(\n    d,\n    batch_size=8,  # small\n)\n',
        'a = DataLoader(\n    d,\n    batch_size=8,  # small\n    num_workers=4,\n)\n',
      ],
      [
        'a = DataLoader(d,\r\n               batch_size=8)\r\n',
        'a = DataLoader(d,\r\n               batch_size=8,\r\n               num_workers=4)\r\n',
      ],
      ['a = DataLoader(d, 8, num_workers=0)\n', 'a = DataLoader(d, 8, num_workers=4)\n'],
      [
        'a = DataLoader(d, 8, True, None, None, 0)\n',
        'a = DataLoader(d, 8, True, None, None, 4)\n',
      ],
    ];
    for (const [before, after] of cases) {
      assert.equal(workers(before), after);
    }
  });

  it('are changed where the number is given: a variable, an option, a field, a parameter', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['N = 0\na = DataLoader(d, num_workers=N)\n', 'N = 4\na = DataLoader(d, num_workers=N)\n'],
      [
        'p.add_argument("-j", "--num-workers", type=int, default=0)\na = DataLoader(d, num_workers=args.num_workers)\n',
        'p.add_argument("-j", "--num-workers", type=int, default=4)\na = DataLoader(d, num_workers=args.num_workers)\n',
      ],
      [
        'class C:\n    workers: int = 0\na = DataLoader(d, num_workers=c.workers)\n',
        'class C:\n    workers: int = 4\na = DataLoader(d, num_workers=c.workers)\n',
      ],
      [
        'def f(d, n: int = 0):\n    return DataLoader(d, num_workers=n)\nf(d)\n',
        'def f(d, n: int = 4):\n    return DataLoader(d, num_workers=n)\nf(d)\n',
      ],
    ];
    for (const [before, after] of cases) {
      assert.equal(workers(before), after);
    }
  });

  it('go to the loader that the line is about', () => {
    const two = [
      'def build():',
      '    train = DataLoader(a, 8, shuffle=True)',
      '    val = DataLoader(b, 8)',
      '    return train, val',
      'def fit(model, batches):',
      '    for x, y in tqdm(enumerate(batches)):',
      '        loss.backward()',
      'first, second = build()',
      'fit(m, first)',
      'for x in second:  # line 9',
      '    pass',
      '',
    ].join('\n');
    const changed = (line: number): string | undefined =>
      workers(two, line)
        ?.split('\n')
        .find((text) => text.includes('num_workers'))
        ?.trim();
    assert.equal(changed(8), 'train = DataLoader(a, 8, shuffle=True, num_workers=4)');
    assert.equal(changed(11), 'val = DataLoader(b, 8, num_workers=4)');
    assert.equal(changed(4), 'val = DataLoader(b, 8, num_workers=4)');
    assert.equal(changed(1), 'train = DataLoader(a, 8, shuffle=True, num_workers=4)');
  });

  it('are as many as the finding says that keep up', () => {
    const text = `${IMPORT}a = DataLoader(d)\n`;
    const number = (percent: number): string | undefined =>
      /num_workers=(\d+)/.exec(
        applyFixer(numWorkers, text, { finding: findingOf('data-stall', percent) }) ?? '',
      )?.[1];
    // Loading takes p / (100 - p) of the rest, and a quarter more than that are taken.
    assert.equal(number(10), '2');
    assert.equal(number(75), '4');
    assert.equal(number(85), '8');
    assert.equal(number(99), '8');
    const fix = offerAt(numWorkers, text, { finding: findingOf('data-stall', 75) });
    assert.match(fix?.explanation ?? '', /75 % of the step, 3\.0 times the rest/);
  });

  it('are not offered where that is not safe', () => {
    const unsafe: readonly string[] = [
      'a = DataLoader(d, **options)\n',
      'a = DataLoader(*arguments)\n',
      'a = DataLoader(d, num_workers=2)\n',
      'a = DataLoader(d, num_workers=os.cpu_count())\n',
      'a = DataLoader(d, num_workers=0 if debug else 8)\n',
      'n = 0\nn = 2\na = DataLoader(d, num_workers=n)\n',
      'n = 0\nif fast:\n    n += 2\na = DataLoader(d, num_workers=n)\n',
      'def f(d, n=0):\n    return DataLoader(d, num_workers=n)\nf(d, 0)\n',
      'p.add_argument("--n", default=0)\np.set_defaults(n=0)\na = DataLoader(d, num_workers=args.n)\n',
      'class S(IterableDataset):\n    def __iter__(self):\n        yield 1\na = DataLoader(S())\n',
      'a = DataLoader(load_stream(path))\n',
      'a = DataLoader(TensorDataset(x.cuda(), y.cuda()))\n',
      'a = DataLoader(TensorDataset(x.to(device)))\n',
      'class D(Dataset):\n    def __getitem__(self, i):\n        return self.x[i].to("cuda")\nd = D()\na = DataLoader(d)\n',
      'a = DataLoader(d, 8\nfor x in a:\n    pass\n',
    ];
    for (const text of unsafe) {
      assert.equal(offerAt(numWorkers, IMPORT + text), null, text);
    }
    const other = 'from mine import DataLoader\na = DataLoader(d)\n';
    assert.equal(offerAt(numWorkers, other), null);
    const own = 'class DataLoader:\n    pass\na = DataLoader(d)\n';
    assert.equal(offerAt(numWorkers, own), null);
  });

  it('are offered for an iterable dataset that splits itself', () => {
    const text =
      'class S(IterableDataset):\n    def __iter__(self):\n        i = get_worker_info()\na = DataLoader(S())\n';
    assert.match(workers(text) ?? '', /num_workers=4/);
  });
});

describe('what needs workers', () => {
  it('is given a condition where their number is only known later', () => {
    const keep = (text: string): string | null => applyFixer(persistentWorkers, IMPORT + text);
    assert.match(keep('a = DataLoader(d, num_workers=2)\n') ?? '', /2, persistent_workers=True\)/);
    assert.match(
      keep('a = DataLoader(d, num_workers=args.n)\n') ?? '',
      /args\.n, persistent_workers=args\.n > 0\)/,
    );
    assert.equal(keep('a = DataLoader(d)\n'), null);
    assert.equal(keep('a = DataLoader(d, num_workers=0)\n'), null);
    assert.equal(keep('a = DataLoader(d, num_workers=f())\n'), null);
    assert.equal(keep('a = DataLoader(d, num_workers=2, persistent_workers=keep)\n'), null);
  });

  it('lets more batches wait only where there are workers for sure', () => {
    const ahead = (text: string): string | null => applyFixer(prefetchFactor, IMPORT + text);
    assert.match(ahead('a = DataLoader(d, num_workers=2)\n') ?? '', /prefetch_factor=4\)/);
    assert.match(
      ahead('a = DataLoader(d, num_workers=2, prefetch_factor=2)\n') ?? '',
      /2, prefetch_factor=4\)/,
    );
    assert.equal(ahead('a = DataLoader(d, num_workers=2, prefetch_factor=8)\n'), null);
    assert.equal(ahead('a = DataLoader(d, num_workers=args.n)\n'), null);
    assert.equal(ahead('a = DataLoader(d)\n'), null);
  });
});

describe('pinned memory', () => {
  const pin = (text: string): string | null => applyFixer(pinMemory, IMPORT + text);

  it('is offered where a GPU is used', () => {
    assert.match(
      pin('a = DataLoader(d)\nmodel.cuda()\n') ?? '',
      /a = DataLoader\(d, pin_memory=True\)/,
    );
    assert.match(
      pin('a = DataLoader(d, pin_memory=False)\nx.to("cuda:0")\n') ?? '',
      /\(d, pin_memory=True\)/,
    );
    assert.equal(pin('a = DataLoader(d)\n'), null);
    assert.equal(pin('a = DataLoader(d, pin_memory=use_cuda)\nx.cuda()\n'), null);
    assert.equal(pin('a = DataLoader(d, **k)\nx.cuda()\n'), null);
    assert.equal(
      pin('def collate(b):\n    return b.to(device)\na = DataLoader(d, collate_fn=collate)\n'),
      null,
    );
  });
});

describe('copies that nobody waits for', () => {
  const copy = (text: string): string | null => applyFixer(nonBlocking, text);

  it('are those of the batch', () => {
    const before = [
      'model.to(device)',
      'for i, (x, y) in enumerate(loader):  # here',
      '    x, y = x.to(device), y.cuda()',
      '    m = mask.to(device)',
      '    z = x.to(torch.float16)',
      '    c = x.to("cpu")',
      '    w = y.to(device, torch.long, False)',
      '    loss.backward()',
      '',
    ].join('\n');
    assert.equal(
      copy(before),
      before
        .replace(
          'x.to(device), y.cuda()',
          'x.to(device, non_blocking=True), y.cuda(non_blocking=True)',
        )
        .replace('torch.long, False', 'torch.long, True'),
    );
  });

  it('are those of a batch of names', () => {
    const before =
      'for batch in loader:  # here\n    b = {k: v.to(device) for k, v in batch.items()}\n';
    assert.equal(copy(before), before.replace('to(device)', 'to(device, non_blocking=True)'));
  });

  it('are not offered where they are, or where the batch may not know them', () => {
    const head = 'for batch in loader:  # here\n';
    assert.equal(copy(`${head}    x = batch.to(device, non_blocking=True)\n`), null);
    assert.equal(copy(`${head}    x = batch.to(**where)\n`), null);
    assert.equal(
      copy(`from transformers import AutoModel\n${head}    batch = batch.to(device)\n`),
      null,
    );
    assert.equal(copy(`${head}    x = batch.to(device)\n    y = (\n`), null);
  });
});
