/** A frame of a Python stack as profilers write it: `train.py(61): main`. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly function: string;
}

/** In characters; longer names are no paths. */
const MAX_FRAME_LENGTH = 2_000;

/** Packages and modules that profilers write without their folder, because it is on `sys.path`. */
const LIBRARY_TOPS = new Set(
  (
    'torch torchvision torchaudio torchtext torchdata torchrec torchtitan functorch numpy scipy pandas sklearn PIL cv2 ' +
    'transformers accelerate datasets tokenizers diffusers peft timm deepspeed megatron apex lightning ' +
    'pytorch_lightning lightning_fabric flash_attn xformers triton einops fsspec tqdm wandb mlflow tensorboard hydra ' +
    'omegaconf ray horovod jax flax tensorflow keras vllm sglang triton IPython ipykernel tornado click ' +
    'multiprocessing concurrent asyncio collections importlib json logging unittest encodings ctypes email http urllib xml'
  ).split(' '),
);
const LIBRARY_MODULES = new Set(
  (
    'abc ast bdb bisect codecs contextlib contextvars copy copyreg csv dataclasses dis enum fnmatch functools gc ' +
    'genericpath getpass glob gzip hashlib heapq hmac inspect io keyword linecache locale numbers operator os pathlib ' +
    'pdb pickle pkgutil platform posixpath pprint profile queue random re reprlib runpy selectors shutil signal socket ' +
    'socketserver sre_compile sre_parse ssl stat statistics string struct subprocess tarfile tempfile textwrap ' +
    'threading time timeit tokenize traceback types typing typing_extensions uuid warnings weakref zipfile six'
  ).split(' '),
);

/** Null for names of other kinds, such as `<built-in method …>` and `nn.Module: …`. */
export function parseFrame(text: string): Frame | null {
  const match = /^\s*(.+?\.(?:py|pyx|ipynb))\((\d+)\): (.+?)\s*$/s.exec(
    text.slice(0, MAX_FRAME_LENGTH),
  );
  if (match === null) {
    return null;
  }
  const [, file, line, name] = match;
  return Number(line) < 1 ? null : { file, line: Number(line), function: name };
}

/** Whether a frame is in code that the user wrote, as far as its path tells. */
export function isUserFile(file: string): boolean {
  const path = file.replaceAll('\\', '/');
  if (
    /(^|\/)(site-packages|dist-packages)\/|\/lib\/python\d|^<|\/torch\/|<frozen|<string>/.test(path)
  ) {
    return false;
  }
  const isAbsolute = /^(\/|[A-Za-z]:)/.test(path);
  if (isAbsolute) {
    return true;
  }
  const [top = '', ...rest] = path.split('/');
  return rest.length === 0
    ? !LIBRARY_MODULES.has(top.replace(/\.py$/, ''))
    : !LIBRARY_TOPS.has(top);
}
