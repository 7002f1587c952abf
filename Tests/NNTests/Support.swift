import SwiftGANCore
import Testing

@testable import SwiftGANNN

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Tensor {
  /// All elements in row-major order, as doubles.
  func doubles() throws -> [Double] { try cast(to: .float64).scalars(as: Double.self) }

  /// Different numbers in [-1, 1), the same in every run.
  static func sample(_ shape: [Int], _ stream: UInt64 = 0, dtype: DType = .float64) -> Tensor {
    randomUniform(shape, key: RandomKey(seed: 11, stream: stream), low: -1, high: 1, dtype: dtype)
  }
}

/// Expects equal counts and values within `tolerance` of the larger of 1 and the expected magnitude.
func expectClose(
  _ found: [Double], _ expected: [Double], _ tolerance: Double = 1e-12, _ what: String = "",
  location: SourceLocation = #_sourceLocation
) {
  guard found.count == expected.count else {
    Issue.record("\(what): \(found.count) values where \(expected.count) are expected", sourceLocation: location)
    return
  }
  for (index, (x, y)) in zip(found, expected).enumerated() {
    // Written so that NaN fails.
    guard abs(x - y) <= tolerance * max(1, abs(y)) else {
      Issue.record("\(what): element \(index) is \(x), not \(y)", sourceLocation: location)
      return
    }
  }
}

/// The error that `body` throws, as a `TensorError`.
func failure(_ body: () throws -> Void) -> TensorError? {
  do {
    try body()
    return nil
  } catch {
    return error as? TensorError
  }
}

/// Checks the gradient of a scalar function at `xs` (float64), and the gradient of that gradient along fixed directions,
/// against central differences.
func checkGradient(
  at xs: [Tensor], _ what: String, tolerance: Double = 2e-7, _ f: @escaping ([Tensor]) throws -> Tensor
) throws {
  let directions = xs.indices.map { Tensor.sample(xs[$0].shape, 900 + UInt64($0)) }
  func slope(_ xs: [Tensor]) throws -> Tensor {
    try zip(grad(at: xs, f), directions).reduce(Tensor(0, dtype: .float64)) { $0 + ($1.0 * $1.1).sum() }
  }
  for (order, function) in [f, slope].enumerated() {
    let gradients = try grad(at: xs, function)
    for (index, x) in xs.enumerated() {
      let values = try x.doubles()
      let numeric = try values.indices.map { element in
        func value(_ shift: Double) throws -> Double {
          var moved = values
          moved[element] += shift
          var inputs = xs
          inputs[index] = Tensor(moved, shape: x.shape)
          return try function(inputs).item()
        }
        // Fourth order in the step, so that truncation stays far below the tolerance.
        let h = 1e-4
        return try (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
      }
      #expect(gradients[index].shape == x.shape)
      expectClose(try gradients[index].doubles(), numeric, tolerance, "\(what), order \(order + 1), input \(index)")
    }
  }
}

/// A path in a directory of its own, which is removed at the end.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  var template = Array("\(temporaryFolder)/swiftgan-nn-XXXXXX".utf8CString)
  let isMade = template.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkdtemp($0) != nil } ?? false }
  guard isMade else { throw TensorError(.io, "mkdtemp: \(String(cString: strerror(errno)))") }
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer {
    for name in fileNames(in: path) { unlink(path + "/" + name) }
    rmdir(path)
  }
  return try body(path)
}

/// The names in a directory, in order.
func fileNames(in path: String) -> [String] {
  guard let directory = opendir(path) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Where temporary files go.
var temporaryFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir }
