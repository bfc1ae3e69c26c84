import assert from 'node:assert/strict';
import type { RunFile } from '../../../src/core/model/run.ts';
import { groupRuns, withoutStrangers } from '../../../src/core/runs/group-runs.ts';
import { rankFromPath } from '../../../src/core/runs/rank-from-path.ts';

function file(path: string, more: Partial<RunFile> = {}): RunFile {
  return {
    path,
    format: 'kineto',
    rank: rankFromPath(path)?.rank ?? null,
    worldSize: null,
    runName: null,
    sizeBytes: 1_000,
    modifiedMs: 0,
    ...more,
  };
}

/** The runs as names and files, for people. */
function group(files: readonly RunFile[]): [name: string, files: string[]][] {
  return groupRuns(files).map((run) => [
    run.name,
    run.files.map((member) => `${member.rank ?? '-'} ${member.path}`),
  ]);
}

describe('groupRuns', () => {
  it('takes what the recorder profiled of all ranks for one run, beside that of the span files', () => {
    const spans = [0, 1].map((rank) =>
      file(`/runs/resnet/rank${rank}.spans.jsonl`, { format: 'spans', rank, runName: 'resnet' }),
    );
    const traces = ['3-4', '8-8'].flatMap((steps) =>
      [0, 1].map((rank) => file(`/runs/resnet/steps${steps}.rank${rank}.pt.trace.json`)),
    );
    assert.deepEqual(
      groupRuns([...spans, ...traces])
        .map(({ name, files }) => `${name}: ${files.map(({ rank }) => rank).join(' ')}`)
        .sort(),
      ['resnet/steps3-4: 0 1', 'resnet/steps8-8: 0 1', 'resnet: 0 1'],
    );
  });

  it('takes a folder of ranks for one run, in the order of the ranks', () => {
    const files = [10, 2, 0, 1].map((rank) => file(`/runs/a/rank${rank}.pt.trace.json.gz`));
    assert.deepEqual(group(files), [
      ['a', [0, 1, 2, 10].map((rank) => `${rank} /runs/a/rank${rank}.pt.trace.json.gz`)],
    ]);
  });

  it('knows the names that tools give to ranks', () => {
    for (const name of [
      'worker*_step_12.169412820154*.pt.trace.json.gz',
      'sampled_rank-*.json.gz',
      'trace_*.json',
      'rank_0*_of_8.json',
      'tp-rank*.json',
    ]) {
      const files = [0, 1, 2, 3].map((rank) => file(`/x/${name.replaceAll('*', String(rank))}`));
      const runs = groupRuns(files);
      assert.equal(runs.length, 1, name);
      assert.deepEqual(
        runs[0].files.map((member) => member.rank),
        [0, 1, 2, 3],
        name,
      );
    }
  });

  it('takes the hosts of a recording of JAX for one run, with the numbers that their names have', () => {
    const folder = '/logs/plugins/profile/2026_02_20_10_54_20';
    const hosts = ['a-w-1', 'a-w-0', 'a-w-10'].map((host) =>
      file(`${folder}/${host}.xplane.pb`, { format: 'xplane' }),
    );
    assert.deepEqual(
      groupRuns(hosts).map(({ files }) => files.map(({ rank }) => rank)),
      [[0, 1, 10]],
    );
    const named = ['node-b', 'node-a'].map((host) =>
      file(`${folder}/${host}.xplane.pb`, { format: 'xplane' }),
    );
    const other = file('/logs/plugins/profile/2026_02_21_09_00_00/node-a.xplane.pb', {
      format: 'xplane',
      modifiedMs: 1,
    });
    assert.deepEqual(group([...named, other]), [
      ['node-a.xplane.pb', [`- ${other.path}`]],
      ['2026_02_20_10_54_20', ['a', 'b'].map((name) => `- ${folder}/node-${name}.xplane.pb`)],
    ]);
  });

  it('knows ranks by their folders', () => {
    const files = [0, 1].map((rank) => file(`/out/rank${rank}_ascend_pt/trace_view.json`));
    assert.equal(groupRuns(files).length, 1);
    assert.equal(groupRuns(files)[0].folder, '/out');
  });

  it('takes the folders of torch_npu for the ranks that the files in them tell', () => {
    const files = [1, 0].map((rank) =>
      file(`/out/host_${411 + rank}_20250109_ascend_pt/ASCEND_PROFILER_OUTPUT/trace_view.json`, {
        format: 'ascend',
        rank,
      }),
    );
    const [run, ...others] = groupRuns(files);
    assert.deepEqual(others, []);
    assert.equal(run.folder, '/out');
    assert.deepEqual(
      run.files.map(({ rank }) => rank),
      [0, 1],
    );
  });

  it('keeps what is named apart apart', () => {
    const files = [
      file('/x/before-rank-00-chrome-trace.json.gz'),
      file('/x/after-rank-00-chrome-trace.json.gz'),
    ];
    assert.deepEqual(
      groupRuns(files).map((run) => run.name),
      ['x/after', 'x/before'],
    );
  });

  it('keeps a file that has no rank as a run of its own', () => {
    assert.deepEqual(group([file('/x/bert.json'), file('/x/timesformer.json')]), [
      ['bert.json', ['- /x/bert.json']],
      ['timesformer.json', ['- /x/timesformer.json']],
    ]);
  });

  it('does not mix folders, formats or runs', () => {
    const files = [
      file('/a/rank0.json'),
      file('/b/rank1.json'),
      file('/a/rank1.spans.jsonl', { format: 'spans', runName: 'one' }),
      file('/a/rank2.spans.jsonl', { format: 'spans', runName: 'two' }),
    ];
    assert.equal(groupRuns(files).length, 4);
  });

  it('groups what tensorboard_trace_handler wrote by the ranks in the files', () => {
    const files = [0, 1, 2].map((rank) =>
      file(`/tb/node${rank}_${4000 + rank}.169412820154${rank}.pt.trace.json`, {
        rank,
        worldSize: 3,
      }),
    );
    assert.equal(groupRuns(files).length, 1);
  });

  it('takes the process in such a name for no rank', () => {
    assert.equal(rankFromPath('/tb/container_76.1694128201545.pt.trace.json'), null);
    const files = [76, 77].map((pid) => file(`/tb/container_${pid}.1694128201545.pt.trace.json`));
    assert.equal(groupRuns(files).length, 2);
  });

  it('splits the captures of a job, newest first', () => {
    const files = [100, 200].flatMap((second) =>
      [0, 1].map((rank) =>
        file(`/x/worker${rank}.1694128${second}54${rank}.pt.trace.json`, { modifiedMs: second }),
      ),
    );
    assert.deepEqual(group(files), [
      [
        'x (capture 2 of 2)',
        ['0 /x/worker0.1694128200540.pt.trace.json', '1 /x/worker1.1694128200541.pt.trace.json'],
      ],
      [
        'x (capture 1 of 2)',
        ['0 /x/worker0.1694128100540.pt.trace.json', '1 /x/worker1.1694128100541.pt.trace.json'],
      ],
    ]);
  });

  it('splits captures where a rank is missing from one', () => {
    const files = ['0.1694128100540', '0.1694128200540', '1.1694128200541'].map((name) =>
      file(`/x/worker${name}.pt.trace.json`),
    );
    const runs = groupRuns(files);
    assert.deepEqual(runs.map((run) => run.files.length).sort(), [1, 2]);
  });

  it('keeps the files of loader workers with their rank', () => {
    const spans = { format: 'spans', runName: 'aug', worldSize: 2 };
    const files = [
      file('/r/aug/rank0.worker1.spans.jsonl', { ...spans, rank: 0 }),
      file('/r/aug/rank1.spans.jsonl', { ...spans, rank: 1 }),
      file('/r/aug/rank0.spans.jsonl', { ...spans, rank: 0 }),
      file('/r/aug/rank0.worker0.spans.jsonl', { ...spans, rank: 0 }),
    ];
    assert.deepEqual(group(files), [
      [
        'aug',
        [
          '0 /r/aug/rank0.spans.jsonl',
          '0 /r/aug/rank0.worker0.spans.jsonl',
          '0 /r/aug/rank0.worker1.spans.jsonl',
          '1 /r/aug/rank1.spans.jsonl',
        ],
      ],
    ]);
  });

  it('reads paths of Windows', () => {
    const runs = groupRuns([file('C:\\runs\\a\\rank0.json'), file('C:\\runs\\a\\rank1.json')]);
    assert.deepEqual(
      runs.map((run) => [run.name, run.folder]),
      [['a', 'C:/runs/a']],
    );
  });

  it('has each file in exactly one run, under an id of its own', () => {
    const files = [
      '/a/rank0.json',
      '/a/rank1.json',
      '/a/x.json',
      '/b/rank0.json',
      '/a/rank0.2.json',
    ].map((path) => file(path));
    const runs = groupRuns(files);
    assert.deepEqual(
      runs.flatMap((run) => run.files.map((member) => member.path)).sort(),
      files.map((member) => member.path).sort(),
    );
    assert.equal(new Set(runs.map((run) => run.id)).size, runs.length);
  });
});

describe('a file that no format knows', () => {
  const unknown = (path: string, more: Partial<RunFile> = {}) =>
    file(path, { format: 'unknown', ...more });

  it('is in the run whose other ranks are named as it is', () => {
    const spans = { format: 'spans', runName: 'aug', worldSize: 3 };
    const files = [
      unknown('/r/aug/rank0.spans.jsonl'),
      file('/r/aug/rank1.spans.jsonl', { ...spans, rank: 1 }),
      file('/r/aug/rank2.spans.jsonl.gz', { ...spans, rank: 2 }),
      unknown('/r/aug/rank1.worker0.spans.jsonl'),
    ];
    assert.deepEqual(group(files), [
      [
        'aug',
        [
          '0 /r/aug/rank0.spans.jsonl',
          '1 /r/aug/rank1.spans.jsonl',
          '1 /r/aug/rank1.worker0.spans.jsonl',
          '2 /r/aug/rank2.spans.jsonl.gz',
        ],
      ],
    ]);
    const [{ id }] = groupRuns(files);
    assert.equal(id, groupRuns(files.slice(1))[0].id);
    assert.deepEqual(withoutStrangers(files), files);
  });

  it('is in the nearest capture that lacks its rank', () => {
    const files = [
      file('/x/worker0.1694128100540.pt.trace.json'),
      file('/x/worker0.1694128200540.pt.trace.json'),
      unknown('/x/worker1.1694128200541.pt.trace.json'),
    ];
    assert.deepEqual(
      group(files).map(([name, members]) => [name, members.length]),
      [
        ['x (capture 1 of 2)', 1],
        ['x (capture 2 of 2)', 2],
      ],
    );
  });

  it('is in the run of the files that tensorboard_trace_handler wrote beside it', () => {
    const name = (pid: number) => `/tb/node_${pid}.1694128201540.pt.trace.json`;
    const files = [file(name(1), { rank: 0, worldSize: 2 }), unknown(name(2))];
    assert.equal(groupRuns(files).length, 1);
    assert.deepEqual(withoutStrangers(files), files);
    const alone = [file(name(1)), unknown(name(2))];
    assert.equal(groupRuns(alone).length, 2);
    assert.deepEqual(withoutStrangers(alone), [alone[0]]);
  });

  it('is no part of a run whose names it does not share', () => {
    const trace = file('/x/rank0.spans.jsonl', { format: 'spans' });
    for (const path of ['/x/config.json', '/x/rank1_config.json', '/y/rank1.spans.jsonl']) {
      assert.equal(groupRuns([trace, unknown(path)]).length, 2, path);
      assert.deepEqual(withoutStrangers([trace, unknown(path)]), [trace], path);
    }
  });
});

describe('rankFromPath', () => {
  const cases: readonly (readonly [path: string, rank: number | null, worldSize: number | null])[] =
    [
      ['/x/rank3.json', 3, null],
      ['/x/rank-03-chrome-trace.json', 3, null],
      ['/x/rocm-resnet-checkpoint-rank0of8.json.gz', 0, 8],
      ['/x/rank_3_of_8.json', 3, 8],
      ['/x/Rank 12.json', 12, null],
      ['/x/worker3/trace.json', 3, null],
      ['/rank1/worker0.spans.jsonl', 0, null],
      ['/x/rank2.worker1.spans.jsonl', 2, null],
      ['/x/trace_7.json.gz', 7, null],
      ['/x/frank3.json', null, null],
      ['/x/hta-nccl-2024.json.gz', null, null],
      ['/x/trace_2024.json', null, null],
      ['/x/step_12.json', null, null],
      ['/x/resnet50.json', null, null],
      ['/x/rank.json', null, null],
      ['rank5', 5, null],
      ['', null, null],
    ];
  for (const [path, rank, worldSize] of cases) {
    it(`${path || 'nothing'} is ${rank === null ? 'of no rank' : `rank ${rank}`}`, () => {
      const found = rankFromPath(path);
      assert.equal(found?.rank ?? null, rank);
      assert.equal(found?.worldSize ?? null, worldSize);
    });
  }
});
