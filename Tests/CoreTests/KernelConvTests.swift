import SwiftGANKernels
import Testing

@Suite struct KernelConvTests {
  @Test(arguments: KernelSettings.levels) func everyGeometry(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      var random = TestRandom(11)
      for _ in 0..<150 { Convolution.random(using: &random).checkBoth() }
    }
  }

  /// The shapes that GANs are made of, smaller in batch and channels.
  @Test(arguments: KernelSettings.levels) func shapesOfGANs(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      let strided = (filter: (4, 4), stride: (2, 2), pad: (1, 1), after: (-1, -1))
      for (out, channels) in [(8, (3, 20)), (14, (1, 16)), (7, (16, 33)), (4, (24, 40)), (2, (40, 17)), (3, (36, 48))] {
        Convolution(
          batch: 3, out: (out, out), channels: channels, filter: strided.filter, stride: strided.stride,
          pad: strided.pad, after: strided.after
        ).checkBoth()
      }
      // The first layer of a generator (its adjoint) and the last of a discriminator: one window covers the image.
      Convolution(batch: 9, out: (1, 1), channels: (40, 10), filter: (4, 4)).checkBoth()
      Convolution(batch: 9, out: (1, 1), channels: (70, 1), filter: (4, 4)).checkBoth()
      Convolution(batch: 2, out: (8, 8), channels: (20, 20), filter: (3, 3), pad: (1, 1), after: (-1, -1)).checkBoth()
      Convolution(batch: 2, out: (8, 8), channels: (9, 12), filter: (5, 5), pad: (2, 2), after: (-2, -2)).checkBoth()
      // To and from images, stride 1.
      Convolution(batch: 2, out: (9, 9), channels: (40, 3), filter: (3, 3), pad: (1, 1), after: (-1, -1)).checkBoth()
      Convolution(batch: 2, out: (9, 9), channels: (3, 40), filter: (3, 3), pad: (1, 1), after: (-1, -1)).checkBoth()
      Convolution(batch: 4, out: (6, 5), channels: (33, 18), filter: (1, 1)).checkBoth()
    }
  }

  /// All of these with operands in bfloat16: patches, filters and images are rounded on their way.
  @Test func mediumPrecision() {
    KernelSettings.with(level: sgk_isa_supported(), threads: 2) {
      var random = TestRandom(12)
      for channels in [(16, 16), (17, 33), (40, 18), (3, 32), (64, 1), (1, 64), (20, 130)] {
        for filter in [(1, 1), (4, 4), (3, 5)] {
          for stride in [(1, 1), (2, 2)] {
            var conv = Convolution(
              batch: 5, out: (6, 4), channels: channels, filter: filter, stride: stride,
              pad: (filter.0 / 3, filter.1 / 3))
            conv.conv.precision = SGK_PRECISION_MEDIUM
            conv.checkBoth()
          }
        }
      }
      for _ in 0..<40 {
        var conv = Convolution.random(using: &random)
        conv.conv.precision = SGK_PRECISION_MEDIUM
        conv.checkBoth()
      }
    }
  }

  /// One image, cut into items by rows; channels that fill more than one block along the sum.
  @Test(arguments: KernelSettings.levels) func fewImagesAndManyChannels(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      Convolution(
        batch: 1, out: (20, 20), channels: (3, 33), filter: (4, 4), stride: (2, 2), pad: (1, 1), after: (-1, -1)
      ).checkBoth()
      Convolution(batch: 1, out: (3, 3), channels: (300, 5), filter: (3, 3), pad: (1, 1), after: (-1, -1)).checkBoth()
      Convolution(batch: 1, out: (3, 3), channels: (5, 300), filter: (3, 3), pad: (1, 1), after: (-1, -1)).checkBoth()
      Convolution(batch: 1, out: (33, 1), channels: (2, 2), filter: (7, 1), stride: (3, 1)).checkBoth()
    }
  }

  /// No windows, no filter, no channels: results are empty or zero, and nothing else is touched.
  @Test(arguments: KernelSettings.levels) func emptyExtents(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      Convolution(batch: 0, out: (2, 2), channels: (3, 4), filter: (3, 3)).checkBoth()
      Convolution(batch: 2, out: (0, 2), channels: (3, 4), filter: (3, 3), after: (9, 0)).checkBoth()
      Convolution(batch: 2, out: (2, 2), channels: (0, 4), filter: (3, 3)).checkBoth()
      Convolution(batch: 2, out: (2, 2), channels: (3, 0), filter: (3, 3)).checkBoth()
      Convolution(batch: 2, out: (3, 3), channels: (3, 4), filter: (0, 2), after: (1, 0)).checkBoth()
    }
  }

  /// As many groups as channels go the direct way, lanes along the channels; others are blocked products, group by group.
  @Test(arguments: KernelSettings.levels) func groups(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      for channels in [3, 16, 37, 130] {
        Convolution(
          batch: 2, out: (9, 11), channels: (channels, channels), filter: (3, 3), pad: (1, 1), after: (-1, -1),
          groups: channels
        ).checkBoth()
        Convolution(
          batch: 1, out: (5, 4), channels: (channels, channels), filter: (5, 6), stride: (2, 3), pad: (2, 3),
          dilation: (1, 2), after: (-1, 1), groups: channels
        ).checkBoth()
      }
      Convolution(
        batch: 2, out: (30, 30), channels: (24, 24), filter: (3, 3), stride: (2, 2), pad: (1, 1), groups: 24
      ).checkBoth()
      for channels in [(8, 16), (40, 20), (4, 4), (64, 64)] {
        Convolution(
          batch: 2, out: (8, 7), channels: channels, filter: (3, 4), pad: (1, 1), after: (-1, 0), groups: 4
        ).checkBoth()
        Convolution(batch: 3, out: (4, 5), channels: channels, filter: (1, 1), groups: 2).checkBoth()
        Convolution(batch: 3, out: (1, 1), channels: channels, filter: (3, 2), groups: 2).checkBoth()
      }
      // Groups so large that each is cut into items of its own.
      Convolution(
        batch: 2, out: (16, 16), channels: (64, 96), filter: (3, 3), pad: (1, 1), after: (-1, -1), groups: 2
      ).checkBoth()
    }
  }

  /// Pixels between and after the windows get a gradient of zero, not what the memory held.
  @Test(arguments: KernelSettings.levels) func untouchedPixelsAreZero(level: sgk_isa) {
    KernelSettings.with(level: level, threads: 2) {
      for channels in [(2, 3), (40, 40)] {
        Convolution(
          batch: 2, out: (2, 3), channels: channels, filter: (1, 2), stride: (3, 4), after: (5, 7)
        ).checkBoth()
        Convolution(
          batch: 2, out: (2, 2), channels: channels, filter: (2, 2), stride: (4, 2), dilation: (2, 4), after: (0, 3)
        ).checkBoth()
      }
    }
  }
}
