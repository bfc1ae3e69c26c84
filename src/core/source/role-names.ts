/** What a value is to training. */
export type ValueRole =
  | 'model'
  | 'optimizer'
  | 'scheduler'
  | 'scaler'
  | 'criterion'
  | 'loader'
  | 'iterator'
  /** A model that also steps: of DeepSpeed. */
  | 'engine'
  /** What runs backward passes for others: of Accelerate and Fabric. */
  | 'accelerator'
  /** What runs the loop itself: of Lightning and Transformers. */
  | 'trainer'
  /** A function that gives gradients: of JAX. */
  | 'gradient'
  | 'logger';

const CONSTRUCTORS: readonly (readonly [RegExp, ValueRole])[] = [
  [/(DataLoader|Loader|BucketIterator|DataPipe)$|(^|_)(data)?loaders?$/, 'loader'],
  [
    /^(SGD|Adam|AdamW|Adamax|NAdam|RAdam|RMSprop|Adagrad|Adadelta|LBFGS|Adafactor|Lion|LAMB|Muon)$/,
    'optimizer',
  ],
  [
    /^(FusedAdam|FusedLAMB|DeepSpeedCPUAdam|adamw?|sgd|lamb|lion|ZeroRedundancyOptimizer)$|optimizers?$/i,
    'optimizer',
  ],
  [/GradScaler$/, 'scaler'],
  [
    /(Scheduler|LR|schedule(_with_\w+)?|lr_scheduler)$|WarmRestarts$|ReduceLROnPlateau$/,
    'scheduler',
  ],
  [/(Loss|Criterion)$/, 'criterion'],
  [/^(value_and_grad|grad)$/, 'gradient'],
  [/^Accelerator$|^Fabric$/, 'accelerator'],
  [/Trainer$/, 'trainer'],
  [/^(SummaryWriter|getLogger|get_logger)$/, 'logger'],
  [/^(from_pretrained|Sequential|create_model|build_model|get_model|ModuleList)$/, 'model'],
  [/^(resnet|vgg|vit_|densenet|efficientnet|mobilenet|convnext|swin_)/, 'model'],
];

/** What they give is what their first argument is. */
export const WRAPPERS: ReadonlySet<string> = new Set([
  ...['DistributedDataParallel', 'DDP', 'FullyShardedDataParallel', 'FSDP', 'DataParallel'],
  ...['compile', 'script', 'fully_shard', 'convert_sync_batchnorm', 'prepare_model', 'wrap'],
  ...[
    'tqdm',
    'trange',
    'enumerate',
    'islice',
    'cycle',
    'zip',
    'chain',
    'track',
    'prepare_data_loader',
  ],
  ...[
    'prefetch_to_device',
    'setup_dataloaders',
    'prepare',
    'setup',
    'setup_module',
    'setup_optimizers',
  ],
  ...[
    'MpDeviceLoader',
    'ParallelLoader',
    'jit',
    'pmap',
    'remat',
    'checkpoint_wrapper',
    'steps',
    'loader',
  ],
]);

/** Methods that give what they are called on. */
export const OWN_METHODS: ReadonlySet<string> = new Set([
  ...[
    'to',
    'cuda',
    'half',
    'float',
    'bfloat16',
    'train',
    'eval',
    'requires_grad_',
    'module',
    'unwrap',
  ],
  ...['batch', 'shuffle', 'repeat', 'prefetch', 'map', 'per_device_loader', 'as_numpy_iterator'],
]);

/** Methods that only such values have. */
export const USES: ReadonlyMap<string, ValueRole> = new Map([
  ['parameters', 'model'],
  ['named_parameters', 'model'],
  ['eval', 'model'],
  ['gradient_checkpointing_enable', 'model'],
  ['unscale_', 'scaler'],
]);

const NAMES: readonly (readonly [RegExp, ValueRole])[] = [
  [/optim|^opt([A-Z_\d]|$)|_opt$/, 'optimizer'],
  [/sched/, 'scheduler'],
  [/scaler/, 'scaler'],
  [/iter$|iterator$/, 'iterator'],
  [/loader|^(train_)?dl$|_dl$/, 'loader'],
  [/^(criterion|loss_fn|loss_func|loss_function|lossfn)|_criterion$|_loss_fn$/, 'criterion'],
  [/^(model_)?engine$/, 'engine'],
  [/^accelerator$|^fabric$/, 'accelerator'],
  [/trainer$/, 'trainer'],
  [
    /^(model|net|network|ddp_model|raw_model|module|generator|discriminator|net[GD]|[GD])$|_model$|_net$/,
    'model',
  ],
  [/grad_fn$/, 'gradient'],
  [/^(logger|log|writer|wandb|mlflow|tb|tb_writer|summary_writer)$|_logger$|_writer$/, 'logger'],
];

/** Of a value, by its name alone. */
export function roleOfName(name: string): ValueRole | null {
  return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** Of what a class, or a function that makes one, gives. */
export function roleOfConstructor(name: string): ValueRole | null {
  return CONSTRUCTORS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
