import { ascend } from './ascend.ts';
import { chrome } from './chrome.ts';
import { flightRecorder } from './flight-recorder.ts';
import type { Format } from './format.ts';
import { horovod } from './horovod.ts';
import { kineto } from './kineto.ts';
import { logs } from './logs.ts';
import { megatron } from './megatron.ts';
import { metrics } from './metrics.ts';
import { nccl } from './nccl.ts';
import { nsys } from './nsys.ts';
import { parquet } from './parquet.ts';
import { perfetto } from './perfetto.ts';
import { ray } from './ray.ts';
import { rocpd } from './rocpd.ts';
import { rocprof } from './rocprof.ts';
import { sagemaker } from './sagemaker.ts';
import { spans } from './spans.ts';
import { tensorflow } from './tensorflow.ts';
import { viztracer } from './viztracer.ts';
import { xplane } from './xplane.ts';

/** All formats, by id. Their order means nothing: the surest wins. */
export const FORMATS: readonly Format[] = [
  ascend,
  chrome,
  flightRecorder,
  horovod,
  kineto,
  logs,
  megatron,
  metrics,
  nccl,
  nsys,
  parquet,
  perfetto,
  ray,
  rocpd,
  rocprof,
  sagemaker,
  spans,
  tensorflow,
  viztracer,
  xplane,
];
