import assert from 'node:assert/strict';
import { describeSelection } from '../../../src/core/timeline/describe-selection.ts';
import { readWindow } from '../../../src/core/timeline/read-window.ts';
import { layOutFlows } from '../../../webview/timeline/flows.ts';
import { layOutWindow } from '../../../webview/timeline/layout.ts';
import { layOutTracks } from '../../../webview/timeline/tracks.ts';
import { tellRun } from '../../support/story-runs.ts';

describe('arrows on the timeline', () => {
  const analysis = tellRun([
    {
      lanes: [
        {
          name: 'main',
          kind: 'thread',
          spans: [{ name: 'launch', start: 100, duration: 50, category: 'runtime' }],
        },
        {
          name: 'stream 7',
          kind: 'stream',
          spans: [
            { name: 'gemm', start: 400, duration: 200, category: 'kernel', launchedBy: 'launch' },
          ],
        },
      ],
    },
  ]);
  const lanes = (['main', 'stream 7'] as const).map((name, lane) => ({
    ...{ lane, name, kind: 'thread' as const, depthCount: 1, spanCount: 1, isMain: false },
  }));
  const { tracks } = layOutTracks([{ rank: 0, deviceName: null, lanes }], new Set([0]));
  const rows = lanes.map(({ lane }) => ({ rank: 0, lane }));
  const request = { startNs: 0, endNs: 1000, widthPx: 500, rows };
  const data = { request, ...readWindow(analysis, request) };

  function arrows(index: number, range = { startNs: 0, endNs: 1000 }) {
    const boxes = layOutWindow(data, tracks, { range, width: 500, height: 400, scrollTop: 0 });
    return layOutFlows(data, boxes, describeSelection(analysis, { kind: 'span', rank: 0, index })!);
  }

  it('lead from the end of a launch to the begin of its kernel, whichever is selected', () => {
    const y = (i: number) => tracks[i].top + (tracks[i].levelHeight - 1) / 2;
    const expected = [{ from: [75, y(1)], to: [200, y(2)] }];
    assert.deepEqual(arrows(0), expected);
    assert.deepEqual(arrows(1), expected);
  });

  it('are left out where an end is not in view', () => {
    assert.deepEqual(arrows(1, { startNs: 300, endNs: 1000 }), []);
  });
});
