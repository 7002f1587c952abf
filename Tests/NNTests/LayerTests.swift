import SwiftGANCore
import Testing

@testable import SwiftGANNN

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Each layer against its formula, computed here on plain doubles.
@Suite("Layers") struct LayerTests {
  private func network(_ specification: JSON) throws -> Network {
    let network = try Network(specification, seed: 4, dtype: .float64)
    for (index, parameter) in network.trainableParameters.enumerated() {
      parameter.value = .sample(parameter.shape, 40 + UInt64(index))
    }
    return network
  }

  @Test func dense() throws {
    let network = try network(["name": "dense", "in_features": 3, "out_features": 2])
    let x = Tensor.sample([4, 3])
    let (w, b) = (try network.parameters[0].value.doubles(), try network.parameters[1].value.doubles())
    let input = try x.doubles()
    var expected: [Double] = []
    for row in 0..<4 {
      for o in 0..<2 { expected.append(b[o] + (0..<3).reduce(0) { $0 + input[row * 3 + $1] * w[$1 * 2 + o] }) }
    }
    let y = network(x)
    #expect(y.shape == [4, 2])
    expectClose(try y.doubles(), expected)
    #expect(network.parameters.map(\.name) == ["weight", "bias"])
    expectClose(try network(x.reshape([2, 2, 3])).doubles(), expected)
    expectClose(try network(x[0]).doubles(), Array(expected.prefix(2)))
  }

  @Test("the lecture's 2-2-1 sigmoid net gives its published outputs") func lecture() throws {
    let network = try Network(
      [
        "name": "sequential",
        "layers": [
          ["name": "dense", "in_features": 2, "out_features": 2], "sigmoid",
          ["name": "dense", "in_features": 2, "out_features": 1], "sigmoid",
        ],
      ], dtype: .float64)
    let values: [[Double]] = [[-5.5921, -0.5787, 7.5976, -0.2875], [0.5765, -0.2764], [-8.4075, 0.4838], [3.9829]]
    for (parameter, value) in zip(network.parameters, values) {
      try parameter.assign(Tensor(value, shape: parameter.shape))
    }
    let y = try network(Tensor([1.72, 1.24, 2.00, 1.26] as [Double], shape: [2, 2])).doubles()
    expectClose(y, [0.2831, 0.8638], 5e-5)
  }

  /// Cross-correlation with zeros around, by its definition.
  private func convolve(
    _ x: [Double], _ size: [Int], _ w: [Double], _ kernel: [Int], channels: (Int, Int), stride: [Int], before: [Int],
    output: [Int], dilation: [Int]
  ) -> [Double] {
    var y: [Double] = []
    for row in 0..<output[0] {
      for column in 0..<output[1] {
        for o in 0..<channels.1 {
          var sum = 0.0
          for i in 0..<kernel[0] {
            for j in 0..<kernel[1] {
              let r = row * stride[0] + i * dilation[0] - before[0]
              let c = column * stride[1] + j * dilation[1] - before[1]
              guard r >= 0, r < size[0], c >= 0, c < size[1] else { continue }
              for channel in 0..<channels.0 {
                sum +=
                  x[(r * size[1] + c) * channels.0 + channel]
                  * w[((i * kernel[1] + j) * channels.0 + channel) * channels.1 + o]
              }
            }
          }
          y.append(sum)
        }
      }
    }
    return y
  }

  struct Geometry: Sendable {
    let padding: JSON
    let stride: [Int]
    var dilation = [1, 1]
    var added = [0, 0]
    /// Zeros at the top and left; of a transposed convolution, what is cut off there.
    let before: [Int]
    let output: [Int]
  }

  /// Of images of 6x7 and a kernel of 3x2.
  static let convolutions = [
    Geometry(padding: "valid", stride: [1, 1], before: [0, 0], output: [4, 6]),
    Geometry(padding: "same", stride: [1, 1], before: [1, 0], output: [6, 7]),
    Geometry(padding: "same", stride: [2, 3], before: [0, 0], output: [3, 3]),
    Geometry(padding: [2, 1], stride: [2, 1], dilation: [2, 1], before: [2, 1], output: [3, 8]),
    Geometry(padding: 1, stride: [1, 2], dilation: [1, 3], before: [1, 1], output: [6, 3]),
  ]

  @Test("convolution", arguments: convolutions) func convolution(_ geometry: Geometry) throws {
    let (stride, dilation, before, output) = (geometry.stride, geometry.dilation, geometry.before, geometry.output)
    let network = try network([
      "name": "conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": [3, 2], "stride": JSON(stride),
      "padding": geometry.padding, "dilation": JSON(dilation),
    ])
    let x = Tensor.sample([2, 6, 7, 2])
    let w = try network.parameters[0].value.doubles()
    let b = try network.parameters[1].value.doubles()
    #expect(network.parameters[0].shape == [3, 2, 2, 3])
    let y = network(x)
    #expect(y.shape == [2] + output + [3])
    for image in 0..<2 {
      let expected = convolve(
        try x[image].doubles(), [6, 7], w, [3, 2], channels: (2, 3), stride: stride, before: before, output: output,
        dilation: dilation)
      expectClose(try y[image].doubles(), expected.enumerated().map { $1 + b[$0 % 3] })
    }
  }

  /// Each input element adds the kernel, times itself, to the output: the definition of the transpose.
  private func spread(
    _ x: [Double], _ size: [Int], _ w: [Double], _ kernel: [Int], channels: (Int, Int), stride: [Int], cut: [Int],
    output: [Int], dilation: [Int]
  ) -> [Double] {
    var y = [Double](repeating: 0, count: output[0] * output[1] * channels.1)
    for row in 0..<size[0] {
      for column in 0..<size[1] {
        for i in 0..<kernel[0] {
          for j in 0..<kernel[1] {
            let r = row * stride[0] + i * dilation[0] - cut[0]
            let c = column * stride[1] + j * dilation[1] - cut[1]
            guard r >= 0, r < output[0], c >= 0, c < output[1] else { continue }
            for channel in 0..<channels.0 {
              for o in 0..<channels.1 {
                y[(r * output[1] + c) * channels.1 + o] +=
                  x[(row * size[1] + column) * channels.0 + channel]
                  * w[((i * kernel[1] + j) * channels.1 + o) * channels.0 + channel]
              }
            }
          }
        }
      }
    }
    return y
  }

  /// Of images of 3x4 and a kernel of 3x2.
  static let transposedConvolutions = [
    Geometry(padding: "valid", stride: [2, 2], before: [0, 0], output: [7, 8]),
    Geometry(padding: "same", stride: [2, 1], before: [0, 0], output: [6, 4]),
    Geometry(padding: "same", stride: [4, 3], before: [0, 0], output: [12, 12]),
    Geometry(padding: 1, stride: [2, 3], dilation: [1, 2], added: [1, 2], before: [1, 1], output: [6, 12]),
    Geometry(padding: [1, 0], stride: [2, 1], dilation: [3, 2], added: [1, 0], before: [1, 0], output: [10, 6]),
  ]

  @Test("transposed convolution", arguments: transposedConvolutions)
  func transposedConvolution(_ geometry: Geometry) throws {
    let (stride, dilation, cut, output) = (geometry.stride, geometry.dilation, geometry.before, geometry.output)
    let network = try network([
      "name": "conv_transpose2d", "in_channels": 2, "out_channels": 3, "kernel_size": [3, 2],
      "stride": JSON(stride), "padding": geometry.padding, "dilation": JSON(dilation),
      "output_padding": JSON(geometry.added),
    ])
    #expect(network.parameters[0].shape == [3, 2, 3, 2])
    let x = Tensor.sample([2, 3, 4, 2])
    let w = try network.parameters[0].value.doubles()
    let b = try network.parameters[1].value.doubles()
    let y = network(x)
    #expect(y.shape == [2] + output + [3])
    for image in 0..<2 {
      let expected = spread(
        try x[image].doubles(), [3, 4], w, [3, 2], channels: (2, 3), stride: stride, cut: cut, output: output,
        dilation: dilation)
      expectClose(try y[image].doubles(), expected.enumerated().map { $1 + b[$0 % 3] })
    }
  }

  @Test("'same' transposed is the adjoint of 'same'", arguments: [1, 2, 3, 5], [1, 2, 4])
  func adjoint(_ kernel: Int, _ stride: Int) throws {
    let down = try network([
      "name": "conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": JSON(kernel), "stride": JSON(stride),
      "padding": "same", "bias": false,
    ])
    let up = try network([
      "name": "conv_transpose2d", "in_channels": 3, "out_channels": 2, "kernel_size": JSON(kernel),
      "stride": JSON(stride), "padding": "same", "bias": false,
    ])
    up.parameters[0].value = down.parameters[0].value
    let x = Tensor.sample([1, 3 * stride, 2 * stride, 2])
    let y = Tensor.sample([1, 3, 2, 3], 1)
    #expect(up(y).shape == x.shape)
    expectClose([try (down(x) * y).sum().item()], [try (x * up(y)).sum().item()])
  }

  @Test func layerNorm() throws {
    let network = try network(["name": "layer_norm", "shape": [2, 3], "epsilon": 0.01])
    let x = Tensor.sample([4, 2, 3])
    let (w, b) = (try network.parameters[0].value.doubles(), try network.parameters[1].value.doubles())
    let expected = try (0..<4).flatMap { index in
      let row = try x[index].doubles()
      let mean = row.reduce(0, +) / 6
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 6
      return (0..<6).map { (row[$0] - mean) / (variance + 0.01).squareRoot() * w[$0] + b[$0] }
    }
    expectClose(try network(x).doubles(), expected)
  }

  @Test func embedding() throws {
    let network = try network(["name": "embedding", "num_embeddings": 3, "embedding_dim": 2])
    let table = try network.parameters[0].value.doubles()
    let y = network(Tensor([2, 0, 2, 1] as [Int32], shape: [2, 2]))
    #expect(y.shape == [2, 2, 2])
    #expect(try y.doubles() == [4, 5, 0, 1, 4, 5, 2, 3].map { table[$0] })
    #expect(network(Tensor([3] as [Int32])).error?.kind == .index)
    #expect(network(Tensor([0.5] as [Float])).error?.message.contains("cast labels to int32") == true)
  }

  @Test func maxout() throws {
    let network = try network(["name": "maxout", "in_features": 3, "out_features": 2, "pieces": 4])
    let x = Tensor.sample([5, 3])
    let (w, b) = (try network.parameters[0].value.doubles(), try network.parameters[1].value.doubles())
    let input = try x.doubles()
    var expected: [Double] = []
    for row in 0..<5 {
      for o in 0..<2 {
        let pieces = (0..<4).map { p in
          b[o * 4 + p] + (0..<3).reduce(0) { $0 + input[row * 3 + $1] * w[$1 * 8 + o * 4 + p] }
        }
        expected.append(pieces.reduce(-.infinity, max))
      }
    }
    expectClose(try network(x).doubles(), expected)
  }

  struct Function: Sendable {
    let specification: JSON
    let formula: @Sendable (Double) -> Double

    init(_ specification: JSON, _ formula: @escaping @Sendable (Double) -> Double) {
      self.specification = specification
      self.formula = formula
    }
  }

  static let functions: [Function] = [
    Function("relu") { max($0, 0) },
    Function("leaky_relu") { $0 > 0 ? $0 : 0.2 * $0 },
    Function(["name": "leaky_relu", "slope": 0.01]) { $0 > 0 ? $0 : 0.01 * $0 },
    Function("tanh") { tanh($0) },
    Function("sigmoid") { 1 / (1 + exp(-$0)) },
    Function("softplus") { $0 > 30 ? $0 : log1p(exp($0)) },
    Function("gelu") { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) },
    Function(["name": "gelu", "approximate": true]) { x in
      0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    },
    Function("identity") { $0 },
  ]

  @Test("activations", arguments: functions) func activation(_ function: Function) throws {
    let values: [Double] = [-700, -20, -3, -1, -0.1, -1e-8, 0, 1e-8, 0.1, 0.7, 1, 3, 20, 700]
    let y = try Network(function.specification)(Tensor(values)).doubles()
    expectClose(y, values.map(function.formula), 1e-13, function.specification.text())
  }

  @Test func softmax() throws {
    let x = Tensor.sample([3, 4]) * 5
    for (axis, groups) in [
      (1, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]), (0, [[0, 4, 8], [1, 5, 9], [2, 6, 10]]),
    ] {
      let y = try Network(["name": "softmax", "axis": JSON(axis)])(x).doubles()
      let input = try x.doubles()
      for group in groups {
        let sum = group.reduce(0) { $0 + exp(input[$1]) }
        expectClose(group.map { y[$0] }, group.map { exp(input[$0]) / sum })
      }
    }
  }

  @Test("shapes: flatten and reshape keep the order of elements") func shapes() throws {
    let x = Tensor.sample([2, 3, 4])
    let flat = try Network("flatten")(x)
    #expect(flat.shape == [2, 12])
    #expect(try flat.doubles() == x.doubles())
    let back = try Network(["name": "reshape", "shape": [2, -1]])(flat)
    #expect(back.shape == [2, 2, 6])
    #expect(try back.doubles() == x.doubles())
    #expect(try Network(["name": "reshape", "shape": [-1, 3]])(Tensor.zeros([0, 6])).shape == [0, 2, 3])
    #expect(try Network(["name": "flatten", "start_axis": 2])(x).shape == [2, 3, 4])
    #expect(try Network("flatten")(Tensor.zeros([5])).shape == [5, 1])
  }

  @Test("sequential applies its layers in order and numbers their parameters") func sequential() throws {
    let network = try Network([
      "name": "sequential",
      "layers": [
        ["name": "dense", "in_features": 2, "out_features": 3], "relu",
        ["name": "sequential", "layers": [["name": "dense", "in_features": 3, "out_features": 1]]],
      ],
    ])
    #expect(network.parameters.map(\.name) == ["0.weight", "0.bias", "2.0.weight", "2.0.bias"])
    #expect(network.parameterCount == 2 * 3 + 3 + 3 + 1)
    let x = Tensor.sample([4, 2], dtype: .float32)
    let (a, b) = (network.parameters[0].value, network.parameters[2].value)
    #expect(try network(x).doubles() == (x.matmul(a) + network.parameters[1].value).relu().matmul(b).doubles())
  }
}
