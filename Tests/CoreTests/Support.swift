import SwiftGANCore
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

private final class Work {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}

/// What `body` gives on a thread of its own.
func onAnotherThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) -> Result<T, any Error> {
  nonisolated(unsafe) var result: Result<T, any Error>?
  let work = Unmanaged.passRetained(Work { result = Result { try body() } })
  #if canImport(Darwin)
    var thread: pthread_t?
    let status = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    if status == 0, let thread { pthread_join(thread, nil) }
  #else
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    if status == 0 { pthread_join(thread, nil) }
  #endif
  return result ?? .failure(TensorError(.state, "no thread could be started: \(status)"))
}

/// Expects equal shapes and values within `tolerance` of the larger of 1 and the expected magnitude.
func expectClose(_ found: Tensor, _ expected: Tensor, _ tolerance: Double, _ what: String = "") throws {
  #expect(found.shape == expected.shape, "\(what): shape")
  let (a, b) = (try found.doubles(), try expected.doubles())
  guard a.count == b.count else { return }
  for (index, (x, y)) in zip(a, b).enumerated() where !(x == y || (x.isNaN && y.isNaN)) {
    #expect(abs(x - y) <= tolerance * max(1, abs(y)), "\(what): element \(index) is \(x), not \(y)")
  }
}

extension Tensor {
  func doubles() throws -> [Double] { try cast(to: .float64).scalars(as: Double.self) }
}

/// Checks the gradient of a scalar function at `xs` (float64), and the gradient of that gradient along a fixed direction,
/// against central differences.
func checkGradient(at xs: [Tensor], _ f: ([Tensor]) throws -> Tensor, _ what: String) throws {
  let directions = xs.enumerated().map {
    Tensor.randomNormal($1.shape, key: RandomKey(seed: 7, stream: UInt64($0)), dtype: .float64)
  }
  let gradients = try grad(at: xs, f)
  try compareWithDifferences(at: xs, gradients, { try f($0).item() }, "\(what), order 1")

  func slope(_ xs: [Tensor]) throws -> Tensor {
    zip(try grad(at: xs, f), directions).reduce(Tensor(0, dtype: .float64)) { $0 + ($1.0 * $1.1).sum() }
  }
  let second = try grad(at: xs, slope)
  try compareWithDifferences(at: xs, second, { try slope($0).item() }, "\(what), order 2")
}

private func compareWithDifferences(
  at xs: [Tensor], _ gradients: [Tensor], _ f: ([Tensor]) throws -> Double, _ what: String
) throws {
  let step = 1e-5
  for (index, x) in xs.enumerated() {
    #expect(gradients[index].shape == x.shape, "\(what): shape of gradient \(index)")
    let values = try x.doubles()
    let found = try gradients[index].doubles()
    for element in values.indices {
      func shifted(_ by: Double) throws -> Double {
        var moved = values
        moved[element] += by
        var all = xs
        all[index] = Tensor(moved, shape: x.shape)
        return try f(all)
      }
      let difference = (try shifted(step) - shifted(-step)) / (2 * step)
      #expect(
        abs(found[element] - difference) <= 1e-6 * max(1, abs(difference)),
        "\(what): input \(index), element \(element): gradient \(found[element]), difference \(difference)")
    }
  }
}

/// Where temporary files go.
var temporaryFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir }
