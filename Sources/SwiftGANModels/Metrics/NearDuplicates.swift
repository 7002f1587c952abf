import SwiftGANCore

/// Pairs of binary codes that differ in few bits.
///
/// Codes are cut into `radius + 1` pieces. Two codes that differ in at most `radius` bits have a piece in common, so only
/// codes in the same bucket of some piece are compared (multi-index hashing, Norouzi et al. 2012). That takes time linear
/// in the number of codes, as long as most buckets hold few.
///
/// ```swift
/// let pairs = try NearDuplicates(codes, radius: 2).pairs()    // int64 [pairs, 2]
/// ```
public struct NearDuplicates {
  /// More pairs than this mean that the codes tell nothing.
  private static let limit = 50_000_000

  private let codes: [UInt64]
  private let count: Int
  private let words: Int
  private let bits: Int
  private let radius: Int

  /// - Parameter codes: packed bits, uint8 `[N, bytes]`.
  /// - Throws: `TensorError`: `.shape` or `.type` for other codes, `.value` for a radius below 0 or not below the bits.
  public init(_ codes: Tensor, radius: Int) throws {
    guard try codes.checked().rank == 2, codes.shape[1] > 0 else {
      throw TensorError(.shape, "codes have shape (N, bytes), not \(describe(shape: codes.shape))")
    }
    guard codes.dtype == .uint8 else { throw TensorError(.type, "codes are packed into uint8, not \(codes.dtype)") }
    let bytes = codes.shape[1]
    guard radius >= 0, radius < bytes * 8 else {
      throw TensorError(.value, "the radius must be from 0 to below the \(bytes * 8) bits of a code, not \(radius)")
    }
    (count, words, bits, self.radius) = (codes.shape[0], (bytes + 7) / 8, bytes * 8, radius)
    var packed = [UInt64](repeating: 0, count: count * words)
    for (index, byte) in try codes.scalars(as: UInt8.self).enumerated() {
      let (row, place) = index.quotientAndRemainder(dividingBy: bytes)
      packed[row * words + place / 8] |= UInt64(byte) << UInt64(56 - place % 8 * 8)
    }
    self.codes = packed
  }

  /// The pairs, in ascending order: int64 `[pairs, 2]`, the lower row first.
  /// - Throws: `TensorError` (`.value`) when there are more than 50 million.
  public func pairs() throws -> Tensor {
    var found: [(Int, Int)] = []
    for piece in 0...radius {
      for bucket in buckets(piece) {
        for (place, first) in bucket.enumerated() {
          for second in bucket[(place + 1)...] where isNear(first, second) && !isKnown(first, second, before: piece) {
            found.append((first, second))
          }
        }
        guard found.count <= NearDuplicates.limit else {
          throw TensorError(
            .value,
            "more than \(NearDuplicates.limit) pairs are within \(radius) bits: the codes tell too little apart; train "
              + "longer, use longer codes or a smaller radius")
        }
      }
    }
    found.sort { $0 < $1 }
    return try Tensor(found.flatMap { [Int64($0.0), Int64($0.1)] }, shape: [found.count, 2]).checked()
  }

  /// Rows that agree in a piece, where there is more than one, each in ascending order.
  private func buckets(_ piece: Int) -> [[Int]] {
    var rows: [UInt64: [Int]] = [:]
    rows.reserveCapacity(count)
    for row in 0..<count { rows[key(row, piece), default: []].append(row) }
    return rows.values.filter { $0.count > 1 }
  }

  /// The bits of a piece, mixed into one number: equal for equal bits. Others that collide are told apart by comparing.
  private func key(_ row: Int, _ piece: Int) -> UInt64 {
    var key: UInt64 = 0
    forEachWord(of: piece) { word, mask in
      key = (key ^ (codes[row * words + word] & mask)) &* 0x9e37_79b9_7f4a_7c15
      key ^= key >> 29
    }
    return key
  }

  /// Calls `body` with each word that has bits of a piece, and which bits those are.
  private func forEachWord(of piece: Int, _ body: (_ word: Int, _ mask: UInt64) -> Void) {
    let (start, end) = (piece * bits / (radius + 1), (piece + 1) * bits / (radius + 1))
    for word in (start / 64)..<((end + 63) / 64) {
      let low = max(start, word * 64) - word * 64
      let high = min(end, word * 64 + 64) - word * 64
      let upper = low == 0 ? UInt64.max : (UInt64(1) << UInt64(64 - low)) - 1
      let lower = high == 64 ? 0 : (UInt64(1) << UInt64(64 - high)) - 1
      body(word, upper & ~lower)
    }
  }

  private func isNear(_ a: Int, _ b: Int) -> Bool {
    var different = 0
    for word in 0..<words {
      different += (codes[a * words + word] ^ codes[b * words + word]).nonzeroBitCount
      if different > radius { return false }
    }
    return true
  }

  /// Whether an earlier piece has brought the two together already.
  private func isKnown(_ a: Int, _ b: Int, before piece: Int) -> Bool {
    (0..<piece).contains { earlier in
      var isEqual = true
      forEachWord(of: earlier) { word, mask in
        if (codes[a * words + word] ^ codes[b * words + word]) & mask != 0 { isEqual = false }
      }
      return isEqual
    }
  }
}
