// The Swift face of the package: `import SwiftGAN` brings tensors and gradients, networks, and the game.
@_exported import SwiftGANCore
@_exported import SwiftGANModels
@_exported import SwiftGANNN
