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
    'multiprocessing concurrent asyncio collections importlib json logging unittest encodings ctypes email http urllib xml ' +
    're dbm sqlite3 zoneinfo tomllib wsgiref xmlrpc curses distutils ensurepip'
  ).split(' '),
);
const LIBRARY_MODULES = new Set(
  (
    'abc aifc argparse ast asynchat asyncore base64 bdb bisect bz2 cProfile cgi cgitb chunk codecs codeop colorsys ' +
    'compileall configparser contextlib contextvars copy copyreg crypt csv dataclasses datetime decimal difflib dis ' +
    'doctest enum filecmp fileinput fnmatch fractions ftplib functools genericpath getopt getpass gettext glob ' +
    'graphlib gzip hashlib heapq hmac html imaplib imghdr imp inspect io ipaddress keyword linecache locale lzma ' +
    'mailbox mailcap mimetypes modulefinder msilib netrc nntplib ntpath nturl2path numbers opcode operator optparse ' +
    'os pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posixpath pprint profile pstats pty ' +
    'py_compile pyclbr pydoc pydoc_data queue quopri random re reprlib rlcompleter runpy secrets selectors shelve ' +
    'shlex shutil signal six smtpd smtplib sndhdr socket socketserver sre_compile sre_constants sre_parse ssl stat ' +
    'statistics string stringprep struct subprocess sunau symtable sysconfig tabnanny tarfile telnetlib tempfile ' +
    'textwrap threading timeit tokenize traceback tracemalloc tty types typing typing_extensions uu uuid warnings ' +
    'wave weakref webbrowser xdrlib zipapp zipfile zipimport'
  ).split(' '),
);

/** Null for names of other kinds, such as `<built-in method …>` and `nn.Module: …`. */
export function parseFrame(text: string): Frame | null {
  const match = /^\s*(.+?\.(?:py|pyx|ipynb)|<[^<>]+>)\((\d+)\): (.+?)\s*$/s.exec(
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
  if (isNotebookFile(path)) {
    return true;
  }
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

/** Functions by which decorators and hooks stand around what the code calls; they tell nothing of it. */
const WRAPPERS = new Set(
  (
    'wrapper wrapped wrap inner decorator decorate_context decorate_no_grad _fn fn wrapped_fn inner_wrapper wrapper_fn ' +
    '_wrapper _wrapped _call_impl _wrapped_call_impl __call__ _use_grad profile_hook_step _decorate_function _inner ' +
    'decorated new_func newfunc _inner_fn cache_miss error_handler __torch_function__'
  ).split(' '),
);

/** Whether what a frame runs says more of the call than the frame itself. */
export function isWrapperFrame(name: string): boolean {
  return name === '<built-in function next>' || WRAPPERS.has(parseFrame(name)?.function ?? '');
}

/** Whether a frame is of a cell of a notebook: kernels name files after the text of a cell, or its number. */
export function isNotebookFile(file: string): boolean {
  return /(^|[\\/])ipykernel_\d+[\\/]\d+\.py$|^<ipython-input-\d+-\w+>$/.test(file);
}
