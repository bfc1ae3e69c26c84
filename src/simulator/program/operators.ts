import type { ModelConfig } from '../simulation-config.ts';

/** An operator of a layer: what it is called on the host and on the device, forward and backward. */
export interface Operator {
  readonly name: string;
  /** What does the work inside it. */
  readonly inner: string;
  readonly module: string;
  /** As autograd names it. */
  readonly backward: string;
  readonly kind: 'matrix' | 'pointwise';
  /** Of the model's kernel of this kind. */
  readonly scale: number;
  readonly hasParameters: boolean;
  readonly kernels: KernelNames;
}

export interface KernelNames {
  readonly forward: string;
  readonly backward: readonly string[];
  /** The same in full precision. */
  readonly fullForward?: string;
  readonly fullBackward?: readonly string[];
}

const MATRIX: KernelNames = {
  forward: 'ampere_bf16_s16816gemm_bf16_128x256_ldg8_f2f_stages_64x3_tn',
  backward: [
    'ampere_bf16_s16816gemm_bf16_128x128_ldg8_f2f_stages_32x5_nn',
    'ampere_bf16_s16816gemm_bf16_128x128_ldg8_f2f_stages_32x5_nt',
  ],
  fullForward: 'ampere_sgemm_128x64_tn',
  fullBackward: ['ampere_sgemm_128x64_nn', 'ampere_sgemm_128x64_nt'],
};

const CONVOLUTION: KernelNames = {
  forward:
    'sm80_xmma_fprop_implicit_gemm_bf16bf16_bf16f32_f32_nhwckrsc_nhwc_tilesize128x128x32_stage4_warpsize2x2x1_g1_tensor16x8x16_kernel_cudnn',
  backward: [
    'sm80_xmma_dgrad_implicit_gemm_bf16bf16_bf16f32_f32_nhwckrsc_nhwc_tilesize128x128x32_stage4_warpsize2x2x1_g1_tensor16x8x16_kernel_cudnn',
    'sm80_xmma_wgrad_implicit_gemm_bf16bf16_bf16f32_f32_nhwckrsc_nhwc_tilesize128x128x32_stage4_warpsize2x2x1_g1_tensor16x8x16_kernel_cudnn',
  ],
  fullForward: 'volta_scudnn_128x64_relu_interior_nn_v1',
  fullBackward: [
    'volta_scudnn_128x64_stridedB_splitK_interior_nn_v1',
    'void cudnn::detail::wgrad_alg0_engine<float, 512, 6, 5, 3, 3, 3, false, 512>(int, int, int, float const*, int, float*, float const*, kernel_grad_params, unsigned long long, int, float, int, int, int, int)',
  ],
};

function elementwise(functor: string): string {
  return `void at::native::vectorized_elementwise_kernel<4, at::native::${functor}, std::array<char*, 3ul> >(int, at::native::${functor}, std::array<char*, 3ul>)`;
}

const LINEAR = {
  name: 'aten::linear',
  inner: 'aten::addmm',
  module: 'Linear',
  backward: 'AddmmBackward0',
  kind: 'matrix',
  hasParameters: true,
  kernels: MATRIX,
} as const;

const ADD = {
  name: 'aten::add',
  inner: 'aten::add',
  module: '',
  backward: 'AddBackward0',
  kind: 'pointwise',
  scale: 0.8,
  hasParameters: false,
  kernels: {
    forward: elementwise('CUDAFunctor_add<c10::BFloat16>'),
    backward: [elementwise('CUDAFunctor_add<c10::BFloat16>')],
  },
} as const;

const LAYER_NORM = {
  name: 'aten::layer_norm',
  inner: 'aten::native_layer_norm',
  module: 'LayerNorm',
  backward: 'NativeLayerNormBackward0',
  kind: 'pointwise',
  scale: 1,
  hasParameters: true,
  kernels: {
    forward:
      'void at::native::(anonymous namespace)::vectorized_layer_norm_kernel<c10::BFloat16, float>(int, float, c10::BFloat16 const*, c10::BFloat16 const*, c10::BFloat16 const*, float*, float*, c10::BFloat16*)',
    backward: [
      'void at::native::(anonymous namespace)::layer_norm_grad_input_kernel_vectorized<c10::BFloat16, float>(c10::BFloat16 const*, c10::BFloat16 const*, float const*, float const*, c10::BFloat16 const*, c10::BFloat16*, int)',
      'void at::native::(anonymous namespace)::GammaBetaBackwardCUDAKernel_32x32<c10::BFloat16, float>(long, long, c10::BFloat16 const*, c10::BFloat16 const*, float const*, float const*, c10::BFloat16*, c10::BFloat16*)',
    ],
  },
} as const;

const TRANSFORMER_LAYER: readonly Operator[] = [
  LAYER_NORM,
  { ...LINEAR, scale: 1.5 },
  {
    name: 'aten::scaled_dot_product_attention',
    inner: 'aten::_flash_attention_forward',
    module: '',
    backward: 'ScaledDotProductFlashAttentionBackward0',
    kind: 'matrix',
    scale: 0.8,
    hasParameters: false,
    kernels: {
      forward:
        'void pytorch_flash::flash_fwd_kernel<Flash_fwd_kernel_traits<64, 128, 128, 4, false, false, cutlass::bfloat16_t>, false, true, false, false, true, true, false>(pytorch_flash::Flash_fwd_params)',
      backward: [
        'void pytorch_flash::flash_bwd_dq_dk_dv_loop_seqk_parallel_kernel<Flash_bwd_kernel_traits<64, 128, 128, 8, 4, 4, 4, false, false, cutlass::bfloat16_t>, false, true, false, false, true, true>(pytorch_flash::Flash_bwd_params)',
      ],
      fullForward:
        'fmha_cutlassF_f32_aligned_64x64_rf_sm80(PyTorchMemEffAttention::AttentionKernel<float, cutlass::arch::Sm80, true, 64, 64, 64, true, true>::Params)',
      fullBackward: [
        'fmha_cutlassB_f32_aligned_64x64_k64_sm80(PyTorchMemEffAttention::AttentionBackwardKernel<cutlass::arch::Sm80, float, true, false, true, 64, 64, 64, false>::Params)',
      ],
    },
  },
  { ...LINEAR, scale: 0.5 },
  ADD,
  LAYER_NORM,
  { ...LINEAR, scale: 2 },
  {
    name: 'aten::gelu',
    inner: 'aten::gelu',
    module: 'GELU',
    backward: 'GeluBackward0',
    kind: 'pointwise',
    scale: 1.6,
    hasParameters: false,
    kernels: {
      forward: elementwise('GeluCUDAKernelImpl(at::TensorIteratorBase&, at::native::GeluType)'),
      backward: [
        elementwise('GeluBackwardCUDAKernelImpl(at::TensorIteratorBase&, at::native::GeluType)'),
      ],
    },
  },
  { ...LINEAR, scale: 2 },
  ADD,
];

const CONVOLUTIONAL_LAYER: readonly Operator[] = [
  {
    name: 'aten::conv2d',
    inner: 'aten::cudnn_convolution',
    module: 'Conv2d',
    backward: 'ConvolutionBackward0',
    kind: 'matrix',
    scale: 1,
    hasParameters: true,
    kernels: CONVOLUTION,
  },
  {
    name: 'aten::batch_norm',
    inner: 'aten::cudnn_batch_norm',
    module: 'BatchNorm2d',
    backward: 'CudnnBatchNormBackward0',
    kind: 'pointwise',
    scale: 1.2,
    hasParameters: true,
    kernels: {
      forward:
        'void cudnn::bn_fw_tr_1C11_kernel_NCHW<float, float, int, 512, true, 1, true>(cudnnTensorStruct, float const*, cudnnTensorStruct, float*, float const*, float const*, float, float, float*, float*, float*, float*, float, float)',
      backward: [
        'void cudnn::bn_bw_1C11_kernel_new<float, float, float2, 512, true, 1>(float, float, float, float, cudnnTensorStruct, float const*, cudnnTensorStruct, float const*, cudnnTensorStruct, float*, float const*, float*, float*, float const*, float const*, float)',
      ],
    },
  },
  {
    name: 'aten::relu_',
    inner: 'aten::clamp_min_',
    module: 'ReLU',
    backward: 'ReluBackward0',
    kind: 'pointwise',
    scale: 0.8,
    hasParameters: false,
    kernels: {
      forward: elementwise('(anonymous namespace)::launch_clamp_scalar(at::TensorIteratorBase&)'),
      backward: [elementwise('threshold_backward')],
    },
  },
];

/** The operators of one layer, in the order of the forward pass. */
export function operatorsOf(kind: ModelConfig['kind']): readonly Operator[] {
  return kind === 'transformer' ? TRANSFORMER_LAYER : CONVOLUTIONAL_LAYER;
}

export const MODEL_CLASS: Record<ModelConfig['kind'], string> = {
  transformer: 'Transformer',
  convolutional: 'ResNet',
};
