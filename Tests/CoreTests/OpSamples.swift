import SwiftGANCore

/// Where an input's values are drawn from: inside the op's domain and away from points where it has no derivative.
enum Domain {
  case normal
  case positive
  case small
  /// At least 0.2 away from 0 and from every integer.
  case smooth
  /// Beyond 1.
  case aboveOne
  /// All different by at least 0.05, so that extrema are unique.
  case distinct
  case bool
  case index(below: Int)
  case key
  /// Symmetric positive definite matrices.
  case definite
  /// Matrices near twice the identity, not symmetric.
  case invertible
}

struct Input {
  var shape: [Int]
  var domain: Domain = .normal

  static func normal(_ shape: Int...) -> Input { Input(shape: shape) }
  static func positive(_ shape: Int...) -> Input { Input(shape: shape, domain: .positive) }
  static func small(_ shape: Int...) -> Input { Input(shape: shape, domain: .small) }
  static func smooth(_ shape: Int...) -> Input { Input(shape: shape, domain: .smooth) }
  static func aboveOne(_ shape: Int...) -> Input { Input(shape: shape, domain: .aboveOne) }
  static func distinct(_ shape: Int...) -> Input { Input(shape: shape, domain: .distinct) }
  static func bool(_ shape: Int...) -> Input { Input(shape: shape, domain: .bool) }
  static func index(_ shape: Int..., below: Int) -> Input { Input(shape: shape, domain: .index(below: below)) }
  static let key = Input(shape: [2], domain: .key)
  static func definite(_ shape: Int...) -> Input { Input(shape: shape, domain: .definite) }
  static func invertible(_ shape: Int...) -> Input { Input(shape: shape, domain: .invertible) }

  var isFloat: Bool {
    switch domain {
    case .bool, .index, .key: false
    default: true
    }
  }

  /// Values from the domain, the same for the same seed.
  func make(seed: UInt64, dtype: DType = .float64) -> Tensor {
    let key = RandomKey(seed: seed)
    let count = shape.reduce(1, *)
    switch domain {
    case .normal: return .randomNormal(shape, key: key, dtype: dtype)
    case .positive: return .randomUniform(shape, key: key, low: 0.5, high: 2, dtype: dtype)
    case .small: return .randomUniform(shape, key: key, low: -0.9, high: 0.9, dtype: dtype)
    case .aboveOne: return .randomUniform(shape, key: key, low: 1.2, high: 3, dtype: dtype)
    case .smooth:
      let whole = Tensor.randomIntegers(shape, low: -3, high: 3, key: key.folded(0)).cast(to: dtype)
      return whole + .randomUniform(shape, key: key.folded(1), low: 0.2, high: 0.8, dtype: dtype)
    case .distinct: return (Tensor.randomPermutation(count, key: key).cast(to: dtype) * 0.1 - 0.7).reshape(shape)
    case .bool: return .randomBernoulli(shape, key: key)
    case .index(let below): return .randomIntegers(shape, low: -below, high: below, key: key)
    case .key: return key.tensor
    case .definite:
      let factor = Tensor.randomNormal(shape, key: key, dtype: dtype) * 0.5
      return factor.matmul(factor.swapAxes(-1, -2)) + Tensor.eye(shape[shape.count - 1], dtype: dtype)
    case .invertible:
      let small = Tensor.randomUniform(shape, key: key, low: -0.5, high: 0.5, dtype: dtype)
      return small + Tensor.eye(shape[shape.count - 1], dtype: dtype) * 2
    }
  }
}

struct Sample {
  var inputs: [Input]
  var attributes: Attributes = [:]

  init(_ inputs: Input..., attributes: Attributes = [:]) {
    self.inputs = inputs
    self.attributes = attributes
  }
}

/// Samples of every primitive. A primitive without samples fails the suite.
let opSamples: [String: [Sample]] = {
  var samples: [String: [Sample]] = [:]
  for name in ["negative", "square", "exp", "expm1", "tanh", "sigmoid", "softplus", "erf", "sin", "cos", "is_finite"] {
    samples[name] = [Sample(.normal(3, 4)), Sample(.normal()), Sample(.normal(2, 0))]
  }
  for name in ["absolute", "relu", "sign", "floor", "ceil", "round"] {
    samples[name] = [Sample(.smooth(3, 4)), Sample(.smooth(5)), Sample(.smooth(0))]
  }
  for name in ["log", "sqrt", "rsqrt", "reciprocal"] { samples[name] = [Sample(.positive(3, 4)), Sample(.positive())] }
  samples["log1p"] = [Sample(.small(3, 4)), Sample(.positive(2, 2))]

  for name in ["add", "subtract", "multiply", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal"] {
    samples[name] = [
      Sample(.normal(3, 4), .normal(3, 4)), Sample(.normal(3, 4), .normal(4)), Sample(.normal(3, 1), .normal(2, 1, 4)),
      Sample(.normal(), .normal(2, 2)), Sample(.normal(0, 3), .normal(3)),
    ]
  }
  samples["divide"] = [Sample(.normal(3, 4), .positive(3, 4)), Sample(.normal(4), .positive(3, 1))]
  samples["power"] = [Sample(.positive(3, 4), .normal(3, 4)), Sample(.positive(3, 4), .normal())]
  for name in ["maximum", "minimum"] {
    samples[name] = [Sample(.smooth(3, 4), .normal(3, 4)), Sample(.smooth(3, 4), .normal(4))]
  }
  for name in ["logical_and", "logical_or", "logical_xor"] { samples[name] = [Sample(.bool(3, 4), .bool(4))] }
  samples["logical_not"] = [Sample(.bool(3, 4))]

  samples["select"] = [Sample(.bool(3, 4), .normal(3, 4), .normal(4)), Sample(.bool(3, 1), .normal(), .normal(1, 4))]
  samples["cast"] = [
    Sample(.normal(3, 4), attributes: ["dtype": .dtype(.float64)]),
    Sample(.smooth(3), attributes: ["dtype": .dtype(.int32)]),
  ]
  for name in ["copy", "identity", "stop_gradient"] { samples[name] = [Sample(.normal(2, 3))] }
  samples["full"] = [Sample(attributes: ["shape": .ints([2, 3]), "value": .double(1.5)])]
  samples["arange"] = [Sample(attributes: ["start": .double(1), "end": .double(4), "step": .double(0.5)])]

  for name in ["sum", "max", "min"] {
    samples[name] = [
      Sample(.distinct(2, 3, 4)), Sample(.distinct(2, 3, 4), attributes: ["axes": .ints([0, 2])]),
      Sample(.distinct(2, 3, 4), attributes: ["axes": .ints([-2]), "keep_dims": .bool(true)]),
    ]
  }
  samples["moments"] = [
    Sample(.normal(2, 3, 4)), Sample(.normal(5, 3), attributes: ["axes": .ints([0])]),
    Sample(.normal(2, 3, 4), attributes: ["axes": .ints([0, -1]), "keep_dims": .bool(true)]),
    Sample(.normal(3, 2), attributes: ["axes": .ints([])]),
  ]
  samples["sum"]?.append(Sample(.normal(0, 3), attributes: ["axes": .ints([0])]))
  for name in ["any", "all"] {
    samples[name] = [Sample(.bool(3, 4)), Sample(.bool(3, 4), attributes: ["axes": .ints([1])])]
  }
  for name in ["argmax", "argmin"] { samples[name] = [Sample(.distinct(3, 4), attributes: ["axis": .int(1)])] }

  samples["standardize"] = [
    Sample(.normal(5, 3), attributes: ["axes": .ints([0]), "epsilon": .double(1e-3)]),
    Sample(.normal(2, 3, 4), attributes: ["axes": .ints([0, 2]), "epsilon": .double(0.5)]),
    Sample(.normal(4), attributes: ["axes": .ints([]), "epsilon": .double(1)]),
  ]
  samples["l1_nearness"] = [Sample(.normal(2, 3, 4)), Sample(.normal(1, 1, 3)), Sample(.normal(2, 2, 1))]
  samples["reshape"] = [
    Sample(.normal(3, 4), attributes: ["shape": .ints([2, 6])]),
    Sample(.normal(3, 4), attributes: ["shape": .ints([-1])]),
  ]
  samples["transpose"] = [Sample(.normal(2, 3, 4)), Sample(.normal(2, 3, 4), attributes: ["axes": .ints([1, 0, 2])])]
  samples["broadcast_to"] = [Sample(.normal(3, 1), attributes: ["shape": .ints([2, 3, 4])])]
  samples["slice"] = [
    Sample(.normal(4, 5), attributes: ["start": .ints([1, 0]), "size": .ints([2, 3]), "step": .ints([1, 2])]),
    Sample(.normal(4, 5), attributes: ["start": .ints([3, 4]), "size": .ints([4, 2]), "step": .ints([-1, -3])]),
  ]
  samples["place"] = [
    Sample(
      .normal(2, 3), attributes: ["shape": .ints([4, 7]), "start": .ints([1, 0]), "step": .ints([2, 3])])
  ]
  samples["concatenate"] = [
    Sample(.normal(2, 3), .normal(1, 3), .normal(2, 3), attributes: ["axis": .int(0)]),
    Sample(.normal(2, 3), .normal(2, 2), attributes: ["axis": .int(-1)]),
  ]
  samples["gather"] = [
    Sample(.normal(4, 3), .index(5, below: 4), attributes: ["axis": .int(0)]),
    Sample(.normal(2, 4, 3), .index(6, below: 4), attributes: ["axis": .int(1)]),
    Sample(.normal(2, 4, 3), .index(2, 3, below: 4), attributes: ["axis": .int(1)]),
    Sample(.normal(4, 3), .index(below: 4), attributes: ["axis": .int(-2)]),
  ]
  for name in ["scatter_add", "scatter"] {
    samples[name] = [
      Sample(.normal(4, 3), .normal(5, 3), .index(5, below: 4), attributes: ["axis": .int(0)]),
      Sample(.normal(2, 4), .normal(2, 6), .index(6, below: 4), attributes: ["axis": .int(1)]),
      Sample(.normal(2, 4, 2), .normal(2, 3, 2, 2), .index(3, 2, below: 4), attributes: ["axis": .int(1)]),
    ]
  }
  samples["take_along_axis"] = [
    Sample(.normal(2, 4, 3), .index(2, 5, 3, below: 4), attributes: ["axis": .int(1)]),
    Sample(.normal(4, 3), .index(4, 1, below: 3), attributes: ["axis": .int(-1)]),
    Sample(.normal(2, 3), .index(0, 3, below: 2), attributes: ["axis": .int(0)]),
  ]
  for name in ["scatter_add_along_axis", "put_along_axis"] {
    samples[name] = [
      Sample(.normal(2, 4, 3), .normal(2, 5, 3), .index(2, 5, 3, below: 4), attributes: ["axis": .int(1)]),
      Sample(.normal(4, 3), .normal(4, 6), .index(4, 6, below: 3), attributes: ["axis": .int(-1)]),
    ]
  }

  samples["batch_matmul"] = [
    Sample(.normal(3, 4), .normal(4, 2)), Sample(.normal(2, 3, 4), .normal(4, 5)),
    Sample(.normal(2, 1, 3, 2), .normal(3, 2, 4)), Sample(.normal(3, 0), .normal(0, 2)),
  ]

  // A stride that does not divide, uneven padding, dilation, a filter larger than the image inside its padding.
  let geometries: [(image: [Int], filter: [Int], attributes: Attributes)] = [
    ([2, 5, 6], [3, 3], [:]),
    ([1, 7, 6], [4, 4], ["stride": .ints([2, 2]), "padding": .ints([1, 1, 1, 1])]),
    ([2, 6, 5], [2, 3], ["stride": .ints([2, 3]), "padding": .ints([0, 1, 2, 0]), "dilation": .ints([2, 1])]),
    ([1, 3, 2], [5, 4], ["padding": .ints([2, 2, 2, 1])]),
  ]
  for geometry in geometries {
    let (image, filter) = (geometry.image + [2], geometry.filter + [2, 3])
    let result = apply(
      .find("conv2d") ?? .table[0], [.zeros(image), .zeros(filter)], geometry.attributes)
    samples["conv2d", default: []].append(
      Sample(Input(shape: image), Input(shape: filter), attributes: geometry.attributes))
    samples["conv2d_input_gradient", default: []].append(
      Sample(
        Input(shape: result.shape), Input(shape: filter),
        attributes: geometry.attributes.setting("input_size", .ints(Array(image[1...2])))))
    samples["conv2d_filter_gradient", default: []].append(
      Sample(
        Input(shape: image), Input(shape: result.shape),
        attributes: geometry.attributes.setting("filter_size", .ints(geometry.filter))))
  }

  for name in ["random_uniform", "random_normal"] {
    samples[name] = [Sample(.key, attributes: ["shape": .ints([3, 4])])]
  }
  samples["random_bernoulli"] = [Sample(.key, attributes: ["shape": .ints([3]), "p": .double(0.3)])]
  samples["random_integers"] = [
    Sample(.key, attributes: ["shape": .ints([3]), "low": .int(-2), "high": .int(7)])
  ]
  samples["random_permutation"] = [Sample(.key, attributes: ["n": .int(9)])]
  samples["random_split"] = [Sample(.key, attributes: ["n": .int(3)])]
  for more in [imageSamples, linearSamples] { samples.merge(more) { $0 + $1 } }
  for further in [functionSamples, recurrentSamples] { samples.merge(further) { first, _ in first } }
  return samples
}()
