import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { listRunFolder } from '../../../src/files/list-run-folder.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { readRun } from '../../../src/files/read-run.ts';
import { perfettoBytes, smallRocprofTrace } from '../../support/perfetto-trace.ts';
import { smallProfile, xspaceBytes } from '../../support/xplane-file.ts';

describe('the folder of a profiler', () => {
  let folder = '';
  const { signal } = new AbortController();

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sleuth-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, content: Uint8Array): string {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  it('of JAX: its hosts are the ranks of one run, packed or not', async () => {
    const session = 'plugins/profile/2026_02_20_10_54_20';
    const paths = [
      write(`${session}/node-a.xplane.pb`, xspaceBytes(smallProfile())),
      write(`${session}/node-b.xplane.pb.gz`, gzipSync(xspaceBytes(smallProfile()))),
    ];
    write(`${session}/node-a.kernel_stats.pb`, Uint8Array.of(0x0a, 0x02, 0x08, 0x01));
    const [group, ...others] = groupRuns(await findRunFiles([folder], signal));
    assert.deepEqual(others, []);
    const { ranks } = await readRun(group, { signal });
    assert.deepEqual(
      ranks.map(({ rank, file, trace }) => [rank, file, trace.counts.kept]),
      paths.map((path, rank) => [rank, path, 14]),
    );
    assert.deepEqual((await listRunFolder(paths[0])).sort(), paths);
  });

  it('of rocprofv3: a file for each rank', async () => {
    for (const rank of [0, 1]) {
      write(`rank${rank}/results.pftrace`, perfettoBytes(smallRocprofTrace()));
    }
    const groups = groupRuns(await findRunFiles([folder], signal));
    const { ranks } = await readRun(groups[0], { signal });
    assert.deepEqual(
      [groups.length, ranks.map(({ rank, trace }) => [rank, trace.meta.format])],
      [
        1,
        [
          [0, 'perfetto'],
          [1, 'perfetto'],
        ],
      ],
    );
  });

  it('has protocol buffers without a timeline, which say where it is', async () => {
    const path = write('node.overview_page.pb', Uint8Array.of(0x12, 0x02, 0xff, 0xfe, 0, 1));
    const { problems } = await readTrace(await openFile(path), { signal });
    assert.match(problems[0].reason, /holds no timeline. Open the \*\.xplane\.pb file beside it/);
  });
});
