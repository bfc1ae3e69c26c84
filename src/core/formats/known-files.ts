import { probeEvents } from './events/probe-events.ts';
import type { Head } from './format.ts';
import { isUtf8 } from './json/utf8.ts';

interface KnownFile {
  readonly isIt: (head: Head, text: string, name: string) => boolean;
  readonly explanation: string;
}

/** What Nsight Systems records, and what it recorded before 2021. */
export const NSIGHT_REPORT = /\.(nsys-rep|qdrep)$/i;

/** Files that people open in the hope of a timeline, best known first. */
const KNOWN_FILES: readonly KnownFile[] = [
  {
    isIt: ({ bytes }) => bytes.length === 0,
    explanation: 'The file is empty. Wait until the training has written it, or record it again.',
  },
  {
    isIt: (_head, _text, name) => NSIGHT_REPORT.test(name),
    explanation:
      'This is a report of Nsight Systems, which only its own program reads. Export it with: nsys export --type sqlite FILE.nsys-rep, and open the *.sqlite file that this writes.',
  },
  {
    isIt: (head) => probeEvents(head).members.has('nodes') || isExecutionTrace(head),
    explanation:
      'This is a PyTorch execution trace: it tells which operators ran, not when. Open the trace that torch.profiler exports with export_chrome_trace instead.',
  },
  {
    isIt: (_, text) => text.startsWith('SQLite format 3'),
    explanation:
      'This is an SQLite database without the tables of an export of Nsight Systems. Open what nsys export --type sqlite writes, a trace of torch.profiler or a *.spans.jsonl file.',
  },
  {
    isIt: ({ bytes }) => bytes[0] === 0x1f && bytes[1] === 0x8b,
    explanation: 'This is gzip packed several times. Unpack it and open what comes out.',
  },
  {
    isIt: (_, text) => text.startsWith('PK\u0003\u0004'),
    explanation: 'This is a zip archive within another. Unpack it and open the trace in it.',
  },
  {
    isIt: ({ bytes }, text) =>
      text.startsWith('BZh') ||
      text.startsWith('7z\u00bc\u00af') ||
      text.startsWith('Rar!') ||
      (bytes[0] === 0xfd && text.startsWith('7zXZ', 1)) ||
      text.startsWith('ustar', 257),
    explanation:
      'This is an archive (tar, xz, bzip2, 7z or rar), which this version does not unpack. Unpack it and open the trace in it.',
  },
  {
    isIt: (_, text) => text.includes('"rocprofiler-sdk-tool"'),
    explanation:
      'This is JSON of rocprofv3, which this version does not read. Write it again with --output-format pftrace, or record with torch.profiler.',
  },
  {
    isIt: ({ bytes }) => bytes[0] === 0x80 && bytes[1] <= 5,
    explanation:
      'This is a Python pickle, such as a memory snapshot, and no dump of the flight recorder; it holds no timeline. Open the trace of torch.profiler instead.',
  },
  {
    isIt: (head) =>
      !isUtf8(head.bytes, 0, Math.max(0, head.bytes.length - 4)) || head.bytes.includes(0),
    explanation:
      'This is a binary file of a kind that is not known. Open a trace that torch.profiler exported as JSON, or a *.spans.jsonl file.',
  },
  {
    isIt: (head) => probeEvents(head).shape === 'lines',
    explanation:
      'These are lines of JSON without trace events or timing spans. Open a *.spans.jsonl file, or a trace that torch.profiler exported.',
  },
  {
    isIt: (head) => probeEvents(head).shape !== null,
    explanation:
      'This is JSON without trace events: there is no traceEvents list in its first part. Open a trace that torch.profiler exported with export_chrome_trace.',
  },
];

/** For people: what a file is that no format knows, and what to do. */
export function explainUnreadable(head: Head, name: string): string {
  const text = new TextDecoder('latin1').decode(head.bytes);
  return (
    KNOWN_FILES.find((known) => known.isIt(head, text, name))?.explanation ??
    'This is not JSON, and no trace of a kind that is known. Open a trace that torch.profiler exported, or a *.spans.jsonl file.'
  );
}

/** https://github.com/pytorch/pytorch/blob/main/torch/csrc/profiler/standalone/execution_trace_observer.cpp */
function isExecutionTrace(head: Head): boolean {
  const { members, shape } = probeEvents(head);
  const text = new TextDecoder('latin1').decode(head.bytes);
  return shape === 'object' && members.has('schema') && /"nodes"\s*:\s*\[/.test(text);
}
