// The registered layers by family: a new one adds its line here.

let activationLayers: [LayerRegistration] =
  [
    ELU.registration,
    GLU.registration,
    HardTanh.registration,
    LogSoftmax.registration,
    PReLU.registration,
  ] + Activation.registrations

let normalizationLayers: [LayerRegistration] = [
  GroupNorm.registration,
  InstanceNorm.registration,
  RMSNorm.registration,
  PixelNorm.registration,
  VirtualBatchNorm.registration,
  ConditionalNorm.batchRegistration,
  ConditionalNorm.instanceRegistration,
  ConditionalNorm.styleRegistration,
]

let wrapperLayers: [LayerRegistration] = [
  SpectralNorm.registration,
  WeightNorm.registration,
  EqualizedLearningRate.registration,
]

let convolutionLayers: [LayerRegistration] =
  [
    Conv1D.registration,
    Conv2D.depthwiseRegistration,
    Upsample.registration,
    Upsample.convolutionRegistration,
    Pad2D.registration,
    MaxPool2D.registration,
    AvgPool2D.registration,
    ConvTranspose1D.registration,
    Pad1D.registration,
    MaxPool1D.registration,
    AvgPool1D.registration,
  ] + AdaptivePool2D.registrations + GlobalPool.registrations + PixelShuffle.registrations

let blockLayers: [LayerRegistration] = [
  Residual.registration,
  ResidualBlock.registration,
  UNet.registration,
  Parallel.registration,
  Slice.registration,
  MinibatchStddev.registration,
  MinibatchDiscrimination.registration,
  Features.registration,
  ReferenceBatch.registration,
  GaussianNoise.registration,
  DropPath.registration,
]
