import SwiftGANCore

/// Writes a contact sheet of samples every so often, always from the same noise, so that the pictures show one set of
/// samples as it comes into being.
///
/// ```swift
/// let grid = try SampleGrid("grid-{step}.pgm", every: .epochs(1)) { try model.samplePixels(64, key: RandomKey(seed: 7)) }
/// ```
public final class SampleGrid: PeriodicCallback {
  /// A sample grid.
  ///
  /// - Parameters:
  ///   - path: the file; `{step}` and `{epoch}` in it are replaced by their numbers, six digits wide.
  ///   - columns: pictures per row.
  ///   - sample: gives uint8 images `[N, H, W, C]` with 1 or 3 channels.
  /// - Throws: `TensorError` (`.value`) when the interval or the number of columns is not positive.
  public init(_ path: String, every period: Every, columns: Int = 8, sample: @escaping () throws -> Tensor) throws {
    guard columns >= 1 else { throw TensorError(.value, "sample grid: columns must be at least 1, not \(columns)") }
    try super.init(period) { _, report in
      let target = expand(path, step: report.step, epoch: report.epoch)
      try Netpbm.write(imageGrid(sample(), columns: columns), to: target)
    }
  }
}

/// `path` with `{step}` and `{epoch}` replaced by numbers of six digits.
func expand(_ path: String, step: Int, epoch: Int) -> String {
  var (result, rest) = ("", path[...])
  while let character = rest.first {
    if rest.hasPrefix("{step}") {
      result += sixDigits(step)
      rest = rest.dropFirst("{step}".count)
    } else if rest.hasPrefix("{epoch}") {
      result += sixDigits(epoch)
      rest = rest.dropFirst("{epoch}".count)
    } else {
      result.append(character)
      rest = rest.dropFirst()
    }
  }
  return result
}

private func sixDigits(_ number: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
}
