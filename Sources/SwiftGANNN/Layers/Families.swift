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
  ConditionalNorm.batchRegistration,
  ConditionalNorm.instanceRegistration,
  ConditionalNorm.styleRegistration,
]

let wrapperLayers: [LayerRegistration] = [
  SpectralNorm.registration,
  WeightNorm.registration,
  EqualizedLearningRate.registration,
]

let blockLayers: [LayerRegistration] = [
  Residual.registration,
  UNet.registration,
  Parallel.registration,
  MinibatchStddev.registration,
  MinibatchDiscrimination.registration,
  GaussianNoise.registration,
  DropPath.registration,
]
