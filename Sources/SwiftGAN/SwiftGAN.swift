/// Tensors, gradients, networks and generative adversarial networks: `import SwiftGAN` gives all of them.
@_exported import SwiftGANCore
@_exported import SwiftGANModels
@_exported import SwiftGANNN
