import SwiftGANCore

/// Pictures as plain Netpbm files, which need no library to write or to read: PGM for grey, PPM for colour.
public enum Netpbm {
  /// Writes a picture, atomically.
  ///
  /// - Parameters:
  ///   - pixels: uint8 `[H, W]`, `[H, W, 1]` (PGM, magic P5) or `[H, W, 3]` (PPM, magic P6).
  /// - Throws: `TensorError`: `.shape` or `.type` for other tensors, `.io` when the file cannot be written.
  public static func write(_ pixels: Tensor, to path: String) throws {
    try AtomicFile.write(path, chunks: [bytes(of: pixels)])
  }

  /// The file's bytes.
  static func bytes(of pixels: Tensor) throws -> [UInt8] {
    try pixels.checked()
    guard pixels.dtype == .uint8 else {
      throw TensorError(.type, "a picture needs uint8 pixels, not \(pixels.dtype.name)")
    }
    let channels = pixels.rank == 2 ? 1 : pixels.shape.last ?? 0
    guard (2...3).contains(pixels.rank), channels == 1 || channels == 3, pixels.count > 0 else {
      throw TensorError(
        .shape, "a picture has shape (H, W), (H, W, 1) or (H, W, 3), not \(describe(shape: pixels.shape))")
    }
    let header = "\(channels == 1 ? "P5" : "P6")\n\(pixels.shape[1]) \(pixels.shape[0])\n255\n"
    return Array(header.utf8) + (try pixels.scalars(as: UInt8.self))
  }
}

/// Lays pictures out as a contact sheet, row by row, with a border of `gap` pixels of value `background`.
///
/// - Parameters:
///   - images: `[N, H, W, C]`; missing pictures of the last row stay background.
/// - Returns: `[rows * (H + gap) + gap, columns * (W + gap) + gap, C]` of the same type; a failed tensor for another rank.
public func imageGrid(_ images: Tensor, columns: Int, gap: Int = 1, background: Double = 0) -> Tensor {
  guard images.rank == 4, images.count > 0, columns >= 1, gap >= 0 else {
    return images.error.map(Tensor.failed)
      ?? .failed(
        TensorError(
          .shape,
          "a grid needs images of shape (N, H, W, C) and at least one column, not "
            + "\(describe(shape: images.shape)) in \(columns) columns"))
  }
  let (count, height, width, channels) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3])
  let rows = (count - 1) / columns + 1
  let padded = images.pad([(0, rows * columns - count), (0, gap), (0, gap), (0, 0)], value: background)
  let sheet = padded.reshape([rows, columns, height + gap, width + gap, channels]).transposed([0, 2, 1, 3, 4])
    .reshape([rows * (height + gap), columns * (width + gap), channels])
  return sheet.pad([(gap, 0), (gap, 0), (0, 0)], value: background)
}
