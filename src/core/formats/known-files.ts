import { probeEvents } from './events/probe-events.ts';
import type { Head } from './format.ts';
import { isUtf8 } from './json/utf8.ts';

interface KnownFile {
  readonly isIt: (head: Head, text: string, name: string) => boolean;
  readonly explanation: string;
}

/** What Nsight Systems records, and what it recorded before 2021. */
export const NSIGHT_REPORT = /\.(nsys-rep|qdrep)$/i;

const TRACE_INSTEAD =
  'Open the trace that torch.profiler exports with export_chrome_trace instead.';

/** Files that people open in the hope of a timeline, best known first. */
const KNOWN_FILES: readonly KnownFile[] = [
  {
    isIt: ({ bytes }) => bytes.length === 0,
    explanation: 'The file is empty. Wait until the training has written it, or record it again.',
  },
  {
    isIt: (_head, _text, name) => NSIGHT_REPORT.test(name),
    explanation:
      'This is a report of Nsight Systems, which only its own program reads. Export it with: nsys export --type sqlite FILE.nsys-rep, and open the *.sqlite file that this writes; in VS Code, the menu of the file does both where nsys is installed.',
  },
  {
    isIt: (_head, _text, name) => /\.qdstrm$/i.test(name),
    explanation:
      'This is the raw recording of Nsight Systems. Import it with its QdstrmImporter, export the report that this gives with: nsys export --type sqlite FILE.nsys-rep, and open the *.sqlite file.',
  },
  {
    isIt: (_head, _text, name) => /\.ncu-rep$/i.test(name),
    explanation:
      'This is a report of Nsight Compute: it tells how single kernels run, not when. Open it in Nsight Compute (ncu-ui); for a timeline record with torch.profiler or nsys profile.',
  },
  {
    isIt: isExecutionTrace,
    explanation: `This is a PyTorch execution trace (Chakra): it tells which operators ran, on what and after which, not when. Tools that replay or simulate runs read it. ${TRACE_INSTEAD}`,
  },
  {
    isIt: isMemorySnapshot,
    explanation: `This is a snapshot of the memory of CUDA, as torch.cuda.memory._dump_snapshot writes it: it tells what was allocated where, and no times of operations. Drop it onto https://pytorch.org/memory_viz, which keeps it in the browser. ${TRACE_INSTEAD}`,
  },
  {
    isIt: (_, text) => /^\s*<(?:!doctype html|html|head|body|div|img)\b/i.test(text),
    explanation: `This is a web page, as export_memory_timeline, memory_viz and many profilers write. Open it in a browser: it holds pictures, not the trace they were made of. ${TRACE_INSTEAD}`,
  },
  {
    isIt: (_, text) => /^\s*<(?:\?xml|svg)\b/i.test(text),
    explanation:
      'This is a picture (SVG), such as a flame graph of py-spy. Record again with: py-spy record --format chrometrace, and open what that writes.',
  },
  {
    isIt: (_, text) => text.includes('https://www.speedscope.app/file-format-schema.json'),
    explanation:
      'This is a profile of samples for speedscope: it tells how often functions were seen, not when each ran. Open it there (https://www.speedscope.app), or record again with: py-spy record --format chrometrace, and open what that writes.',
  },
  {
    isIt: (_, text) => /^\s*\{\s*"nodes"\s*:[^]{0,4000}"(?:callFrame|hitCount)"/.test(text),
    explanation:
      'This is a CPU profile of V8. Open it in the developer tools of Chrome or in VS Code itself: it holds no training.',
  },
  {
    isIt: (_, text) => text.startsWith(':W&B'),
    explanation:
      'This is the log of a run of Weights & Biases, which only its own program reads. Write its history as JSON lines instead (wandb.Api().run(PATH).scan_history()), beside the trace: its metrics are then counters on the timeline.',
  },
  {
    isIt: (_, text) => /"log_history"\s*:\s*\[/.test(text),
    explanation:
      'This is the state of a Trainer of Hugging Face: it has losses by step and no times. Record a trace with torch.profiler, or add timing spans.',
  },
  {
    isIt: (_, text, name) =>
      /\.(?:safetensors|ckpt|pth?|bin|gguf)$/i.test(name) && !/^\s*[[{]/.test(text),
    explanation: `This looks like weights of a model, by its name. ${TRACE_INSTEAD}`,
  },
  {
    isIt: (_, text) =>
      text.startsWith('SQLite format 3') && /dlprof|view_iterations_profiled/i.test(text),
    explanation:
      'This is a database of DLProf, whose tables are known to its own viewer alone. Open the nsys_profile.sqlite that DLProf wrote beside it: it has the same recording.',
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
    isIt: ({ bytes }) => bytes[0] === 0x80 && bytes[1] <= 5,
    explanation: `This is a Python pickle, and neither a dump of the flight recorder nor a snapshot of memory; it holds no timeline. ${TRACE_INSTEAD}`,
  },
  {
    isIt: (_head, _text, name) => /\.pb(\.gz)?$/i.test(name),
    explanation:
      'This is a protocol buffer, such as a summary or a compiled program that the profilers of JAX and TensorFlow write; it holds no timeline. Open the *.xplane.pb file beside it.',
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

/**
 * As JSON of any version, with its nodes in the head or behind it, and as the protocol buffers of Chakra.
 * https://github.com/pytorch/pytorch/blob/main/torch/csrc/profiler/standalone/execution_trace_observer.cpp
 * https://github.com/mlcommons/chakra/blob/main/schema/protobuf/et_def.proto
 */
function isExecutionTrace(head: Head, text: string, name: string): boolean {
  const { members, shape } = probeEvents(head);
  const isOfChakra = /^\s*\{[^{[]{0,400}"schema"\s*:\s*"[\d.]+(?:-chakra[\d.]*)?"/.test(text);
  const hasNodes = members.has('nodes') || /"nodes"\s*:\s*\[/.test(text);
  const isOfOperators = /"(?:rf_id|op_schema|ctrl_deps)"|\[pytorch\|profiler\|execution_/.test(
    text,
  );
  const isJson =
    shape === 'object' &&
    ((isOfChakra && (hasNodes || members.has('start_ts'))) || (hasNodes && isOfOperators));
  return isJson || (shape === null && /\.et$/i.test(name));
}

/** A pickle, or the same as JSON. https://github.com/pytorch/pytorch/blob/main/torch/cuda/memory.py, `_snapshot` */
function isMemorySnapshot({ bytes }: Head, text: string): boolean {
  const isPickle = bytes[0] === 0x80 && bytes[1] <= 5;
  const isJson = /^\s*\{\s*"(?:segments|device_traces|allocator_settings)"\s*:/.test(text);
  const hasKeys = ['segments', 'device_traces', 'allocator_settings'].some((key) =>
    text.includes(key),
  );
  return (
    isJson ||
    (isPickle && hasKeys && /segment_type|total_size|active_size|device_traces/.test(text))
  );
}
