import SwiftGANCore

/// Pairs of binary codes that differ in few bits.
///
/// Codes are cut into `radius + 1` pieces. Two codes that differ in at most `radius` bits have a piece in common, so only
/// codes in the same bucket of some piece are compared (multi-index hashing, Norouzi et al. 2012). That takes time linear
/// in the number of codes, as long as most buckets hold few. Rows of one code are found together and compared as one.
///
/// ```swift
/// let pairs = try NearDuplicates(codes, radius: 2).pairs()    // int64 [pairs, 2]
/// let groups = try NearDuplicates(codes, radius: 2).groups()  // int64 [rows]
/// ```
public struct NearDuplicates {
  /// More pairs than this are of no use one by one.
  private static let limit = 50_000_000

  /// The different codes, in the order of their first rows.
  private let codes: [UInt64]
  /// The rows of each, ascending.
  private let rows: [[Int]]
  /// How many rows there are.
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
    var known: [ArraySlice<UInt64>: Int] = [:]
    var (different, rows) = ([UInt64](), [[Int]]())
    for row in 0..<count {
      let code = packed[row * words..<(row + 1) * words]
      if let place = known[code] {
        rows[place].append(row)
      } else {
        known[code] = rows.count
        different += code
        rows.append([row])
      }
    }
    (self.codes, self.rows) = (different, rows)
  }

  /// The pairs, in ascending order: int64 `[pairs, 2]`, the lower row first.
  /// - Throws: `TensorError` (`.value`) when there are more than 50 million.
  public func pairs() throws -> Tensor {
    // Counted before they are made.
    var total = rows.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 }
    try checkNumber(total)
    var near: [(Int, Int)] = []
    try forEachNearPair { first, second in
      near.append((first, second))
      total += rows[first].count * rows[second].count
      try checkNumber(total)
    }
    var found: [(Int, Int)] = []
    found.reserveCapacity(total)
    for same in rows {
      for (place, first) in same.enumerated() { found += same[(place + 1)...].map { (first, $0) } }
    }
    for (one, other) in near {
      for first in rows[one] { found += rows[other].map { (min(first, $0), max(first, $0)) } }
    }
    found.sort { $0 < $1 }
    return try Tensor(found.flatMap { [Int64($0.0), Int64($0.1)] }, shape: [found.count, 2]).checked()
  }

  private func checkNumber(_ total: Int) throws {
    guard total > NearDuplicates.limit else { return }
    let largest = rows.max { $0.count < $1.count } ?? []
    throw TensorError(
      .value,
      "there are more than \(NearDuplicates.limit) pairs within \(radius) bits: \(count) rows have \(rows.count) "
        + "different codes, and \(largest.count) rows share one of them (the first is row \(largest.first ?? 0)); ask for "
        + "the number of each row's group in place of pairs (option 'groups'), keep one row of each code, or use longer "
        + "codes or a smaller radius")
  }

  /// The group of each row, int64 `[rows]`: rows that are near belong to one group, and so do those that a chain of near
  /// rows joins. Groups are numbered from 0 in the order of their first rows; a row without duplicates is a group of its
  /// own.
  public func groups() throws -> Tensor {
    var parent = Array(rows.indices)
    func root(_ place: Int) -> Int {
      var place = place
      while parent[place] != place {
        parent[place] = parent[parent[place]]
        place = parent[place]
      }
      return place
    }
    forEachNearPair { first, second in
      let (a, b) = (root(first), root(second))
      parent[max(a, b)] = min(a, b)
    }
    // The root is the code that came first, so its number is known when others ask for it.
    var groups = [Int64](repeating: 0, count: count)
    var numbers = [Int64](repeating: 0, count: rows.count)
    var next: Int64 = 0
    for place in rows.indices {
      let first = root(place)
      if first == place {
        numbers[place] = next
        next += 1
      }
      for row in rows[place] { groups[row] = numbers[first] }
    }
    return try Tensor(groups).checked()
  }

  /// Calls `body` once for every two different codes that are near, the one of the lower first row first.
  private func forEachNearPair(_ body: (Int, Int) throws -> Void) rethrows {
    for piece in 0...radius {
      for bucket in buckets(piece) {
        for (place, first) in bucket.enumerated() {
          for second in bucket[(place + 1)...] where isNear(first, second) && !isKnown(first, second, before: piece) {
            try body(first, second)
          }
        }
      }
    }
  }

  /// Codes that agree in a piece, where there is more than one, each in ascending order.
  private func buckets(_ piece: Int) -> [[Int]] {
    var places: [UInt64: [Int]] = [:]
    places.reserveCapacity(rows.count)
    for place in rows.indices { places[key(place, piece), default: []].append(place) }
    return places.values.filter { $0.count > 1 }
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
