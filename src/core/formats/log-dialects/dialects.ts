import type { LogDialect } from '../log-lines/log-dialect.ts';
import { deepspeed, deepspeedPipeline } from './deepspeed.ts';
import { dlrover } from './dlrover.ts';
import { lightning } from './lightning.ts';
import { megatron } from './megatron.ts';
import { meters } from './meters.ts';
import { mlperf } from './mlperf.ts';
import { llmc, moddedNanogpt, nanogpt } from './nanogpt.ts';
import { torchtitan } from './torchtitan.ts';

/** Of dialects that tell of as many steps, the first tells the steps. */
export const LOG_DIALECTS: readonly LogDialect[] = [
  megatron,
  deepspeedPipeline,
  deepspeed,
  torchtitan,
  nanogpt,
  llmc,
  moddedNanogpt,
  meters,
  mlperf,
  dlrover,
  lightning,
];
