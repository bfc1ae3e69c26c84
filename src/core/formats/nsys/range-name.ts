/** What the text of an NVTX range says. */
export interface RangeName {
  readonly name: string;
  /** Autograd's number of the node that `emit_nvtx` wrote, plus 1; 0 is none. */
  readonly autograd: number;
  readonly isOperator: boolean;
  /** The number of the training step that the range is, plus 1; 0 where it is none. */
  readonly step: number;
}

/**
 * `aten::add, seq = 12, op_id = 345, sizes = [[2, 3]]`
 * https://github.com/pytorch/pytorch/blob/main/torch/csrc/profiler/util.cpp, `getNvtxStr`
 */
const EMITTED = /^(.*?)(?:, seq = (\d{1,9}))?, op_id = \d+(?:, |$)/s;

/** What autograd and the libraries below PyTorch call their operators. */
const OPERATOR = /^(?!(?:nccl|gloo|mpi|ucc|xccl):)[a-z_][a-z0-9_.]*::/;

/** What people call the range of a step: `step 12`, `Iteration_3`, `train_step#5`. */
const STEP = /^(?:global|train(?:ing)?)?[ _-]?(?:step|iter|iteration)[ _#:=-]*(\d{1,9})$/i;

export function readRangeName(text: string): RangeName {
  const emitted = EMITTED.exec(text);
  if (emitted === null) {
    const step = STEP.exec(text)?.[1];
    return {
      name: text,
      autograd: 0,
      isOperator: false,
      step: step === undefined ? 0 : Number(step) + 1,
    };
  }
  const name = emitted[1];
  const sequence = emitted[2] as string | undefined;
  return {
    name,
    autograd: sequence === undefined ? 0 : Number(sequence) + 1,
    isOperator: sequence !== undefined || OPERATOR.test(name),
    step: 0,
  };
}
