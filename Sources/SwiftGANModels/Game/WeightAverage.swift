import SwiftGANCore
import SwiftGANNN

/// The exponential moving average of networks' weights, from which samples are commonly better than from the last weights.
///
/// After update t the average is a_t = d_t a_(t-1) + (1 - d_t) w_t with d_t = d (1 - d^(t-1)) / (1 - d^t). That is the
/// plain average with decay d started at 0 and divided by 1 - d^t, as Adam does with its moments: every a_t is a true
/// weighted mean of w_1 ... w_t, the initial weights (noise) are not in it, and a_1 = w_1. d_t tends to d.
///
/// Floating-point buffers, such as a batch norm's running statistics, are averaged in the same way, because averaged
/// weights need the statistics that belong to them; other buffers are copied.
public final class WeightAverage {
  /// The decay d, in [0, 1).
  public let decay: Double
  /// How many updates went into the average.
  public var updates: Int { Int((try? count.value.item()) ?? 0) }

  private let parameters: [Parameter]
  private let names: [String]
  private let count = TensorCell(Tensor(0, dtype: .float64), name: "the average's updates")
  private let cells: [TensorCell]
  private var values: [Tensor] { cells.map(\.value) }

  /// An average over all parameters and buffers of the networks, equal to their values as they are now.
  /// - Throws: `TensorError` (`.value`) when the decay is not in [0, 1).
  public init(of networks: [Network], decay: Double) throws {
    guard decay >= 0, decay < 1 else {
      throw TensorError(.value, "ema: the decay must be at least 0 and below 1, not \(decay)")
    }
    self.decay = decay
    self.parameters = networks.flatMap(\.parameters)
    self.names = networks.enumerated().flatMap { index, network in network.parameters.map { "\(index).\($0.name)" } }
    self.cells = zip(names, parameters).map { TensorCell($1.value, name: "the average of \($0)") }
  }

  /// The decay that update `t` (a float64 scalar, from 1) applies.
  static func effectiveDecay(_ decay: Double, update t: Tensor) -> Tensor {
    let base = Tensor(decay, dtype: .float64)
    return decay * (1 - base.pow(t - 1)) / (1 - base.pow(t))
  }

  /// Takes the parameters' present values into the average.
  public func update() throws {
    let update = count.value + 1
    let kept = WeightAverage.effectiveDecay(decay, update: update)
    let averaged = try zip(cells, parameters).map { cell, parameter in
      let value = parameter.value
      guard value.dtype.isFloat else { return value }
      let share = kept.cast(to: value.dtype)
      return try (share * cell.value + (1 - share) * value).checked()
    }
    count.value = update
    for (cell, value) in zip(cells, averaged) { cell.value = value }
  }

  /// Calls `body` while the networks have the averaged values, on the current thread alone.
  public func withAveragedWeights<Result>(_ body: () throws -> Result) throws -> Result {
    try withParameters(parameters, setTo: values, body)
  }

  /// The averaged values of all parameters and buffers, in the networks' order.
  public var averagedValues: [Tensor] { values }

  /// The averaged values by name, `<index of the network>.<parameter>`.
  var state: NamedTensors {
    var named = NamedTensors()
    for (name, value) in zip(names, values) { named[name] = value }
    return named
  }

  /// Puts back what ``state`` gave; on an error nothing changes.
  func restore(_ named: NamedTensors, updates: Int) throws {
    let restored = try zip(names, parameters).map { name, parameter in
      guard let value = named[name] else { throw TensorError(.value, "'\(name)' is missing") }
      guard try value.checked().shape == parameter.shape, value.dtype == parameter.dtype else {
        throw TensorError(
          .value,
          "'\(name)' has shape \(describe(shape: value.shape)) and type \(value.dtype) where "
            + "\(describe(shape: parameter.shape)) and \(parameter.dtype) are expected")
      }
      return value
    }
    guard named.count == names.count else {
      throw TensorError(.value, "\(named.count) tensors were given for \(names.count) parameters")
    }
    for (cell, value) in zip(cells, restored) { cell.value = value }
    count.value = Tensor(Double(updates), dtype: .float64)
  }
}
