import SwiftGANCore

/// A result that is made piece by piece. Its memory is asked for first, so that what does not fit is told before any of it is
/// made, and no piece is kept beside it. Whoever makes it writes all of it: what was not written is anything.
struct ResultBuffer {
  /// The result; nobody else sees it until all pieces are written.
  let tensor: Tensor
  private let address: UnsafeMutableRawPointer?

  /// Room for a result.
  /// - Throws: `TensorError` (`.memory`) where it does not fit.
  init(_ shape: [Int], dtype: DType) throws {
    let asked = Tensor.uninitialized(shape, dtype: dtype)
    if let error = asked.error, error.kind == .memory {
      throw TensorError(
        .memory,
        "the result, \(dtype.name) of shape \(describe(shape: shape)), is too large; ask for it in parts (\(error.message))"
      )
    }
    tensor = try asked.checked()
    address = tensor.address
  }

  /// Puts rows, `[n, ...]`, from a row on.
  /// - Throws: `TensorError` (`.shape`) where they are no such rows, and the error of a piece that is none.
  func write(_ piece: Tensor, at row: Int) throws {
    try require(piece, fits: piece.checked().shape.dropFirst() == tensor.shape.dropFirst(), row)
    guard let address else { return }
    try piece.copyBytes(to: address + row * bytes(from: 1))
  }

  /// Puts elements of rows, `[rows, columns, ...]`, from a row and a column on.
  /// - Throws: as ``write(_:at:)``.
  func write(_ piece: Tensor, at row: Int, column: Int) throws {
    let fits = try piece.checked().shape.dropFirst(2) == tensor.shape.dropFirst(2)
    try require(piece, fits: fits && piece.rank > 1 && column + piece.shape[1] <= tensor.shape[1], row)
    guard let address else { return }
    let size = piece.shape[1] * bytes(from: 2)
    try piece.withUnsafeBytes { source in
      guard let source = source.baseAddress else { return }
      for place in 0..<piece.shape[0] {
        (address + (row + place) * bytes(from: 1) + column * bytes(from: 2))
          .copyMemory(from: source + place * size, byteCount: size)
      }
    }
  }

  private func require(_ piece: Tensor, fits: Bool, _ row: Int) throws {
    guard fits, piece.dtype == tensor.dtype, row + (piece.shape.first ?? 0) <= tensor.shape[0] else {
      throw TensorError(
        .shape,
        "a piece of \(piece.dtype.name) of shape \(describe(shape: piece.shape)) does not go into a result of "
          + "\(tensor.dtype.name) of shape \(describe(shape: tensor.shape))")
    }
  }

  /// How many bytes there are for one place of the axes before.
  private func bytes(from axis: Int) -> Int {
    tensor.shape.dropFirst(axis).reduce(tensor.dtype.byteSize, *)
  }
}
