import { TROUBLE_KINDS } from '../simulator/trouble.ts';
import { wrap } from './terminal/wrap.ts';

const INDENT = ' '.repeat(27);

const TROUBLE_LINES = wrap(TROUBLE_KINDS.join(', '), 80 - INDENT.length)
  .map((line) => INDENT + line)
  .join('\n');

export const HELP = `Finds why a training run is slow.

Usage: training-sleuth analyze PATH… [options]
       training-sleuth simulate --out DIR [options]

PATH is a trace or timing file, or a folder that is searched for them: PyTorch
profiler traces (*.json, *.json.gz), Chrome trace events, exports of Nsight
Systems (*.sqlite), profiles of JAX and TensorFlow (*.xplane.pb), Perfetto
traces (*.pftrace), what rocprofv3 writes (*.db, *.json), trace_view.json of
Ascend devices, dumps of NCCL's flight recorder (_dump_0), *.spans.jsonl, logs
with step times (*.log, *.out, *.txt).
Files of one run, such as one file for each rank, are found and analyzed
together. One call analyzes one run: the newest, where the paths hold several.

Options:
  --format text|json|markdown
                           a report to read (default), the whole report as JSON,
                           or one for an issue tracker, on standard output
  --html FILE              also writes the page of the run editor, with the run
                           in it, as one file that opens in any browser
  --fail-on warning|error  exit with 1 when there is a finding of this severity
                           or above, with 4 when the run cannot be judged
  --rank RANKS             only these ranks, such as 0 or 0,3 or 4-7
  --run NAME               the run of this name or in this folder, where the
                           paths hold several
  --baseline PATH          a file or folder of an earlier run to compare with: a
                           slower median step is a finding. With --fail-on,
                           exits with 4 when they cannot be compared
  --memory-limit MB        of traces whose events need more memory, a window of
                           steps is read, and the report says which
  --no-color               no colors, as with NO_COLOR=1 in the environment
  --help                   this text
  --version                the version

Thresholds of detectors come from the nearest .training-sleuth.json beside the
run or in a folder above it: {"detectors": {"data-stall": {"infoPercent": 8}}}.
Its "baseline" names the run to compare with, from the folder of the file.

simulate writes the files of a made-up run, its script train.py, and what is
true of it in truth.json; to try this program, and to test it:
  --out DIR                a new or empty folder
  --trouble KIND=SHARE     slows it down by a share of its steps, 0.3 unless
                           given; more than one can be planted. KIND is one of
${TROUBLE_LINES}
  --ranks N --steps N      how large the run is: 1 and 30 unless given
  --workers N              of each loader, 4 unless given
  --format kineto|spans    traces of PyTorch's profiler (default), or span files
  --stacks                 with Python's stacks in the traces
  --seed N                 the same seed gives the same run

Exit codes:
  0  analyzed
  1  a --fail-on condition is met
  2  wrong usage
  3  nothing readable at PATH
  4  inconclusive, where --fail-on asked for an answer
  74  the report cannot be written, such as to a full disk
  130  ended by Ctrl+C
`;
